// The peer: websockify, Debian's package, in front of the same unix socket.
import { once } from 'node:events';
import { createConnection, createServer } from 'node:net';
import path from 'node:path';
import { WebSocket } from 'ws';
import { identifyProcess, signalProcess } from '../../agent/host/process-identity.ts';
import { RunError } from '../../agent/host/run-command.ts';
import { startChild } from '../child.ts';
import { childPids } from '../proc.ts';
import type { BenchContext } from '../section.ts';
import { waitUntil } from '../wait-until.ts';

export interface Websockify {
  command: string;
  openSocket(): WebSocket;
  /** It forks one process per connection. */
  workerPids(): Promise<number[]>;
}

export async function startWebsockify({ resources, folder }: BenchContext, socketPath: string): Promise<Websockify> {
  const port = await freePort();
  const args = [`--unix-target=${socketPath}`, `127.0.0.1:${port}`];
  try {
    const { pid } = await startChild(resources, 'websockify', args, path.join(folder, 'websockify.log'));
    resources.defer(() => endWorkers(pid));
    await waitUntil('websockify', () => accepts(port));
    await waitUntil('the end of the first connection', async () => ((await childPids(pid)).length === 0 ? true : null));
    return {
      command: 'websockify --unix-target=VM.sock 127.0.0.1:PORT',
      openSocket: () => new WebSocket(`ws://127.0.0.1:${port}`, ['binary'], { perMessageDeflate: false }),
      workerPids: () => childPids(pid),
    };
  } catch (error) {
    if (error instanceof RunError && error.notFound) throw new Error('install websockify', { cause: error });
    throw error;
  }
}

async function endWorkers(pid: number): Promise<void> {
  for (const worker of await childPids(pid)) {
    const identity = await identifyProcess(worker);
    // If it ended meanwhile, that is fine.
    if (identity) await signalProcess(identity, 'SIGKILL');
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

function accepts(port: number): Promise<true | null> {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(null));
  });
}
