// 每个错误代码的中文说明与处理办法。Every code of protocol/errors.ts: a missing one is a type error.
import type { ErrorCode } from '@tt/protocol';
import type { ErrorWords } from '../error-words.ts';

export const zhErrors: Record<ErrorCode, ErrorWords> = {
  INPUT_INVALID: { message: '请求无效：{summary}。', fix: '请更正指出的字段后重新发送。' },
  JSON_INVALID: { message: '请求体不是有效的 JSON。', fix: '请以 Content-Type: application/json 发送有效的 JSON。' },
  BODY_TOO_LARGE: { message: '请求体超过 {limitBytes} 字节。', fix: '请减少单次请求的内容。' },
  ROUTE_NOT_FOUND: { message: '这里没有 {method} {path}。', fix: '可用接口见 /api/openapi.json。' },
  URL_NOT_NORMAL: {
    message: '地址 {url} 不是规范形式。',
    fix: '请只发送路径，不含 “.”、“..”、空段或 “#”，仅对必须编码的字符编码，并使用大写十六进制数字。',
  },
  UNAUTHORIZED: {
    message: '需要有效的访问令牌。',
    fix: '请使用代理服务状态目录中的令牌，或运行 “npx tt open” 获取新链接。',
  },
  ORIGIN_REFUSED: { message: '来自 {origin} 的请求被拒绝。', fix: '请在代理服务给出的地址打开窗口。' },
  GUEST_REFUSED: {
    message: '本主机上的虚拟机不能连接其代理服务。',
    fix: '请在主机或另一台计算机上使用 TT。',
  },
  TICKET_INVALID: { message: '此数据流票据未知、已使用或已过期。', fix: '请重新打开控制台以获取新票据。' },
  JOIN_CODE_INVALID: { message: '此链接已使用过或已过期。', fix: '请运行 “npx tt open” 获取新链接。' },
  JOIN_TOO_OFTEN: {
    message: '此地址提交的错误代码或令牌过多。',
    fix: '请等待 {retryAfterS} 秒，或运行 “npx tt open” 获取新链接。',
  },
  LOGIN_NOT_FOUND: { message: '没有浏览器会话 {sessionId}。', fix: '请运行 “npx tt session list” 查看现有会话。' },
  FEATURE_UNSUPPORTED: { message: '{where} 没有 {feature}。', fix: '请选择其他镜像、引擎或主机。' },
  INTERNAL: {
    message: 'TT 内部出错（请求 {requestId}）。',
    fix: '请在代理服务的日志中查找此请求编号并报告。',
  },
  AGENT_UNREACHABLE: { message: '{url} 没有代理服务应答。', fix: '请确认它正在运行且地址正确，然后重试。' },
  AGENT_GONE: {
    message: '代理服务在 {call} 途中断开。',
    fix: '重复之前请先确认是否已经完成；TT 不会自行重复。',
  },
  AGENT_NOT_RUNNING: {
    message: '{stateDirectory} 没有正在运行的私有代理服务。',
    fix: '请用 “npm start”（或 “npx tt-agent”）启动。',
  },
  AGENT_NOT_PROVEN: {
    message: '{url} 上的程序未能证明自己是代理服务，因此没有发送令牌。',
    fix: '请查明是哪个程序在该地址监听；如果代理服务版本较旧或已结束，请重新启动它。',
  },
  AGENT_ALREADY_RUNNING: {
    message: '另一个代理服务（进程 {pid}）已在使用 {stateDirectory}。',
    fix: '请使用它、先结束它，或将 TT_HOME 设为其他目录。',
  },
  STATE_OTHER_DRIVERS: {
    message: '{stateDirectory} 中的虚拟机是{held}，此代理服务属于另一类。',
    fix: '请将 TT_HOME 设为其他目录：真实与模拟的虚拟机从不共用一个目录。',
  },
  STATE_TOO_NEW: {
    message: '{stateDirectory} 中的状态由更新版本的 TT 写入（结构 {found}，当前只认识 {known}）。',
    fix: '请重新安装较新的 TT，或将 TT_HOME 设为其他目录。',
  },
  NAME_INVALID: {
    message: '“{name}”不能作为名称。',
    fix: '请使用字母、数字、“_”、“.”和“-”，以字母或数字开头，最多 63 个字符。',
  },
  ENV_NAME_TAKEN: { message: '已有名为 {envName} 的环境。', fix: '请换一个名称，或先删除那个环境。' },
  ENV_NOT_FOUND: { message: '没有名为 {envName} 的环境。', fix: '请查看环境列表中的名称。' },
  ENV_BUSY: { message: '{envName} 正忙：{operation}。', fix: '请等它完成，或取消它。' },
  LIFETIME_TOO_LONG: {
    message: '生命周期 {wantedS} 秒超过上限 {maxS} 秒。',
    fix: '请先选短一些，之后再延长。',
  },
  ENV_OVER: { message: '{envName} 的时限已于 {endAt} 结束。', fix: '请先延长时限，再启动。' },
  ENV_NOT_YOURS: { message: '{envName} 属于 {owner}。', fix: '请联系 {owner} 或管理员。' },
  NOT_ALLOWED: { message: '{user} 无权执行此操作：{what}。', fix: '请联系管理员。' },
  CPU_EXHAUSTED: {
    message: '处理器不足：总数 {total}（含超配），已用 {used}，需要 {wanted}。',
    fix: '请停止或删除一些虚拟机，或减少所需处理器。',
  },
  QUOTA_EXCEEDED: {
    message: '{user} 的配额已满：{resource} 总数 {total}，已用 {used}，需要 {wanted}。',
    fix: '请停止或删除不再需要的内容，或请管理员提高配额。',
  },
  DISK_CANNOT_SHRINK: {
    message: '{vmName} 的磁盘为 {currentMiB} MiB，不能缩小到 {wantedMiB} MiB。',
    fix: '请给出相同或更大的容量。',
  },
  DISK_COUNT_LIMIT: {
    message: '{vmName} 最多有 {max} 块磁盘，从 disk0 起。',
    fix: '请不要指定名称、移除不再需要的磁盘，或扩大某块磁盘。',
  },
  DISK_NOT_FOUND: {
    message: '{vmName} 没有磁盘 {diskName}。',
    fix: '现有磁盘：{disks}。',
  },
  DISK_NAME_TAKEN: {
    message: '{vmName} 已有名为 {diskName} 的磁盘。',
    fix: '请不填名称，或换一个名称。',
  },
  DISK_IS_BOOT: {
    message: '{vmName} 从 {diskName} 启动：不能取下。',
    fix: '只能取下或移除其他磁盘；若不再需要它，请删除虚拟机。',
  },
  DISK_ATTACHED: {
    message: '{diskName} 已连接到 {vmName}。',
    fix: '请先取下它。',
  },
  DISK_HELD: {
    message: '{vmName} 的 {diskName} 被以下快照保留：{snapshots}。',
    fix: '请先删除这些快照，或让磁盘保持取下状态。',
  },
  DISK_IN_USE: {
    message: '{vmName} 没有放开 {diskName}：{reason}',
    fix: '请在客户机内卸载后重试，或先停止虚拟机。磁盘仍然连接着。',
  },
  NETWORK_UNAVAILABLE: {
    message: '此主机没有 {kind} 网络：{reason}',
    fix: '请选择其他网络，或请管理员在主机上运行 “tt-agent doctor”。',
  },
  ADDRESSES_EXHAUSTED: {
    message: '{pool} 中已没有可用地址。',
    fix: '请删除不再使用的环境，或在代理服务配置中扩大地址池。',
  },
  DESTINATION_INVALID: {
    message: '“{destination}” 不是 IPv4 地址或 CIDR。',
    fix: '请写成 192.0.2.1 或 198.51.100.0/24。',
  },
  NETWORK_FAILED: {
    message: '无法准备 {subject} 的网络：{reason}',
    fix: '请在主机上运行 “tt-agent doctor”；详情见其日志。',
  },
  FIREWALL_FAILED: {
    message: '防火墙拒绝了对 {subject} 的更改：{reason}',
    fix: '未作任何更改。请在主机上运行 “tt-agent doctor”。',
  },
  VM_MUST_BE_STOPPED: { message: '{vmName} 正在运行：现在不能更改{change}。', fix: '请先停止，再重新启动。' },
  FILE_UNUSABLE: {
    message: '{file} 不能使用：{reason}',
    fix: '请指定另一个文件，或修复此文件。没有更改任何内容。',
  },
  IMAGE_NOT_FOUND: { message: '没有与“{wanted}”匹配的镜像。', fix: '请从列表中选择镜像；已列出相近的名称。' },
  IMAGE_NOT_READY: {
    message: '镜像 {imageName} 未就绪：{state}。',
    fix: '请等待构建完成，或用 “npx tt image build” 构建。',
  },
  IMAGE_BUILD_FAILED: { message: '构建 {imageName} 在“{step}”失败：{reason}。', fix: '{advice}' },
  IMAGE_NAME_INVALID: {
    message: '“{imageName}”不能作为镜像名称。',
    fix: '请写成 engine:os-version:variant，例如 qemu:debian-12:web，只用字母、数字、“_”、“.”、“+”和“-”。',
  },
  IMAGE_NAME_TAKEN: { message: '已经有名为 {imageName} 的镜像。', fix: '请换一个名称，或先删除那个镜像。' },
  IMAGE_IN_USE: { message: '{imageName} 正被 {users} 使用。', fix: '请先删除它们，或保留此镜像。' },
  IMAGE_NOT_YOURS: { message: '{imageName} 属于 {owner}。', fix: '请找 {owner} 或管理员。' },
  IMAGE_BROKEN: {
    message: '{imageName}（镜像文件夹中的 {file}）不能使用：{reason}',
    fix: '请在那里修复或移走它；之后会自动重新检查。',
  },
  IMAGE_REFUSED: {
    message: '没有接受 {source}：{reason}',
    fix: '请换一个文件；可接受的格式见用户指南的“Images”一节。',
  },
  IMAGE_CHECKSUM_WRONG: {
    message: '{source} 与应有的内容不符：校验和是 {found}，应为 {wanted}。',
    fix: '请从提供校验和的地方重新获取；不要使用这个文件。',
  },
  IMAGE_DOWNLOAD_FAILED: { message: '无法获取 {url}：{reason}', fix: '请重试：已收到的部分会保留，并从那里继续。' },
  IMAGE_CONVERT_FAILED: {
    message: '无法转换 {source}：{reason}',
    fix: '请检查文件是否完整（制作它的程序能打开吗？），然后重试。',
  },
  IMAGE_PUBLISH_FAILED: {
    message: '无法把 {vmName} 发布为 {imageName}：{reason}',
    fix: '没有留下任何内容。请重试；若仍如此，请运行 "npm run doctor"。',
  },
  IMAGE_RECIPE_BY_HAND: { message: 'TT 无法自行获取 {imageName}。', fix: '{instructions}' },
  IMAGE_WRONG_KIND: {
    message: '{imageName} 的类型是 {kind}，需要的是 {wanted}。',
    fix: '用 disk 类型的镜像创建虚拟机，把 iso 类型的放进光驱。',
  },
  MEMORY_EXHAUSTED: {
    message: '内存不足：共 {totalMiB} MiB，已用 {usedMiB} MiB，需要 {wantedMiB} MiB。',
    fix: '请停止或删除虚拟机，或减少所需内存。',
  },
  DISK_EXHAUSTED: {
    message: '磁盘不足：共 {totalMiB} MiB，已用 {usedMiB} MiB，需要 {wantedMiB} MiB。',
    fix: '请删除环境或快照，或减小磁盘。',
  },
  MEMORY_TOO_SMALL: {
    message: '{imageName} 至少需要 {minMiB} MiB 内存，而请求的是 {wantedMiB} MiB。',
    fix: '请分配更多内存。',
  },
  DISK_TOO_SMALL: {
    message: '{imageName} 的磁盘至少需要 {minMiB} MiB，而请求的是 {wantedMiB} MiB。',
    fix: '请分配更大的磁盘。',
  },
  DISK_FULL: {
    message: '此主机的磁盘已满：剩余 {freeMiB} MiB，{subject} 需要 {wantedMiB} MiB。',
    fix: '请腾出空间（删除快照或环境）后重试。',
  },
  PORTS_EXHAUSTED: {
    message: '{firstPort} 到 {lastPort} 之间没有空闲端口。',
    fix: '请删除不再使用的环境，或扩大端口范围。',
  },
  VM_NOT_FOUND: { message: '没有虚拟机 {vmId}。', fix: '它可能已被删除；请重新查看环境。' },
  VM_NOT_RUNNING: { message: '{vmName} 未在运行，当前状态为 {state}。', fix: '请先启动它。' },
  VM_ALREADY_RUNNING: { message: '{vmName} 已在运行。', fix: '无需操作；若要重新开始，请先停止它。' },
  VM_START_FAILED: {
    message: '{vmName} 未能启动：{reason}',
    fix: '请看下面的日志末尾；并在主机上运行 “npm run doctor”。',
  },
  VM_DIED: {
    message: '{vmName} 自行停止：{reason}',
    fix: '请重新启动它，或把快照拖到它上面。下面是其日志末尾。',
  },
  VM_RESTARTED_WITHOUT_KVM: {
    message: '{vmName} 已重新启动，改以软件模拟方式运行：{reason}',
    fix: '其内存中的内容已丢失。若其他虚拟机也停滞，请在主机上运行 “npm run doctor”。',
  },
  SETUP_FAILED: {
    message: '{vmName} 的初始化失败（退出码 {exitCode}）：{command}',
    fix: '请更正该命令并重新创建虚拟机。下面是其输出。',
  },
  VM_CONTROL_FAILED: {
    message: '{vmName} 没有按指令执行：{reason}',
    fix: '请重试；若仍如此，请停止后再启动该虚拟机。',
  },
  ENGINE_MISSING: {
    message: '引擎 {engine} 在此主机上无法使用：{reason}',
    fix: '请在主机上运行 “npm run doctor”，它会说明需要安装什么。',
  },
  ENGINE_UNKNOWN: {
    message: '此处没有名为“{engine}”的引擎；已知的引擎有 {known}。',
    fix: '请让镜像名称以此主机已知的引擎开头，例如“qemu:debian-12:default”，或选择其他主机。',
  },
  SNAPSHOT_NAME_TAKEN: {
    message: '{envName} 已有名为 {snapshotName} 的快照。',
    fix: '请换一个名称，或先删除那个快照。',
  },
  SNAPSHOT_NOT_FOUND: {
    message: '{envName} 没有名为 {snapshotName} 的快照。',
    fix: '请查看该环境的快照列表。',
  },
  SNAPSHOT_VM_MISSING: {
    message: '快照 {snapshotName} 不含 {vmId}：拍摄时没有它，或该虚拟机已被删除。',
    fix: '请选择包含该虚拟机的快照。',
  },
  SNAPSHOT_EMPTY: { message: '{envName} 没有可拍快照的虚拟机。', fix: '请先添加虚拟机。' },
  SNAPSHOT_DAMAGED: {
    message: '快照 {snapshotName} 已损坏：{vmName} 缺少 {missing}。',
    fix: '请放回该文件，或删除此快照；其他快照不受影响。',
  },
  THUMBNAIL_NOT_FOUND: {
    message: '快照 {snapshotName} 没有 {vmId} 的画面。',
    fix: '只有拍摄时正在运行的虚拟机才有画面。',
  },
  SNAPSHOT_FAILED: {
    message: '快照 {snapshotName} 在 {vmName} 处失败：{reason}',
    fix: '没有留下任何内容。请重试；若仍如此，请运行 “npm run doctor”。',
  },
  TRANSFER_NOT_FOUND: { message: '没有传输 {transferId}。', fix: '它可能已被使用、放弃，或闲置过久。请重新开始。' },
  TRANSFER_OFFSET: { message: '传输 {transferId} 的下一个字节是 {expected}，而不是 {offset}。', fix: '请从那里继续。' },
  TRANSFER_SIZE: {
    message: '{fileName} 声明为 {sizeBytes} 字节，但发送了 {sentBytes} 字节。',
    fix: '请发送其余部分，或放弃后以正确大小重新开始。',
  },
  TRANSFER_HASH: {
    message: '{fileName} 到达时与发送时不同：声明的 SHA-256 为 {expected}，收到的为 {found}。',
    fix: '请放弃后重新发送。若仍如此，说明文件在发送时被修改。',
  },
  TRANSFER_STATE: {
    message: '{fileName} 的 {direction} 处于 {state} 状态：现在不能这样做。',
    fix: '请查询其状态；完成它，等待使用它的操作结束，或重新开始。',
  },
  TRANSFER_BUSY: {
    message: '另一个连接正在发送 {fileName}。',
    fix: '请等待其结束。中断的连接会在一分钟后被放弃：届时重新发送，将从中断处继续。',
  },
  TRANSFER_LIMIT: { message: '{user} 正在进行 {used} 个传输，最多 {total} 个。', fix: '请先完成或放弃其中一些。' },
  LAB_NOT_FOUND: { message: '没有名为 {labName} 的实验室。', fix: '列出实验室即可看到名称。' },
  LAB_NAME_TAKEN: { message: '已有名为 {labName} 的实验室。', fix: '请换一个名称，或先删除那个实验室。' },
  LAB_NOT_YOURS: { message: '实验室 {labName} 属于 {owner}。', fix: '请联系 {owner} 或管理员。' },
  LAB_IN_USE: { message: '{labName} 还有会话：{sessions}。', fix: '请先结束这些会话。' },
  LAB_FULL: { message: '{labName} 的 {seats} 个座位已全部占用。', fix: '请结束一个会话，或增加座位数。' },
  PROFILE_NOT_FOUND: { message: '没有名为 {profileName} 的配置档。', fix: '列出配置档即可看到名称。' },
  PROFILE_NAME_TAKEN: { message: '已有名为 {profileName} 的配置档。', fix: '请换一个名称，或先删除那个配置档。' },
  PROFILE_NOT_YOURS: { message: '配置档 {profileName} 属于 {owner}。', fix: '请联系 {owner} 或管理员，或克隆一份。' },
  PROFILE_IN_USE: { message: '{profileName} 正在被使用：{users}。', fix: '请先从这些实验室中移除它，并结束这些会话。' },
  PROFILE_NOT_IN_LAB: { message: '{labName} 不能使用“{profileName}”。', fix: '请从这些中选择：{allowed}。' },
  PROFILE_CLIENTS_RUN: {
    message: '{profileName} 的会话正在运行：{clients}。',
    fix: '请先停止它们，或选择“停止客户端”后打开。',
  },
  PROFILE_IN_ADMIN_SESSION: {
    message: '{profileName} 正由 {openedBy} 在 {envName} 中修改。',
    fix: '请等待其发布或放弃。',
  },
  PROFILE_NOT_IN_ADMIN_SESSION: { message: '{profileName} 没有打开的管理会话。', fix: '请先打开管理会话。' },
  PROFILE_VERSION_NOT_FOUND: { message: '{profileName} 没有版本 {version}。', fix: '请从这些中选择：{kept}。' },
  PROFILE_PUBLISH_FAILED: {
    message: '未能生成 {profileName} 的新基础镜像：{reason}。',
    fix: '基础镜像保持不变，管理会话仍然打开。请排除原因后重新发布。',
  },
  SESSION_NOT_FOUND: {
    message: '{labName} 中没有名为 {sessionName} 的会话。',
    fix: '列出该实验室的会话即可看到名称。',
  },
  SESSION_EXISTS: { message: '{labName} 中已有会话 {sessionName}。', fix: '请使用该会话，或先将其结束。' },
  WRITES_DISCARDED: {
    message: '{vmName} 不保留写入的内容，因此无法拍摄快照。',
    fix: '请打开其配置档的管理会话，或使用其他环境中的虚拟机。',
  },
  TERMINAL_NOT_FOUND: {
    message: '{labName} 中没有名为 {terminalName} 的终端。',
    fix: '列出该实验室的终端即可看到名称。',
  },
  TERMINAL_INVALID: {
    message: '{terminalName} 不能作为终端：{reason}。',
    fix: '请为它设置密钥、IP 地址，或两者都设。',
  },
  TERMINAL_REFUSED: { message: '此处不认识该终端。', fix: '请检查其名称、密钥和地址，以及所属实验室是否启用了终端。' },
  TERMINAL_TOO_OFTEN: { message: '该地址请求过于频繁。', fix: '请等待 {retryAfterS} 秒后再试。' },
  CAPSULE_INVALID: {
    message: '{fileName} 不是可用的胶囊：{reason}',
    fix: '没有据此创建任何内容。请重新获取或重新导出。',
  },
  CAPSULE_RAM_UNFIT: {
    message: '{fileName} 中的内存无法在此加载：{reason}',
    fix: '请不带内存导入：其虚拟机将从磁盘启动。',
  },
  CAPSULE_FAILED: {
    message: '{envName} 的胶囊在 {vmName} 处失败：{reason}',
    fix: '没有保留任何内容。请重试；若仍如此，请在主机上运行 “npm run doctor”。',
  },
  OPERATION_NOT_FOUND: { message: '没有操作 {operationId}。', fix: '可能时间太久：结果只保留一小时。' },
  OPERATION_CANCELLED: { message: '已取消：{operation}。', fix: '没有残留。需要时可重新开始。' },
  OPERATION_NOT_CANCELLABLE: { message: '已无法取消：{operation}。', fix: '请等它结束。' },
};
