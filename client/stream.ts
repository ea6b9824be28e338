// Opens a byte stream over a WebSocket: sends the ticket as the first frame, waits for the ready frame, and is then
// a plain byte channel. Until ready it looks like a socket that is still connecting.
import { type StreamAck, type StreamHello, streamReadySchema } from '@tt/protocol';
import type { ByteChannel, PacedChannel } from './byte-channel.ts';

const CONNECTING = 0;
const OPEN = 1;
const CLOSED = 3;

/**
 * A ByteChannel over a WebSocket to STREAM_PATH; the socket must be fresh (still connecting or just open). `session`: the
 * secret of a session, if no header of the socket identifies the caller.
 */
export function openStreamOverWebSocket(socket: WebSocket, ticket: string, session?: string): ByteChannel {
  return openWith(socket, { ticket, ...(session !== undefined && { session }) });
}

/** As `openStreamOverWebSocket`, for a browser, which can’t pause a socket: the far end is told what has been dealt with. */
export function openPacedStreamOverWebSocket(socket: WebSocket, ticket: string, session?: string): PacedChannel {
  const channel = openWith(socket, { ticket, ...(session !== undefined && { session }), acknowledges: true });
  return Object.assign(channel, {
    dealtWith(byteCount: number) {
      if (channel.readyState === OPEN && socket.readyState === OPEN && byteCount > 0)
        socket.send(JSON.stringify({ dealtWith: byteCount } satisfies StreamAck));
    },
  });
}

function openWith(socket: WebSocket, hello: StreamHello): ByteChannel {
  socket.binaryType = 'arraybuffer';
  let readyState = CONNECTING;
  const channel: ByteChannel = {
    binaryType: 'arraybuffer',
    protocol: '',
    get readyState() {
      return readyState;
    },
    onopen: null,
    onmessage: null,
    onclose: null,
    onerror: null,
    send(data) {
      if (readyState !== OPEN) throw new DOMException('The stream is not open.', 'InvalidStateError');
      // What is said to a far end that is leaving is lost; a browser would complain of it.
      if (socket.readyState === OPEN) socket.send(data as ArrayBuffer);
    },
    close(code, reason) {
      socket.close(code, reason);
    },
  };
  socket.onopen = () => socket.send(JSON.stringify(hello));
  socket.onmessage = (event: MessageEvent) => {
    if (readyState === OPEN) {
      channel.onmessage?.(event);
      return;
    }
    if (!isReady(event.data)) {
      // A far end that spoke out of turn is not listened to any more, though it may go on until its side closes.
      socket.onmessage = null;
      socket.close(4002, 'unexpected first frame');
      return;
    }
    readyState = OPEN;
    channel.onopen?.(new Event('open'));
  };
  socket.onerror = (event) => channel.onerror?.(event);
  socket.onclose = (event) => {
    readyState = CLOSED;
    channel.onclose?.(event);
  };
  if (socket.readyState === OPEN) socket.onopen(new Event('open'));
  return channel;
}

function isReady(data: unknown): boolean {
  if (typeof data !== 'string') return false;
  try {
    return streamReadySchema.safeParse(JSON.parse(data)).success;
  } catch {
    return false;
  }
}
