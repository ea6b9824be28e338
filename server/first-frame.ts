// The first frame of a WebSocket, before anything else on it is looked at: within a time and a size, and only so many sockets may
// wait for theirs at once. The oldest of too many goes: an honest client says hello at once.
import type { Duplex } from 'node:stream';
import { socketClose } from '@tt/protocol';
import type { WebSocket } from 'ws';

const TIMEOUT_MS = 10_000;
/** Bytes on the wire until the frame is whole. */
const MOST_BYTES = 4096;
const MOST_WAITING = 64;

export class FirstFrames {
  readonly #waiting = new Set<WebSocket>();

  /** Gives the frame as text, null when it was binary. A socket that says nothing, or too much, is closed instead. */
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

/** The JSON in a frame that a schema knows; null for anything else. */
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
