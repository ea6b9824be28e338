// Checks whether a server speaks SSH at an address: besides the guest agent, the second way to find that a guest is alive. Plain
// TCP: the server greets first (RFC 4253, section 4.2), so nothing has to be sent or known.
import { createConnection } from 'node:net';

export interface SshAddress {
  host: string;
  port: number;
}

const GREETING = /^SSH-\d/m;
/** A server can send a few lines before its greeting; more than this is another protocol. */
const MAX_BYTES = 8 * 1024;

/**
 * True if an SSH server greets within `timeoutMs`. False in every other case: nothing listens, nothing answers (QEMU's user
 * networking accepts the connection itself, whatever the guest does), or something else answers. Never rejects.
 */
export function greetsBySsh({ host, port }: SshAddress, timeoutMs: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = createConnection({ host, port });
  let received = '';
  socket.setEncoding('latin1');
  socket.on('data', (text) => {
    received += String(text);
    if (GREETING.test(received)) resolve(true);
    else if (received.length > MAX_BYTES) resolve(false);
  });
  socket.on('error', () => resolve(false));
  socket.on('close', () => resolve(false));
  const timer = setTimeout(() => resolve(false), timeoutMs);
  return promise.finally(() => {
    clearTimeout(timer);
    socket.destroy();
  });
}
