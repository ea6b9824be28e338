// Sequence numbers of one secret are told from those of two.
import { expect, it } from 'vitest';
import { type FirstNumber, haveOneSecret } from './sequence-numbers.ts';

/** As a guest with these hashes of its secret chooses them, one connection after the other. */
function numbersOf(hashes: readonly number[], startMs: number): FirstNumber[] {
  return hashes.map((hash, index) => {
    const atMs = startMs + index * 700;
    return { number: Number((BigInt(hash) + BigInt(atMs) * 15_625n) % 2n ** 32n), atMs: atMs + (index % 2) * 300 };
  });
}

const HASHES = [7, 3_000_000_000, 1_234_567_890, 42_000_000];

it('one secret is seen over any time, and two are not taken for one', () => {
  const one = numbersOf(HASHES, 1_764_000_000_000);
  expect(haveOneSecret(one, numbersOf(HASHES, 1_764_000_000_000))).toBe(true);
  expect(haveOneSecret(one, numbersOf(HASHES, 1_764_000_987_654))).toBe(true);
  expect(haveOneSecret(one, numbersOf(HASHES.toReversed(), 1_764_000_987_654))).toBe(false);
  expect(haveOneSecret(one, numbersOf([7, 3_000_000_000, 1_234_567_890, 99], 1_764_000_000_500))).toBe(false);
});
