// 接口与代理服务的错误说明。The words for protocol/error-table-borders.ts; errors.ts puts them together.
import type { ErrorWords } from '../words.ts';

export const zhBordersErrors = {
  INPUT_INVALID: { message: '请求无效。', fix: '请更正指出的字段后重新发送。' },
  COMMAND_LINE_INVALID: { message: '命令行有误。', fix: '命令、选项和示例请见“{help}”。' },
  JSON_INVALID: { message: '请求体不是有效的 JSON。', fix: '请以 Content-Type: application/json 发送有效的 JSON。' },
  BODY_TOO_LARGE: { message: '请求体超过 {limitBytes} 字节。', fix: '请减少单次请求的内容。' },
  ROUTE_NOT_FOUND: { message: '这里没有 {method} {path}。', fix: '可用接口见 /api/openapi.json。' },
  URL_NOT_NORMAL: {
    message: '地址 {url} 不是规范形式。',
    fix: '请只发送路径，不含“.”、“..”、空段或“#”，仅对必须编码的字符编码，并使用大写十六进制数字。',
  },
  UNAUTHORIZED: {
    message: '需要有效的访问令牌。',
    fix: '请使用代理服务状态目录中的令牌，或运行“npx tt open”获取新链接。',
  },
  ORIGIN_REFUSED: { message: '来自 {origin} 的请求被拒绝。', fix: '请在代理服务给出的地址打开窗口。' },
  GUEST_REFUSED: {
    message: '本主机上的客户机不能连接其代理服务。',
    fix: '请在主机或另一台计算机上使用 TT。',
  },
  DETAILS_PRIVATE: {
    message: '失败：{failedWith}。详情仅对其所有者和管理员可见。',
    fix: '请联系其中一位。',
  },
  TICKET_INVALID: {
    message: '此数据流票据未知、已使用或已过期。',
    fix: '每次都需要新的票据：请重新打开控制台，或重新开始传输。',
  },
  JOIN_CODE_INVALID: { message: '此链接已使用过或已过期。', fix: '请运行“npx tt open”获取新链接。' },
  JOIN_TOO_OFTEN: {
    message: '此地址提交的错误登录码或令牌过多。',
    fix: '请等待 {retryAfterS} 秒，或运行“npx tt open”获取新链接。',
  },
  LOGIN_NOT_FOUND: { message: '没有浏览器会话 {sessionId}。', fix: '请运行“npx tt session list”查看现有会话。' },
  FEATURE_UNSUPPORTED: { message: '{where} 没有 {feature}。', fix: '请选择其他镜像、引擎或主机。' },
  INTERNAL: {
    message: 'TT 内部出错（请求 {requestId}）。',
    fix: '请在代理服务的日志中查找此请求编号并报告。',
  },
  AGENT_UNREACHABLE: { message: '{url} 没有代理服务应答。', fix: '请确认它正在运行且地址正确，然后重试。' },
  AGENT_GONE: {
    message: '执行 {call} 时与代理服务的连接断开。',
    fix: '重试之前请先确认它是否已经完成；TT 不会自动重试。',
  },
  AGENT_SILENT: {
    message: '代理服务在 {seconds} 秒内没有应答。',
    fix: '它所在的主机可能很忙，或者网络较慢。TT 会继续尝试。',
  },
  AGENT_NOT_RUNNING: {
    message: '{stateDirectory} 没有正在运行的私有代理服务。',
    fix: '请用“npm start”（或“npx tt-agent”）启动，或用“tt config”选择服务器。',
  },
  AGENT_STILL_RUNNING: {
    message: '{seconds} 秒前已要求代理服务（进程 {pid}）结束，但它仍在运行。',
    fix: '请查看其日志，了解它在等待什么；“kill -9 {pid}”可立即结束它。',
  },
  AGENT_NOT_PROVEN: {
    message: '{url} 上的程序未能证明自己是代理服务，因此没有发送令牌。',
    fix: '请查明是哪个程序在该地址监听；如果代理服务版本较旧或已结束，请重新启动它。',
  },
  SOCKET_UNSAFE: {
    message: '所有者以外的用户可以写入 {file} 所在的目录，任何人都可能冒充代理服务在该处监听。没有发送任何内容。',
    fix: '请将代理服务的套接字（“listen.socketFile”）放到只有其所有者能写入的目录中。',
  },
  SOCKET_NOT_PERMITTED: {
    message: '您无权使用套接字 {file}。',
    fix: '请让此计算机的管理员将您加入其用户组（“listen.socketGroup”），然后重新登录。',
  },
  LINK_NEEDS_ADDRESS: {
    message: '链接需要他人可以打开的地址，而 {url} 只是一台计算机上的套接字。',
    fix: '请在该计算机上使用“tt-agent invite”，或用“tt config”按地址选择服务器。',
  },
  TLS_REQUIRED: {
    message: '只有不离开本机的连接可以不加密，而 {url} 在另一台计算机上或要求 TLS。',
    fix: '请使用 HTTPS 地址。',
  },
  TLS_EXPECTED: {
    message: '{url} 上应答的程序不使用 TLS。',
    fix: '请检查地址和端口。监听回环地址的代理服务通常使用不加密的 HTTP。',
  },
  SERVER_NOT_TRUSTED: {
    message: '尚未信任 {url} 上的服务器。其证书颁发机构的 SHA-256 为 {fingerprint}。',
    fix: '请将此指纹与其管理员在该处的“tt status”中看到的指纹比较，仅在两者相同时连接。',
  },
  SERVER_IDENTITY_WRONG: {
    message:
      '{url} 上的服务器不是您信任过的那一台：其证书颁发机构的 SHA-256 为 {presented}，应为 {expected}。没有向它发送任何内容。',
    fix: '请询问其管理员是否重新部署过。如果是，请使用新的加入链接或提供新的指纹；如果不是，则有人介于您与服务器之间。',
  },
  CERTIFICATE_EXPIRED: {
    message: '{url} 上的服务器的证书已于 {validTo} 到期，比本机时间 {clock} 早 {days} 天。',
    fix: '如果本机时间正确，服务器的管理员必须更新证书。',
  },
  CERTIFICATE_NOT_YET_VALID: {
    message: '{url} 上的服务器的证书自 {validFrom} 起有效，比本机时间 {clock} 晚 {days} 天。',
    fix: '请校正本机的时钟。如果它是对的，则服务器的时钟有误。',
  },
  AGENT_ALREADY_RUNNING: {
    message: '另一个代理服务（进程 {pid}）已在使用 {stateDirectory}。',
    fix: '请使用它、先结束它，或将 TT_HOME 设为其他目录。',
  },
  STATE_UNUSABLE: {
    message: '无法在 {folder} 中保存 TT 的状态：{reason}。',
    fix: '请将 TT_HOME（或“tt-agent --home”）设为其他目录，或修复此目录。',
  },
  LISTEN_FAILED: {
    message: '无法监听 {host} 的端口 {port}：{reason}。',
    fix: '请选择其他端口（“tt-agent --serv-port”、“tt-proxy --proxy-port”或“npm start -- --port N”），或结束占用它的程序。',
  },
  STATE_OTHER_DRIVERS: {
    message: '{stateDirectory} 中的虚拟机是{held}，此代理服务属于另一类。',
    fix: '请将 TT_HOME 设为其他目录：真实与模拟的虚拟机不能共用一个目录。',
  },
  STATE_TOO_NEW: {
    message: '{stateDirectory} 中的状态由更新版本的 TT 写入（结构 {found}，当前版本支持到 {known}）。',
    fix: '请重新安装较新的 TT，或将 TT_HOME 设为其他目录。',
  },
  STATE_NO_SPACE: {
    message: '没有足够空间迁移 {stateDirectory} 中的状态：剩余 {freeMiB} MiB，需要 {wantedMiB} MiB。',
    fix: '请在该文件系统上腾出空间，然后重新启动代理服务。',
  },
} as const satisfies Record<string, ErrorWords>;
