// A shell as its user sees it: the byte channel of a console, whose terminal can be given another size, and which says how it ended.
import type { ShellEnd, TerminalSize } from '@tt/protocol';
import type { ByteChannel, PacedChannel } from './byte-channel.ts';
import { FRAME_HEAD_BYTES, FrameError } from './framing.ts';
import { encodeShellBytes, encodeShellFrame, type ShellFrame, ShellFrameReader } from './shell-frames.ts';

export interface ShellChannel extends ByteChannel {
  /** Tells the guest the size of the terminal, which it began with as `console.openShell` said. Only while it is open. */
  resize(size: TerminalSize): void;
  /** How the shell ended: known when `onclose` is called. Null: it has not, or the connection was lost. */
  readonly end: ShellEnd | null;
}

/** A shell that waits for whoever reads it. */
export interface PacedShellChannel extends ShellChannel, PacedChannel {}

/** `channel`: a stream with a ticket of `console.openShell`, whose handlers are not set yet. */
export function shellOver(channel: ByteChannel): ShellChannel {
  return over(channel, () => {});
}

/** As `shellOver`, for a window: its reader reports the bytes that `onmessage` got; what is around them is added here. */
export function pacedShellOver(channel: PacedChannel): PacedShellChannel {
  let headBytes = 0;
  const shell = over(channel, () => (headBytes += FRAME_HEAD_BYTES));
  return Object.assign(shell, {
    dealtWith(byteCount: number) {
      channel.dealtWith(byteCount + headBytes);
      headBytes = 0;
    },
  });
}

/** `onHead`: called before the bytes of a frame are given. */
function over(channel: ByteChannel, onHead: () => void): ShellChannel {
  const reader = new ShellFrameReader();
  let end: ShellEnd | null = null;
  channel.binaryType = 'arraybuffer';
  const shell: ShellChannel = {
    binaryType: 'arraybuffer',
    protocol: '',
    get readyState() {
      return channel.readyState;
    },
    get end() {
      return end;
    },
    onopen: null,
    onmessage: null,
    onclose: null,
    onerror: null,
    send(data) {
      for (const frame of encodeShellBytes(bytesOf(data))) channel.send(frame);
    },
    resize(size) {
      channel.send(encodeShellFrame({ kind: 'resize', size }));
    },
    close(code, reason) {
      channel.close(code, reason);
    },
  };
  channel.onopen = (event) => shell.onopen?.(event);
  channel.onerror = (event) => shell.onerror?.(event);
  channel.onclose = (event) => shell.onclose?.(event);
  channel.onmessage = ({ data }: MessageEvent) => {
    for (const frame of framesIn(data)) {
      if (frame.kind === 'bytes') {
        onHead();
        shell.onmessage?.(new MessageEvent('message', { data: copyOf(frame.bytes) }));
      } else if (frame.kind === 'end') end = frame.end;
    }
  };
  return shell;

  function framesIn(data: unknown): ShellFrame[] {
    try {
      return reader.push(bytesOf(data));
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      // What is no shell is not listened to any more.
      channel.onmessage = null;
      channel.close(4002, 'not a shell');
      return [];
    }
  }
}

function bytesOf(data: unknown): Uint8Array {
  if (typeof data === 'string') return new TextEncoder().encode(data);
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  throw new FrameError('a message that is no bytes');
}

/** A buffer of its own, as those of a WebSocket. */
function copyOf(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}
