// Pipes one console between an agent's stream and a window's port, with credit: at most a MiB is unacknowledged, then
// the WebSocket is paused and the guest's end waits. Needs no Electron, so that tests can use hostile ends.
import type { ByteChannel } from '@tt/client';
import { STREAM_HIGH_WATER_BYTES, streamClose, UPLOAD_WINDOW_BYTES } from '@tt/protocol';
import { z } from 'zod';

/** The part of MessagePortMain that is used. */
export interface PipePort {
  on(event: 'message', listener: (event: { data: unknown }) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  start(): void;
  postMessage(message: unknown): void;
  close(): void;
}

/** The part of the socket below the stream that flow control needs. */
export interface PausableSocket {
  pause(): void;
  resume(): void;
  readonly bufferedAmount: number;
}

/** What main sends into the port. `code` is a WebSocket close code. */
export type ToWindow =
  | { type: 'open' }
  | { type: 'data'; bytes: Uint8Array }
  | { type: 'close'; code: number; reason: string };

/** What a window may send: bytes, that it has dealt with bytes, and the end. */
export type FromWindow =
  | { type: 'data'; bytes: Uint8Array }
  | { type: 'ack'; byteCount: number }
  | { type: 'close'; code: number; reason: string };

const fromWindowSchema: z.ZodType<FromWindow> = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('data'),
    bytes: z.instanceof(Uint8Array).refine((bytes) => bytes.byteLength <= STREAM_HIGH_WATER_BYTES, 'too large'),
  }),
  z.strictObject({ type: z.literal('ack'), byteCount: z.number().int().nonnegative() }),
  z.strictObject({ type: z.literal('close'), code: z.number().int(), reason: z.string().max(123) }),
]);

/** A window that answers with something else is cut off with this code. */
const BAD_MESSAGE = 4400;

/** What may wait for the agent: an upload’s window with its frames’ heads and what a socket adds. A person types slower than this. */
const MOST_WAITING_BYTES = UPLOAD_WINDOW_BYTES + STREAM_HIGH_WATER_BYTES;

/** Starts piping; ends when either end does. */
export function pipeConsole(port: PipePort, stream: ByteChannel, socket: PausableSocket): void {
  let unacknowledged = 0;
  let paused = false;
  let ended = false;

  function toWindow(message: ToWindow): void {
    if (!ended) port.postMessage(message);
  }

  function end(code: number, reason: string): void {
    if (ended) return;
    toWindow({ type: 'close', code, reason });
    ended = true;
    // A paused socket would not see the answer to its close.
    if (paused) socket.resume();
    stream.close(1000, 'closed by the window');
    port.close();
  }

  stream.onopen = () => toWindow({ type: 'open' });
  stream.onclose = ({ code, reason }) => end(code, reason);
  stream.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
    const bytes = new Uint8Array(data);
    unacknowledged += bytes.byteLength;
    toWindow({ type: 'data', bytes });
    if (!paused && !ended && unacknowledged > STREAM_HIGH_WATER_BYTES) {
      paused = true;
      socket.pause();
    }
  };

  function take(message: FromWindow): void {
    if (message.type === 'close') end(1000, '');
    else if (message.type === 'data') typed(message.bytes);
    else acknowledged(message.byteCount);
  }

  function typed(bytes: Uint8Array): void {
    // What is not taken in time is not typed at all.
    if (socket.bufferedAmount > MOST_WAITING_BYTES) end(streamClose.upstreamFailed, 'too slow');
    else if (stream.readyState === 1) stream.send(bytes);
  }

  function acknowledged(byteCount: number): void {
    unacknowledged -= byteCount;
    if (unacknowledged < 0) end(BAD_MESSAGE, 'acknowledged more than was sent');
    if (paused && unacknowledged < STREAM_HIGH_WATER_BYTES / 2) {
      paused = false;
      socket.resume();
    }
  }

  port.on('message', ({ data }) => {
    const message = fromWindowSchema.safeParse(data);
    if (message.success) take(message.data);
    else end(BAD_MESSAGE, 'unexpected message');
  });
  port.on('close', () => end(1000, ''));
  port.start();
}
