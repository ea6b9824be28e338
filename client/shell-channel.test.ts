// The channel of a shell over one that tears its bytes as it likes.
import { shellEndSchema } from '@tt/protocol';
import { describe, expect, it } from 'vitest';
import type { ByteChannel, PacedChannel } from './byte-channel.ts';
import { FrameError } from './framing.ts';
import { pacedShellOver, shellOver } from './shell-channel.ts';
import { encodeShellBytes, encodeShellFrame, SHELL_FRAME_BYTES, ShellFrameReader } from './shell-frames.ts';

function pair<Shell extends ByteChannel>(over: (channel: PacedChannel) => Shell) {
  const sent: Uint8Array[] = [];
  const closed: (number | undefined)[] = [];
  const dealt: number[] = [];
  const below: PacedChannel = {
    binaryType: 'arraybuffer',
    protocol: '',
    readyState: 1,
    onopen: null,
    onmessage: null,
    onclose: null,
    onerror: null,
    send: (data) => void sent.push(data as Uint8Array),
    close: (code) => void closed.push(code),
    dealtWith: (byteCount) => void dealt.push(byteCount),
  };
  const shell = over(below);
  const shown: Uint8Array[] = [];
  shell.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => shown.push(new Uint8Array(data));
  const arrives = (bytes: Uint8Array) =>
    below.onmessage?.(new MessageEvent('message', { data: Uint8Array.from(bytes).buffer }));
  return { below, shell, sent, shown, closed, dealt, arrives };
}

const exited = { exitCode: 3, signal: null, failure: null };

describe('the channel of a shell', () => {
  it('gives exact bytes and the end, however they are torn', () => {
    const { shell, shown, arrives, below } = pair(shellOver);
    const bytes = Uint8Array.from({ length: 70_000 }, (_, index) => index % 251);
    const stream = Buffer.concat([...encodeShellBytes(bytes), encodeShellFrame({ kind: 'end', end: exited })]);
    const ends: unknown[] = [];
    shell.onclose = () => ends.push(shell.end);
    for (let at = 0; at < stream.length; at += 997) arrives(stream.subarray(at, at + 997));
    expect(Buffer.concat(shown).equals(bytes)).toBe(true);
    below.onclose?.({ code: 4409 } as CloseEvent);
    expect(ends).toEqual([exited]);
  });

  it('sends what is typed and the size, in order, in frames of bounded length', () => {
    const { shell, sent } = pair(shellOver);
    shell.send('ls\r');
    shell.resize({ columns: 100, rows: 30 });
    shell.send(new Uint8Array(SHELL_FRAME_BYTES + 1));
    const frames = new ShellFrameReader().push(Buffer.concat(sent));
    const told = frames.map((frame) => (frame.kind === 'bytes' ? frame.bytes.length : frame));
    expect(told).toEqual([3, { kind: 'resize', size: { columns: 100, rows: 30 } }, SHELL_FRAME_BYTES, 1]);
  });

  it.each([
    ['a frame of no kind', Uint8Array.of(9, 0, 0, 0, 0)],
    ['a frame that is too long', Uint8Array.of(0, 1, 0, 0, 0)],
    ['an end that says nothing', Uint8Array.of(2, 0, 0, 0, 2, 0x7b, 0x7d)],
  ])('closes at %s, and listens to no more', (_what, bytes) => {
    const { shell, shown, closed, arrives, below } = pair(shellOver);
    arrives(bytes);
    expect([closed, below.onmessage, shown, shell.end]).toEqual([[4002], null, [], null]);
  });
});

describe('the channel of a shell in a window', () => {
  it('has dealt with every byte of its frames when its reader has with what they carry, and never with more than came', () => {
    const { shell, shown, dealt, arrives } = pair(pacedShellOver);
    const stream = Buffer.concat([...encodeShellBytes(new Uint8Array(150_000))]);
    let came = 0;
    for (let at = 0; at < stream.length; at += 997) {
      const piece = stream.subarray(at, at + 997);
      came += piece.length;
      arrives(piece);
      for (const bytes of shown.splice(0)) shell.dealtWith(bytes.length);
      expect(dealt.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(came);
    }
    expect(dealt.reduce((sum, count) => sum + count, 0)).toBe(stream.length);
  });
});

it('a size that no terminal has, and an end with more in it, are refused', () => {
  const zero = encodeShellFrame({ kind: 'resize', size: { columns: 0, rows: 24 } });
  expect(() => new ShellFrameReader().push(zero)).toThrow(FrameError);
  expect(shellEndSchema.safeParse({ ...exited, more: 1 }).success).toBe(false);
});
