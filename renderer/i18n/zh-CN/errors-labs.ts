// 实验室、配置档与终端的错误说明。The words for protocol/error-table-labs.ts; errors.ts puts them together.
import type { ErrorWords } from '../words.ts';

export const zhLabsErrors = {
  LAB_NOT_FOUND: { message: '没有名为 {labName} 的实验室。', fix: '列出实验室即可看到名称。' },
  LAB_NAME_TAKEN: { message: '已有名为 {labName} 的实验室。', fix: '请换一个名称，或先删除那个实验室。' },
  LAB_NOT_YOURS: { message: '实验室 {labName} 属于 {owner}。', fix: '请联系 {owner} 或管理员。' },
  LAB_IN_USE: { message: '{labName} 还有会话：{sessions}。', fix: '请先结束这些会话。' },
  LAB_FULL: { message: '{labName} 的 {seats} 个座位已全部占用。', fix: '请结束一个会话，或增加座位数。' },
  PROFILE_NOT_FOUND: { message: '没有名为 {profileName} 的配置档。', fix: '列出配置档即可看到名称。' },
  PROFILE_NAME_TAKEN: { message: '已有名为 {profileName} 的配置档。', fix: '请换一个名称，或先删除那个配置档。' },
  PROFILE_NOT_YOURS: {
    message: '配置档 {profileName} 属于 {owner}。',
    fix: '请联系 {owner} 或管理员；共享的配置档可以克隆。',
  },
  PROFILE_IN_USE: { message: '{profileName} 正在被使用：{users}。', fix: '请先从这些实验室中移除它，并结束这些会话。' },
  PROFILE_NOT_IN_LAB: { message: '{labName} 不能使用“{profileName}”。', fix: '请从这些中选择：{allowed}。' },
  PROFILE_CLIENTS_RUN: {
    message: '{profileName} 的会话正在运行：{clients}。',
    fix: '请先停止它们，或在打开时选择停止它们。',
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
    message: '{vmName} 丢弃写入的内容，因此无法为它拍快照。',
    fix: '请打开其配置档的管理会话，或使用其他环境中的虚拟机。',
  },
  TERMINAL_NOT_FOUND: {
    message: '{labName} 中没有名为 {terminalName} 的终端。',
    fix: '列出该实验室的终端即可看到名称。',
  },
  TERMINAL_INVALID: {
    message: '终端 {terminalName} 无效：{reason}。',
    fix: '请为它设置密钥、IP 地址，或两者都设。',
  },
  TERMINAL_REFUSED: { message: '未知的终端。', fix: '请检查其名称、密钥和地址，以及所属实验室是否启用了终端。' },
  TERMINAL_TOO_OFTEN: { message: '该地址的请求过多。', fix: '请等待 {retryAfterS} 秒后再试。' },
} as const satisfies Record<string, ErrorWords>;
