// 镜像、传输与胶囊的错误说明。The words for protocol/error-table-files.ts; errors.ts puts them together.
import type { ErrorWords } from '../words.ts';

export const zhFilesErrors = {
  FILE_UNUSABLE: {
    message: '无法使用 {file}：{reason}。',
    fix: '请指定另一个文件，或修复此文件。没有更改任何内容。',
  },
  DOCUMENT_INVALID: {
    message: '{file} 第 {line} 行第 {column} 列：{reason}。',
    fix: '请在该处修正文件。没有更改任何内容。',
  },
  PLAN_OUTDATED: {
    message: '{envName} 在计划生成后发生了变化。',
    fix: '请再次运行该命令，以生成新的计划。已完成的部分会保留。',
  },
  PLAN_INCOMPLETE: {
    message: '共 {total} 个步骤，有 {refused} 个无法执行，因此未执行。',
    fix: '请查看各步骤的原因；修改文件，或允许它所要求的操作。',
  },
  IMAGE_NOT_FOUND: { message: '没有与“{wanted}”匹配的镜像。', fix: '请从列表中选择镜像；已列出相似的名称。' },
  IMAGE_NOT_READY: {
    message: '镜像 {imageName} 未就绪：{state}。',
    fix: '请等待构建完成，或用“npx tt image build”构建。',
  },
  IMAGE_BUILD_FAILED: { message: '构建 {imageName} 在“{step}”失败：{reason}。', fix: '{advice}' },
  IMAGE_WRONG_KIND: {
    message: '{imageName} 的类型是 {kind}，需要的是 {wanted}。',
    fix: '请用磁盘类型的镜像创建虚拟机，将光盘类型的镜像放入光驱。',
  },
  IMAGE_NAME_INVALID: {
    message: '“{imageName}”不能作为镜像名称。',
    fix: '请写成 engine:os-version:variant，例如 qemu:debian-12:web，只能用字母、数字、“_”、“.”、“+”和“-”。',
  },
  IMAGE_NAME_TAKEN: { message: '已经有名为 {imageName} 的镜像。', fix: '请换一个名称，或先删除那个镜像。' },
  IMAGE_IN_USE: { message: '{imageName} 正被 {users} 使用。', fix: '请先删除它们，或保留此镜像。' },
  IMAGE_NOT_YOURS: { message: '{imageName} 属于 {owner}。', fix: '请联系 {owner} 或管理员。' },
  IMAGE_BROKEN: {
    message: '无法使用 {imageName}（镜像目录中的 {file}）：{reason}。',
    fix: '请修复或移走该文件；代理服务随后会自动重新检查。',
  },
  IMAGE_REFUSED: {
    message: '未导入 {source}：{reason}。',
    fix: '请换一个文件；可接受的格式见用户指南的“Images”一节。',
  },
  IMAGE_CHECKSUM_WRONG: {
    message: '{source} 的校验和不正确：是 {found}，应为 {wanted}。',
    fix: '请从校验和的来源重新下载；不要使用这个文件。',
  },
  IMAGE_DOWNLOAD_FAILED: { message: '无法下载 {url}：{reason}。', fix: '请重试：下载会从中断处继续。' },
  IMAGE_CONVERT_FAILED: {
    message: '无法转换 {source}：{reason}。',
    fix: '请检查文件是否完整（制作它的程序能打开吗？），然后重试。',
  },
  IMAGE_PUBLISH_FAILED: {
    message: '无法把 {vmName} 发布为 {imageName}：{reason}。',
    fix: '未创建镜像。请重试；若仍然失败，请运行“npm run doctor”。',
  },
  IMAGE_NOT_WARMABLE: {
    message: '无法预热 {imageName}：{reason}。',
    fix: '它的虚拟机照常启动。请选择其他镜像来预热。',
  },
  IMAGE_WARMING: { message: '{imageName} 已在预热。', fix: '请等它就绪，或先取消该操作。' },
  IMAGE_WARM_FAILED: {
    message: '预热 {imageName} 失败：{reason}。',
    fix: '未保留任何内容；它的虚拟机照常启动。请查看代理服务的日志，然后重试。',
  },
  IMAGE_RECIPE_BY_HAND: { message: 'TT 无法自动下载 {imageName}。', fix: '{instructions}' },
  TRANSFER_NOT_FOUND: { message: '没有传输 {transferId}。', fix: '它可能已被使用、放弃，或闲置过久。请重新开始。' },
  TRANSFER_OFFSET: { message: '传输 {transferId} 的下一个字节是 {expected}，而不是 {offset}。', fix: '请从那里继续。' },
  TRANSFER_SIZE: {
    message: '{fileName} 声明为 {sizeBytes} 字节，但发送了 {sentBytes} 字节。',
    fix: '请发送其余部分，或放弃后以正确大小重新开始。',
  },
  TRANSFER_HASH: {
    message: '收到的 {fileName} 与发送的不同：声明的 SHA-256 为 {expected}，收到的为 {found}。',
    fix: '请重新发送。若再次出现，说明文件在发送期间被修改。',
  },
  TRANSFER_OTHER_FILE: {
    message: '{fileName} 不是之前正在发送的文件：大小或开头的字节不同。',
    fix: '请选择之前正在发送的文件，或取消该导入后重新开始。未更改任何内容。',
  },
  TRANSFER_STATE: {
    message: '{fileName} 的 {direction} 处于 {state} 状态，现在无法执行此操作。',
    fix: '请查询其状态；完成它，等待使用它的操作结束，或重新开始。',
  },
  TRANSFER_LIMIT: { message: '{user} 正在进行 {used} 个传输，最多 {total} 个。', fix: '请先完成或放弃其中一些。' },
  CAPSULE_INVALID: {
    message: '{fileName} 不是可用的胶囊：{reason}。',
    fix: '未创建任何内容。请重新下载或重新导出。',
  },
  CAPSULE_RAM_UNFIT: {
    message: '{fileName} 中的内存无法在此加载：{reason}。',
    fix: '请不带内存导入：其虚拟机将从磁盘启动。',
  },
  RECORDING_INVALID: {
    message: '{fileName} 不能放入胶囊：{reason}。',
    fix: '请不要附带它，或选择其他录像。未打包任何内容。',
  },
  RECORDING_NOT_FOUND: {
    message: '{envName} 没有录像 {recordingId}。',
    fix: '录像随导入的胶囊而来，并随其环境一起删除。“tt env recordings”会列出它们。',
  },
  CAPSULE_FAILED: {
    message: '{envName} 的胶囊在 {vmName} 处失败：{reason}。',
    fix: '未保留任何内容。请重试；若仍然失败，请在主机上运行“npm run doctor”。',
  },
  TRANSFER_BUSY: {
    message: '另一个连接正在发送 {fileName}。',
    fix: '请等待其结束。中断的连接会在一分钟后丢弃；之后重新发送文件，将从中断处继续。',
  },
} as const satisfies Record<string, ErrorWords>;
