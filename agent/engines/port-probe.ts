// Finds out whether a program of a guest answers at a TCP port: by connecting, and at ports of web servers by asking for the head of a page.
// Whatever comes back is only counted, never read.
import { createConnection } from 'node:net';
import type { PortHealth } from '@tt/protocol';

export interface PortToProbe {
  host: string;
  port: number;
  /** How its server is made to say something. `none`: it is only connected to. */
  ask: 'http' | 'none';
  /**
   * Whether a connection that stays open without a word means that the guest has taken it. QEMU's user networking takes it first, and
   * ends it when the guest refuses; a guest that is not up yet does neither.
   */
  silenceIsOpen: boolean;
}

/** A refusal of the guest comes back within its network's round trip. */
const SILENT_MS = 700;
const REQUEST = 'HEAD / HTTP/1.0\r\nUser-Agent: TT\r\nConnection: close\r\n\r\n';

/** Never rejects. Sends at most one request, and takes at most one piece of an answer. */
export function probePort({ host, port, ask, silenceIsOpen }: PortToProbe, timeoutMs: number): Promise<PortHealth> {
  const { promise, resolve } = Promise.withResolvers<PortHealth>();
  const socket = createConnection({ host, port });
  let silent: ReturnType<typeof setTimeout> | undefined;
  socket.once('connect', () => {
    if (ask === 'http') socket.write(REQUEST);
    silent = setTimeout(() => resolve(silenceIsOpen ? 'open' : 'unknown'), SILENT_MS);
  });
  socket.once('data', () => resolve('open'));
  socket.on('error', ({ code }: NodeJS.ErrnoException) =>
    resolve(code === 'ECONNREFUSED' || code === 'ECONNRESET' || code === 'EPIPE' ? 'closed' : 'unknown'),
  );
  // Taken and ended without a word: nobody is behind it.
  socket.on('close', () => resolve('closed'));
  const timer = setTimeout(() => resolve('unknown'), timeoutMs);
  return promise.finally(() => {
    clearTimeout(timer);
    clearTimeout(silent);
    socket.destroy();
  });
}
