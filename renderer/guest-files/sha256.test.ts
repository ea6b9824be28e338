// The hash of what comes in pieces, against that of Node.
import { createHash, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { Sha256 } from './sha256.ts';

const own = (pieces: readonly Uint8Array[]) => {
  const hash = new Sha256();
  for (const piece of pieces) hash.update(piece);
  return hash.hex();
};
const nodes = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

test.each([0, 1, 55, 56, 57, 63, 64, 65, 119, 120, 128, 1000, 100_003])('of %i bytes', (length) => {
  const bytes = randomBytes(length);
  expect(own([bytes])).toBe(nodes(bytes));
});

test('however they are parted', () => {
  const bytes = randomBytes(10_000);
  for (const step of [1, 7, 63, 64, 65, 999]) {
    const pieces: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += step) pieces.push(bytes.subarray(at, at + step));
    expect([step, own(pieces)]).toEqual([step, nodes(bytes)]);
  }
});
