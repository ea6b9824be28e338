// Asks the agent inside a guest whether it is there: guest-sync, then guest-ping (QEMU's qga/qapi-schema.json), over the
// unix socket of its virtio-serial port. Shared by the engines; a guest that does not answer is what `kick --dead` ends.
import { randomInt } from 'node:crypto';
import { createConnection } from 'node:net';
import { EngineError } from './errors.ts';
import { LineSplitter } from './qemu/line-splitter.ts';

/** Ends whatever half a request a client before left in the agent's parser. */
const FLUSH = Uint8Array.of(0xff);

/**
 * True when it answers within `timeoutMs`. VM_GONE when nobody listens on the socket. The port takes one client at a time,
 * so ask one question at a time; the socket is not closed for writing before the answer, as that drops the answer.
 */
export function pingGuestAgent(socketPath: string, timeoutMs: number): Promise<boolean> {
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  const socket = createConnection(socketPath);
  const splitter = new LineSplitter();
  // What the agent answers to somebody before us may still come: only this number is for us. A double holds it.
  const id = randomInt(2 ** 47);
  let isSynced = false;
  const ask = (execute: string, args?: object) =>
    socket.write(`${JSON.stringify(args ? { execute, arguments: args } : { execute })}\n`);
  socket.on('connect', () => {
    socket.write(FLUSH);
    ask('guest-sync', { id });
  });
  socket.on('data', (bytes) => {
    for (const answer of read(splitter, bytes)) {
      if (isSynced && answer !== null && 'return' in answer) resolve(true);
      if (!isSynced && answer?.['return'] === id) {
        isSynced = true;
        ask('guest-ping');
      }
    }
  });
  socket.on('error', (error) =>
    reject(new EngineError('VM_GONE', "nobody listens on the guest agent's socket", { cause: error })),
  );
  // The VM ended, or reset its port: no answer either way.
  socket.on('close', () => resolve(false));
  const timer = setTimeout(() => resolve(false), timeoutMs);
  return promise.finally(() => {
    clearTimeout(timer);
    socket.destroy();
  });
}

/** A guest may send anything, also a line without end: then there is nothing to be read from it any more. */
function read(splitter: LineSplitter, bytes: Buffer): (Record<string, unknown> | null)[] {
  try {
    return splitter.push(bytes).map(parseAnswer);
  } catch {
    return [];
  }
}

/** Null for a line that is no answer. */
function parseAnswer(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' ? (value as Record<string, unknown> | null) : null;
  } catch {
    return null;
  }
}
