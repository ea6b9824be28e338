// The part of the error table about the connections that the desktop keeps. See error-table.ts.
import { count, entry, reasonSchema, text } from './error-entry.ts';

export const connectionErrors = {
  CONNECTION_UNKNOWN: entry(404, 'There is no connection {id}.', 'It may have been removed; look at the list again.', {
    id: text,
  }),
  CONNECTIONS_FULL: entry(
    409,
    'There are already {max} connections to servers.',
    'Remove one that is no longer used first.',
    { max: count },
  ),
  JOIN_LINK_INVALID: entry(
    422,
    'The link that was opened is not a join link of TT: {reason}.',
    'Ask for a new one, or add the server by its address and a token.',
    { reason: reasonSchema },
  ),
  // Over ssh
  SSH_UNREACHABLE: entry(
    502,
    'No SSH server answers at {server}.',
    'Check its address and port, and that this computer can reach it.',
    { server: text },
  ),
  SSH_SERVER_UNKNOWN: entry(
    502,
    'The SSH server {server} is not known yet. Its {keyType} key has the fingerprint {fingerprint}.',
    'Compare this fingerprint with the one that its administrator gives you. Connect with it only if both are the same.',
    { server: text, keyType: text, fingerprint: text },
  ),
  SSH_SERVER_CHANGED: entry(
    502,
    'The SSH server {server} does not have the key that is known of it, but one of type {keyType} with the fingerprint {fingerprint}. Nothing was sent to it.',
    'Ask its administrator whether it was set up anew. If so, remove the old key from known_hosts; if not, somebody is between you and the server.',
    { server: text, keyType: text, fingerprint: text },
  ),
  SSH_LOGIN_REFUSED: entry(
    502,
    'The SSH server {server} does not let {user} in.',
    'Check the user, and the key or password that belongs to it.',
    { server: text, user: text },
  ),
  SSH_PORT_REFUSED: entry(
    502,
    'The SSH server {server} can’t connect to port {port} there.',
    'Check that the agent runs on that computer and listens on this port, and that the SSH server allows forwarding.',
    { server: text, port: count },
  ),
  SSH_SOCKET_REFUSED: entry(
    502,
    'The SSH server {server} can’t open the socket {file} there.',
    'Check that the agent runs on that computer and listens there (listen.socketFile), that your user is in its group, and that the SSH server allows forwarding to sockets (AllowStreamLocalForwarding).',
    { server: text, file: text },
  ),
  SSH_ADDRESS_WRONG: entry(
    422,
    'Over SSH the address of the agent must be a loopback address with plain HTTP or a unix socket, and {url} is another one.',
    'Give the address at which the agent listens on that computer, such as http://127.0.0.1:9527 or unix:/run/tt/agent.sock.',
    { url: text },
  ),
  SSH_CONFIG_UNSUPPORTED: entry(
    422,
    'Line {line} of {file} says {keyword} for {host}, which TT does not support.',
    'Write the server in full, as user@host:port, so that the file is not asked; or give {host} an entry without {keyword}.',
    { file: text, line: count, keyword: text, host: text },
  ),
  SSH_AGENT_MISSING: entry(
    422,
    'No SSH agent runs on this computer.',
    'Start it and add your key with "ssh-add", or choose a key file.',
    {},
  ),
  SSH_KEY_UNUSABLE: entry(
    422,
    'The key file {file} can’t be used.',
    'Check its path and its passphrase. It must hold a private key in the form of OpenSSH.',
    { file: text },
  ),
} as const;
