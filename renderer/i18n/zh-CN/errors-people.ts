// 用户、角色与令牌的错误说明。The words for protocol/error-table-people.ts; errors.ts puts them together.
import type { ErrorWords } from '../words.ts';

export const zhPeopleErrors = {
  USER_NOT_FOUND: { message: '没有名为 {user} 的用户。', fix: '列出用户即可看到名称。' },
  USER_NAME_TAKEN: { message: '已有名为 {user} 的用户。', fix: '请换一个名称。' },
  USER_FIXED: {
    message: '用户 {user} 来自{source}，无法在此更改。',
    fix: '请修改配置文件中的用户，然后向代理服务发送 SIGHUP；“local”是状态文件夹的主人。',
  },
  USER_OWNS_THINGS: {
    message:
      '{user} 仍拥有 {envs} 个环境、{labs} 个实验室、{profiles} 个配置档、{templates} 个模板和 {images} 个镜像。',
    fix: '请说明由谁接收（“--give-to NAME”），或先删除它们。',
  },
  USER_BUSY: { message: '{user} 拥有或启动的某项内容正忙：{operation}。', fix: '请等它完成，或取消它。' },
  VIEWER_REFUSED: { message: '{user} 是查看者，不能调用 {call}。', fix: '请向管理员申请“用户”角色。' },
  PASSWORD_WRONG: { message: '名称或密码不正确。', fix: '请重试，或向管理员要一个登录链接。' },
  PASSWORD_TOO_OFTEN: {
    message: '此用户或此地址输错密码的次数过多。',
    fix: '请等待 {retryAfterS} 秒，或使用令牌或链接，它们此时仍然有效。',
  },
  TOKEN_NOT_FOUND: { message: '没有令牌 {tokenId}。', fix: '列出令牌即可看到现有的令牌。' },
  TOKEN_NAME_TAKEN: { message: '{user} 已有名为“{tokenName}”的令牌。', fix: '请换一个名称，或先吊销那个令牌。' },
} as const satisfies Record<string, ErrorWords>;
