// The first frame of a WebSocket, limited in time and size. Only a limited number of sockets can wait for theirs at once;
// beyond that the oldest is closed, because an honest client sends its first frame immediately, and then it is the network that takes time.
import type { Duplex } from 'node:stream';
import { socketClose } from '@tt/protocol';
import type { WebSocket } from 'ws';

const TIMEOUT_MS = 10_000;
/** Bytes on the wire until the frame is whole. */
const MOST_BYTES = 4096;
/** A team that comes back after a restart: 200 consoles at once over TLS had more than 64 under way, and lost some. */
export const MOST_WAITING = 256;

export class FirstFrames {
  readonly #waiting = new Set<WebSocket>();

  /** Returns the frame as text, null if it was binary. A socket that sends nothing, or too much, is closed instead. */
  wait(socket: WebSocket, raw: Duplex, onFrame: (text: string | null) => void): void {
    let bytes = 0;
    const count = (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MOST_BYTES) socket.terminate();
    };
    const timer = setTimeout(() => socket.close(socketClose.unauthorized, 'UNAUTHORIZED'), TIMEOUT_MS);
    const settle = () => {
      clearTimeout(timer);
      raw.off('data', count);
      this.#waiting.delete(socket);
    };
    raw.on('data', count);
    this.#waiting.add(socket);
    socket.once('close', settle);
    socket.once('message', (data, isBinary) => {
      settle();
      onFrame(isBinary || !Buffer.isBuffer(data) ? null : data.toString());
    });
    const [oldest] = this.#waiting;
    if (this.#waiting.size > MOST_WAITING) oldest?.terminate();
  }
}

/** The JSON of a frame that matches the schema; null for anything else. */
export function readFrame<Value>(
  schema: { safeParse(value: unknown): { success: true; data: Value } | { success: false } },
  text: string | null,
): Value | null {
  try {
    const read = schema.safeParse(JSON.parse(text ?? ''));
    return read.success ? read.data : null;
  } catch {
    // Not JSON at all.
    return null;
  }
}
