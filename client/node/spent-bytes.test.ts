// Memory that is given back is gone at once, and never that of others who share it.
import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { giveBack } from './spent-bytes.ts';

it('bytes with memory of their own have none afterwards', () => {
  const pieces = [new Uint8Array(3), Buffer.allocUnsafeSlow(100_000), randomBytes(100_000)];
  giveBack(pieces);
  expect(pieces.map(({ buffer, length }) => [buffer.byteLength, length])).toEqual([
    [0, 0],
    [0, 0],
    [0, 0],
  ]);
});

it('bytes that share their memory keep it', () => {
  const whole = Uint8Array.of(1, 2, 3, 4);
  const pooled = Buffer.from('abc');
  giveBack([whole.subarray(1), whole.subarray(0, 3), pooled, new Uint8Array(new SharedArrayBuffer(4))]);
  expect([[...whole], pooled.toString()]).toEqual([[1, 2, 3, 4], 'abc']);
});
