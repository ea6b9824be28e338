// Frames on a stream, in whatever pieces they come; what can't be a stream of frames is told at once.
import { expect, it } from 'vitest';
import { FrameSplitter, onStream } from './frame-splitter.ts';

const frames = [Buffer.alloc(14, 1), Buffer.alloc(1514, 2), Buffer.alloc(69_632, 3), Buffer.alloc(60, 4)];
const stream = Buffer.concat(frames.map(onStream));

function split(pieceBytes: number): Buffer[] {
  const splitter = new FrameSplitter();
  const taken: Buffer[] = [];
  let isFine = true;
  for (let at = 0; at < stream.length; at += pieceBytes) {
    isFine &&= splitter.push(stream.subarray(at, at + pieceBytes), (frame) => taken.push(Buffer.from(frame)));
  }
  expect(isFine).toBe(true);
  return taken;
}

it.each([3, 17, 1518, 65_536, stream.length])('in pieces of %i bytes', (pieceBytes) => {
  expect(split(pieceBytes).map((frame) => [frame.length, frame.at(0)])).toEqual(
    frames.map((frame) => [frame.length, frame.at(0)]),
  );
});

it.each([0, 13, 69_633, 0xffff_ffff])('takes no length of %i', (length) => {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32BE(length);
  const never = () => {
    throw new Error('no frame was there');
  };
  expect(new FrameSplitter().push(bytes, never)).toBe(false);
});
