// 通过 OpenID 提供方登录的错误说明。The words for protocol/error-table-logins.ts; errors.ts puts them together.
import type { ErrorWords } from '../words.ts';

export const zhLoginErrors = {
  OIDC_NOT_CONFIGURED: {
    message: '此服务器没有通过 OpenID 提供方登录的方式。',
    fix: '请使用链接、令牌或密码，或请管理员在配置中设置“oidc”。',
  },
  OIDC_UNREACHABLE: {
    message: '此服务器无法连接 {provider}：{reason}。',
    fix: '请重试；此时链接、令牌或密码仍然有效。',
  },
  OIDC_MISCONFIGURED: {
    message: '此服务器与 {provider} 无法配合：{reason}。',
    fix: '请管理员核对配置中的“oidc”与提供方的设置。',
  },
  OIDC_ISSUER_WRONG: {
    message: '{provider} 的地址上应答的签发者不是 {issuer}。',
    fix: '请管理员更正配置中的“oidc.issuer”。',
  },
  OIDC_REFUSED: {
    message: '{provider} 没有让您登录：{reason}。',
    fix: '请重新登录并在那里同意，或询问其管理者。',
  },
  OIDC_ANSWER_INVALID: {
    message: '{provider} 关于您的说明不可信：{reason}。',
    fix: '请重新登录；若再次发生，请告诉管理员。',
  },
  OIDC_CLOCK_WRONG: {
    message: '此服务器与 {provider} 的时钟相差 {seconds} 秒。',
    fix: '请管理员校准此服务器的时钟（NTP）。',
  },
  OIDC_USER_UNKNOWN: {
    message: '此处没有用户关联到 {provider} 的主体 {subject}。',
    fix: '请管理员将您的用户与它关联：“tt user link NAME {subject}”。',
  },
  OIDC_USER_DISABLED: {
    message: '用户 {user} 不能登录。',
    fix: '请管理员启用该用户。',
  },
  OIDC_CLAIM_REFUSED: {
    message: '{provider} 在声明“{claim}”中的内容不允许您登录。',
    fix: '请询问管理员哪些组或地址可以登录。',
  },
  OIDC_NAME_UNUSABLE: {
    message: '{provider} 的声明“{claim}”中没有此处用户可用的名称。',
    fix: '请管理员为您创建并关联一个用户，或选择另一个声明。',
  },
  OIDC_NAME_TAKEN: {
    message: '已有名为 {user} 的用户，且未与您关联。',
    fix: '如果那就是您，请管理员用“tt user link”关联。',
  },
  OIDC_SUBJECT_TAKEN: {
    message: '用户 {user} 已关联到该主体。',
    fix: '请先解除关联：“tt user unlink {user}”。',
  },
  LOGIN_EXPIRED: {
    message: '此登录在此处未知，或已失效。',
    fix: '请重新开始，并在十分钟内在同一浏览器中完成；服务器重启会结束正在进行的登录。',
  },
  LOGIN_TOO_MANY: {
    message: '正在进行的登录过多。',
    fix: '请等待 {retryAfterS} 秒，或使用令牌或链接，它们此时仍然有效。',
  },
} as const satisfies Record<string, ErrorWords>;
