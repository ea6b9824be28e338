// Frames are decoded as they were encoded, however the bytes are split; invalid frames are refused before they are buffered.
import { TRANSFER_CHUNK_BYTES } from '@tt/protocol';
import { expect, it } from 'vitest';
import { FrameError } from './framing.ts';
import { encodeData, encodeFrame, FrameReader, type TransferFrame } from './transfer-frames.ts';

const frames: TransferFrame[] = [
  { kind: 'progress', doneBytes: 0 },
  { kind: 'data', bytes: Uint8Array.from({ length: 300 }, (_, index) => index) },
  { kind: 'data', bytes: new Uint8Array() },
  { kind: 'end', sha256: null, transfer: null },
  { kind: 'failed', code: 'DISK_FULL', data: { freeMiB: 1 } },
];
const bytes = Uint8Array.from(frames.flatMap((frame) => [...encodeFrame(frame)]));

it.each([1, 2, 4, 5, 6, 64, 1000])('are read from pieces of %i bytes', (length) => {
  const reader = new FrameReader();
  const read: TransferFrame[] = [];
  for (let at = 0; at < bytes.length; at += length) read.push(...reader.push(bytes.subarray(at, at + length)));
  expect(read).toEqual(frames);
});

it('data of one message is cut into frames that may be as long as that, and read without copies', () => {
  const data = new Uint8Array(2 * TRANSFER_CHUNK_BYTES + 3).map((_, index) => index);
  const message = encodeData(data);
  const read = new FrameReader().push(message).map((frame) => (frame.kind === 'data' ? frame.bytes : null));
  expect(read.map((piece) => piece?.length)).toEqual([TRANSFER_CHUNK_BYTES, TRANSFER_CHUNK_BYTES, 3]);
  expect(read.every((piece) => piece?.buffer === message.buffer)).toBe(true);
  expect(Buffer.concat(read.map((piece) => piece ?? new Uint8Array())).equals(data)).toBe(true);
});

it.each([
  ['longer than may be', framed(0, TRANSFER_CHUNK_BYTES + 1, '')],
  ['of an unknown kind', framed(9, 0, '')],
  ['that is no JSON', framed(1, 3, 'abc')],
  ['with more in it', framed(1, 26, '{"doneBytes":1,"more":"x"}')],
  ['with a count below zero', framed(1, 16, '{"doneBytes":-1}')],
])('a frame %s is refused', (_what, frame) => {
  expect(() => new FrameReader().push(frame)).toThrow(FrameError);
});

function framed(kind: number, length: number, text: string): Uint8Array {
  const head = new DataView(new ArrayBuffer(5));
  head.setUint8(0, kind);
  head.setUint32(1, length);
  return Uint8Array.from([...new Uint8Array(head.buffer), ...new TextEncoder().encode(text)]);
}
