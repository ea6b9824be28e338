// One visit to the serial console of a VM, or to a shell in it: keys go to the guest, its bytes to the terminal, until the escape key,
// an interruption or the end of the stream.
import type { ByteChannel } from '@tt/client';
import { STREAM_HIGH_WATER_BYTES, streamClose, TtError } from '@tt/protocol';
import type { EscapeKey } from './escape-key.ts';
import { GuestOutput } from './guest-output.ts';
import { onInterrupt } from './interrupts.ts';
import { type Keyboard, rawTerminal } from './raw-terminal.ts';

type Input = Keyboard & Pick<NodeJS.ReadStream, 'on' | 'off' | 'pause' | 'resume'>;
type Output = Pick<NodeJS.WriteStream, 'write' | 'once'>;

export interface SerialSession {
  channel: ByteChannel;
  /** The socket below the channel: paused while the terminal is slower than the guest. */
  socket: { pause(): void; resume(): void; readonly bufferedAmount: number };
  input: Input;
  output: Output;
  escapeKey: EscapeKey;
  /** That opened it. Default: `console.open`. */
  call?: 'console.open' | 'console.openShell';
  /** Called when the bytes flow. */
  onOpen?: () => void;
}

/** `left`: the escape key or a signal. `vmEnded`: the VM does not run any more, or the shell has ended. */
export type SerialEnd = 'left' | 'vmEnded';

const DRAIN_LOOK_MS = 20;

/** Rejects with AGENT_GONE when the stream ends for another reason. The terminal is as before, however it ends. */
export async function visitSerial(session: SerialSession): Promise<SerialEnd> {
  const { channel, socket, input, output, escapeKey, call = 'console.open', onOpen } = session;
  const ended = Promise.withResolvers<SerialEnd>();
  const filter = new GuestOutput();
  let drain: NodeJS.Timeout | undefined;
  const leave = () => ended.resolve('left');

  const onKeys = (keys: Buffer) => {
    const at = input.isTTY ? keys.indexOf(escapeKey.byte) : -1;
    const sent = at < 0 ? keys : keys.subarray(0, at);
    if (sent.length > 0) channel.send(sent);
    if (at >= 0) leave();
    else if (socket.bufferedAmount > STREAM_HIGH_WATER_BYTES) waitForDrain();
  };
  const waitForDrain = () => {
    input.pause();
    drain = setInterval(() => {
      if (socket.bufferedAmount > STREAM_HIGH_WATER_BYTES) return;
      clearInterval(drain);
      input.resume();
    }, DRAIN_LOOK_MS);
  };
  channel.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
    const shown = filter.pass(new Uint8Array(data));
    if (shown.length === 0 || output.write(shown)) return;
    socket.pause();
    output.once('drain', () => socket.resume());
  };
  channel.onclose = ({ code }) => {
    if (code === streamClose.vmNotRunning) ended.resolve('vmEnded');
    else ended.reject(new TtError('AGENT_GONE', { call }));
  };

  const restore = rawTerminal(input);
  const stopListening = onInterrupt(leave);
  try {
    await Promise.race([opened(channel), ended.promise]);
    onOpen?.();
    input.on('data', onKeys);
    input.resume();
    return await ended.promise;
  } finally {
    stopListening();
    clearInterval(drain);
    input.off('data', onKeys);
    input.pause();
    restore();
    channel.close(1000);
  }
}

function opened(channel: ByteChannel): Promise<void> {
  return new Promise((resolve) => {
    channel.onopen = () => resolve();
  });
}
