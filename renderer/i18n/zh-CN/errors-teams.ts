// 团队与共享的错误说明。The words for protocol/error-table-teams.ts; errors.ts puts them together.
import type { ErrorWords } from '../words.ts';

export const zhTeamErrors = {
  TEAM_NOT_FOUND: { message: '没有名为 {team} 的团队。', fix: '列出你的团队即可看到名称。' },
  TEAM_NAME_TAKEN: { message: '已有名为 {team} 的团队。', fix: '请换一个名称。' },
  TEAM_SHARES_THINGS: {
    message: '仍有 {envs} 个环境与团队 {team} 共享。',
    fix: '请说明不再共享（“--unshare”），或用“tt team show {team}”查看是哪些。',
  },
  NOT_IN_TEAM: { message: '{user} 不在团队 {team} 中。', fix: '用“tt team show {team}”查看有哪些成员。' },
  TEAM_QUOTA_EXCEEDED: {
    message: '超出团队 {team} 的配额：{resource}共 {total}，已用 {used}，请求 {wanted}。',
    fix: '请停止或删除团队不再需要的内容，或向管理员申请更多。',
  },
} as const satisfies Record<string, ErrorWords>;
