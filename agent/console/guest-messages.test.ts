// Where one message of a screen ends and the next begins, for each encoding, however the bytes are cut; and that the compressed
// streams of a former server are begun anew.
import { describe, expect, it } from 'vitest';
import { GuestMessages, noStreams } from './guest-messages.ts';
import { encoding } from './rfb.ts';

const rectangle = (kind: number, width: number, height: number, content: readonly number[] = [], status = 0) => {
  const head = Buffer.alloc(12);
  head.writeUInt16BE(status, 2);
  head.writeUInt16BE(width, 4);
  head.writeUInt16BE(height, 6);
  head.writeInt32BE(kind, 8);
  return Buffer.concat([head, Buffer.from(content)]);
};
const update = (...rectangles: Buffer[]) => Buffer.concat([Buffer.from([0, 0, 0, rectangles.length]), ...rectangles]);
const bytes = (count: number) => Array.from({ length: count }, () => 0xee);

const tight = (width: number, height: number, content: readonly number[]) =>
  update(rectangle(encoding.tight, width, height, content));

const cases: [string, Buffer][] = [
  ['raw pixels', update(rectangle(encoding.raw, 3, 2, bytes(24)))],
  ['copied pixels', update(rectangle(encoding.copyRect, 3, 2, bytes(4)))],
  ['Tight, one colour', tight(9, 9, [0x80, ...bytes(3)])],
  ['Tight, JPEG with a length of one byte', tight(9, 9, [0x90, 5, ...bytes(5)])],
  ['Tight, compressed with a length of two bytes', tight(9, 9, [0x00, 0x81, 0x01, ...bytes(129)])],
  ['Tight, compressed with a length of three bytes', tight(99, 99, [0x20, 0x80, 0x80, 0x01, ...bytes(16384)])],
  ['Tight, too small to be compressed', tight(1, 3, [0x00, ...bytes(9)])],
  ['Tight, two colours', tight(9, 9, [0x50, 1, 1, ...bytes(6), 4, ...bytes(4)])],
  ['Tight, two colours, too small', tight(9, 5, [0x50, 1, 1, ...bytes(6), ...bytes(10)])],
  ['Tight, three colours', tight(4, 4, [0x60, 1, 2, ...bytes(9), 3, ...bytes(3)])],
  ['Tight, gradient', tight(2, 2, [0x70, 2, 2, ...bytes(2)])],
  ['TightPNG', update(rectangle(encoding.tightPng, 9, 9, [0xa0, 4, ...bytes(4)]))],
  ['a pointer', update(rectangle(encoding.cursor, 9, 2, bytes(9 * 2 * 4 + 4)))],
  ['a size', update(rectangle(encoding.desktopSize, 5, 5))],
  ['a size with screens', update(rectangle(encoding.extendedDesktopSize, 5, 5, [2, 0, 0, 0, ...bytes(32)]))],
  ['a name', update(rectangle(encoding.desktopName, 0, 0, [0, 0, 0, 3, ...bytes(3)]))],
  ['lights', update(rectangle(encoding.lights, 0, 0, [1]))],
  ['known keys', update(rectangle(encoding.extendedKeys, 0, 0))],
  [
    'an open end',
    Buffer.concat([
      Buffer.from([0, 0, 255, 255]),
      rectangle(encoding.raw, 1, 1, bytes(4)),
      rectangle(encoding.lastRect, 0, 0),
    ]),
  ],
  ['nothing', update()],
  ['a colour map', Buffer.from([1, 0, 0, 0, 0, 2, ...bytes(12)])],
  ['a bell', Buffer.from([2])],
  ['a text', Buffer.from([3, 0, 0, 0, 0, 0, 0, 2, ...bytes(2)])],
  ['a text of the extended clipboard', Buffer.from([3, 0, 0, 0, 255, 255, 255, 252, ...bytes(4)])],
];

function make(begunAtViewer = noStreams()) {
  const seen: string[] = [];
  const messages = new GuestMessages({ pixelBytes: 4, tightBytes: 3 }, begunAtViewer, {
    onSize: ({ width, height }) => seen.push(`${width}x${height}`),
    onPicture: () => seen.push('picture'),
  });
  return { messages, seen };
}

describe('a message', () => {
  it.each(cases)('of %s ends where it does, whole or byte by byte', (_what, message) => {
    for (const pieceBytes of [message.length, 1]) {
      const { messages } = make();
      const between: number[] = [];
      for (let at = 0; at < message.length; at += pieceBytes) {
        messages.push(Buffer.from(message.subarray(at, at + pieceBytes)), false);
        if (messages.isBetween) between.push(at + pieceBytes);
      }
      expect([messages.lost, between]).toEqual([null, [message.length]]);
    }
  });

  it('is the last one when it is to stop, and what follows is not passed on', () => {
    const { messages } = make();
    const whole = Buffer.concat(cases.map(([, message]) => message));
    const half = whole.subarray(0, 10);
    expect(messages.push(Buffer.from(half), false)).toBe(10);
    const first = cases[0]?.[1].length ?? 0;
    expect(messages.push(Buffer.from(whole.subarray(10)), true)).toBe(first - 10);
    expect(messages.isBetween).toBe(true);
  });

  it('with pixels is a picture, one that says how large the screen is, is not', () => {
    const { messages, seen } = make();
    messages.push(update(rectangle(encoding.desktopSize, 5, 6)), false);
    messages.push(update(rectangle(encoding.extendedDesktopSize, 7, 8, [0, 0, 0, 0])), false);
    // A refused one.
    messages.push(update(rectangle(encoding.extendedDesktopSize, 9, 9, [0, 0, 0, 0], 1)), false);
    messages.push(update(rectangle(encoding.raw, 1, 1, bytes(4)), rectangle(encoding.lights, 0, 0, [1])), false);
    expect(seen).toEqual(['5x6', '7x8', 'picture']);
  });

  it.each([
    ['an unknown message', Buffer.from([9])],
    ['an unknown encoding', update(rectangle(16, 1, 1))],
    ['an unknown kind of Tight', tight(1, 1, [0xb0])],
    ['an unknown filter of Tight', tight(1, 1, [0x40, 7])],
  ])('that is %s passes, and those behind it can’t be told apart', (_what, message) => {
    const { messages } = make();
    expect(messages.push(message, false)).toBe(message.length);
    expect([messages.lost, messages.isBetween]).toEqual([expect.any(Error), false]);
    expect(messages.push(Buffer.from([2]), true)).toBe(1);
  });

  it('can’t be told apart either when pixels change their size while they may be under way', () => {
    const { messages } = make();
    messages.changeFormat({ pixelBytes: 2, tightBytes: 2 }, false);
    expect(messages.lost).toBeNull();
    messages.changeFormat({ pixelBytes: 4, tightBytes: 3 }, true);
    expect(messages.lost).not.toBeNull();
  });
});

describe('a compressed stream', () => {
  const head = [0x78, 0x01];
  /** What is passed on when a message comes in pieces of so many bytes. */
  function passed(messages: GuestMessages, message: Buffer, pieceBytes: number): Buffer {
    const pieces: Buffer[] = [];
    for (let at = 0; at < message.length; at += pieceBytes) {
      const piece = Buffer.from(message.subarray(at, at + pieceBytes));
      const wanted = messages.push(piece, false);
      pieces.push(piece.subarray(messages.dropped, wanted));
    }
    return Buffer.concat(pieces);
  }

  it.each([
    ['one byte', [5], [3], 5],
    ['two bytes', [0x81, 0x01], [0xff, 0x00], 129],
    ['two bytes, without a borrow', [0x82, 0x01], [0x80, 0x01], 130],
    ['three bytes', [0x80, 0x80, 0x01], [0xfe, 0xff, 0x00], 16384],
  ])('of a later server has no head at the viewer, with a length of %s', (_what, length, shorter, count) => {
    const content = bytes(count - head.length);
    const message = tight(99, 99, [0x10, ...length, ...head, ...content]);
    const second = tight(9, 9, [0x10, 3, ...bytes(3)]);
    for (const pieceBytes of [message.length, 7, 1]) {
      const viewer = noStreams();
      // The first server that it sees.
      expect(passed(make(viewer).messages, message, pieceBytes)).toEqual(message);
      expect(viewer).toEqual([false, true, false, false]);
      const { messages } = make(viewer);
      expect(passed(messages, message, pieceBytes)).toEqual(tight(99, 99, [0x10, ...shorter, ...content]));
      expect(passed(messages, second, pieceBytes)).toEqual(second);
      expect([messages.lost, messages.isBetween]).toEqual([null, true]);
      // A stream that the viewer has not seen yet, and one that the server itself begins anew.
      for (const control of [0x20, 0x12]) {
        const whole = tight(9, 9, [control, 5, ...head, ...bytes(3)]);
        expect(passed(messages, whole, pieceBytes)).toEqual(whole);
      }
    }
  });

  it.each([
    ['has no head', tight(9, 9, [0x10, 1, 0xee])],
    ['has another head', tight(9, 9, [0x10, 4, 0x1f, 0x8b, 0, 0])],
  ])('of a later server that %s can’t be gone on with', (_what, message) => {
    const { messages } = make([true, true, true, true]);
    messages.push(message, false);
    expect([messages.lost, messages.isSpoilt]).toEqual([expect.any(Error), true]);
  });
});
