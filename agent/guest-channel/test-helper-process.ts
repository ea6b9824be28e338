// Test support: the real helper as a program of this host, over a socket instead of a virtio port.
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import path from 'node:path';
import { runCommand } from '../host/run-command.ts';

/** `program`: the helper; `folder`: for its socket. `end` resolves once the program has ended. */
export async function helperProcess(
  program: string,
  folder: string,
): Promise<{ socket: Socket; end: () => Promise<void> }> {
  const file = path.join(folder, 'port.sock');
  const server = createServer().listen(file);
  const connected = once(server, 'connection') as Promise<[Socket]>;
  await once(server, 'listening');
  const ended = runCommand(program, ['--socket', file], { timeoutMs: 60_000, okExitCodes: [0, 1] });
  const [socket] = await connected;
  server.close();
  const end = async () => {
    socket.destroy();
    await ended;
  };
  return { socket, end };
}
