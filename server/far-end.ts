// The far end of a console stream: a VM's unix socket, or a stream of another TT server. Bytes come with a `release`, so
// that the buffer of a busy screen is reused instead of being left to the garbage collector (a third of the cost).
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { connectUnixSocket } from '@tt/client/node';

/** Gets each piece of bytes; `release` says that they are no longer needed and must be called once. */
export type DataListener = (chunk: Buffer, release: () => void) => void;

export interface FarEnd {
  /** For writing, pausing, ending, and the `error` and `close` events; its `data` event is not used. */
  readonly stream: Duplex;
  /** Starts the flow. Bytes that arrived before are buffered until then. */
  onData(listener: DataListener): void;
}

const BUFFER_BYTES = 64 * 1024;

/** A far end over any stream, without reuse of buffers. */
export function plainFarEnd(stream: Duplex): FarEnd {
  return {
    stream,
    onData(listener) {
      stream.on('data', (chunk: Buffer) => listener(chunk, () => {}));
    },
  };
}

/** Connects to a unix socket; rejects if nothing listens there. */
export async function connectUnix(path: string): Promise<FarEnd> {
  const free: Uint8Array[] = [];
  const early: [Buffer, () => void][] = [];
  let listener: DataListener = (chunk, release) => early.push([chunk, release]);
  const stream = connectUnixSocket(path, {
    onread: {
      buffer: () => free.pop() ?? Buffer.allocUnsafeSlow(BUFFER_BYTES),
      callback(bytes, buffer) {
        listener(Buffer.from(buffer.buffer, buffer.byteOffset, bytes), () => free.push(buffer));
        return true;
      },
    },
  });
  await once(stream, 'connect');
  return {
    stream,
    onData(wanted) {
      listener = wanted;
      for (const [chunk, release] of early.splice(0)) wanted(chunk, release);
    },
  };
}
