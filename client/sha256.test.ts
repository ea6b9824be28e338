// Our SHA-256 against Node's, for every length around a block, fed whole and in odd pieces.
import { createHash, randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { Sha256 } from './sha256.ts';

const ours = (...pieces: Uint8Array[]) => {
  const hash = new Sha256();
  for (const piece of pieces) hash.update(piece);
  return hash.hex();
};
const nodes = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

it('gives what Node gives, for each length up to three blocks', () => {
  const bytes = randomBytes(192);
  const lengths = Array.from({ length: bytes.length + 1 }, (_, length) => length);
  expect(lengths.map((length) => ours(bytes.subarray(0, length)))).toEqual(
    lengths.map((length) => nodes(bytes.subarray(0, length))),
  );
});

it('does not depend on how the bytes are cut', () => {
  const bytes = randomBytes(10_000);
  for (const size of [1, 7, 63, 64, 65, 1000]) {
    const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
      bytes.subarray(index * size, (index + 1) * size),
    );
    expect([size, ours(...pieces)]).toEqual([size, nodes(bytes)]);
  }
});
