// Reading the stream of an increment.
import { expect, it } from 'vitest';
import { IncrementCounter } from './increment-counter.ts';
import { streamOf } from './fake-increment.ts';

const BLOCK = 8192;
const stream = streamOf([
  { offset: 0, bytes: Buffer.alloc(BLOCK, 1) },
  { offset: 5 * BLOCK, bytes: null },
  { offset: 9 * BLOCK, bytes: Buffer.alloc(BLOCK, 2) },
]);

function counted(pieces: readonly Buffer[]): IncrementCounter {
  const counter = new IncrementCounter();
  for (const piece of pieces) counter.add(piece);
  return counter;
}

it('counts what was written, wherever the stream is cut', () => {
  const bytewise = Array.from({ length: stream.length }, (_, at) => stream.subarray(at, at + 1));
  for (const pieces of [[stream], bytewise, [stream.subarray(0, 400), stream.subarray(400)]]) {
    expect(counted(pieces)).toMatchObject({ writtenBytes: 2 * BLOCK, problem: null, isWhole: true });
  }
  expect(counted([streamOf([])])).toMatchObject({ writtenBytes: 0, problem: null, isWhole: true });
});

it('knows a stream that breaks off, and one that is none', () => {
  expect(counted([stream.subarray(0, -1)])).toMatchObject({ problem: null, isWhole: false });
  const strange = Buffer.from(stream);
  strange.writeUInt32LE(77, 0);
  expect(counted([strange])).toMatchObject({ problem: 'a record of type 77', isWhole: false });
  const endless = Buffer.alloc(312, 0xff);
  endless.writeUInt32LE(3, 0);
  expect(counted([endless])).toMatchObject({ problem: 'a record of 18446744073709551615 bytes', writtenBytes: 0 });
});
