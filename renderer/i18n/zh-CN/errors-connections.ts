// 错误代码的中文：桌面应用的连接。
export const zhConnectionsErrors = {
  CONNECTION_UNKNOWN: { message: '没有连接 {id}。', fix: '它可能已被移除；请重新查看列表。' },
  CONNECTIONS_FULL: { message: '已有 {max} 个服务器连接。', fix: '请先移除不再使用的连接。' },
  JOIN_LINK_INVALID: {
    message: '打开的链接不是 TT 的加入链接：{reason}。',
    fix: '请索取新的链接，或使用服务器的地址和令牌添加。',
  },
  SSH_UNREACHABLE: {
    message: '{server} 上没有 SSH 服务器应答。',
    fix: '请检查其地址和端口，以及本机能否连接到它。',
  },
  SSH_SERVER_UNKNOWN: {
    message: '尚未信任 SSH 服务器 {server}。其 {keyType} 密钥的指纹为 {fingerprint}。',
    fix: '请将此指纹与其管理员提供的指纹比较，仅在两者相同时连接。',
  },
  SSH_SERVER_CHANGED: {
    message:
      'SSH 服务器 {server} 没有已知的密钥，而是类型为 {keyType}、指纹为 {fingerprint} 的密钥。没有向它发送任何内容。',
    fix: '请询问其管理员是否重新部署过。如果是，请从“known_hosts”中删除旧密钥；如果不是，则有人介于您与服务器之间。',
  },
  SSH_LOGIN_REFUSED: {
    message: 'SSH 服务器 {server} 不允许 {user} 登录。',
    fix: '请检查用户，以及其密钥或密码。',
  },
  SSH_PORT_REFUSED: {
    message: 'SSH 服务器 {server} 无法连接到该处的端口 {port}。',
    fix: '请确认代理服务正在该计算机上运行并监听此端口，且 SSH 服务器允许转发。',
  },
  SSH_SOCKET_REFUSED: {
    message: 'SSH 服务器 {server} 无法打开该处的套接字 {file}。',
    fix: '请确认代理服务正在该计算机上运行并在该处监听（“listen.socketFile”），您的用户属于其用户组，且 SSH 服务器允许转发到套接字（“AllowStreamLocalForwarding”）。',
  },
  SSH_ADDRESS_WRONG: {
    message: '通过 SSH 连接时，代理服务的地址必须是使用不加密 HTTP 的回环地址或套接字，而 {url} 不是。',
    fix: '请填写代理服务在该计算机上监听的地址，例如“http://127.0.0.1:9527”或“unix:/run/tt/agent.sock”。',
  },
  SSH_CONFIG_UNSUPPORTED: {
    message: '{file} 的第 {line} 行为 {host} 设置了 {keyword}，TT 不支持它。',
    fix: '请完整填写服务器（用户@主机:端口），这样就不会读取该文件；或为 {host} 添加一个不含 {keyword} 的条目。',
  },
  SSH_AGENT_MISSING: {
    message: '本机没有运行“ssh-agent”。',
    fix: '请启动它并用“ssh-add”添加密钥，或选择密钥文件。',
  },
  SSH_KEY_UNUSABLE: {
    message: '无法使用密钥文件 {file}。',
    fix: '请检查其路径和密码短语。其中必须是 OpenSSH 格式的私钥。',
  },
} as const;
