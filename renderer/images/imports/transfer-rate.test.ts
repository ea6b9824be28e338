// Rate and time left follow the last seconds, and say nothing they do not know.
import { expect, test } from 'vitest';
import { TransferRate } from './transfer-rate.ts';

const MB = 1_000_000;

test('the rate is that of the last seconds, whatever came before', () => {
  let now = 0;
  const rate = new TransferRate(() => now);
  rate.restart(0);
  now = 100;
  rate.look(MB);
  expect([rate.bytesPerS, rate.leftMs(100 * MB)]).toEqual([null, null]);
  for (now = 1000; now <= 10_000; now += 1000) rate.look((now / 1000) * 10 * MB);
  expect([rate.bytesPerS, rate.leftMs(200 * MB)]).toEqual([10 * MB, 10_000]);
  // The line gets slower: after a few seconds that is all that is left of it.
  for (now = 11_000; now <= 16_000; now += 1000) rate.look(100 * MB + (now / 1000 - 10) * MB);
  expect(rate.bytesPerS).toBe(MB);
});

test('what goes on after a stop is not measured over the stop, and what does not move never ends', () => {
  let now = 0;
  const rate = new TransferRate(() => now);
  rate.restart(0);
  now = 1000;
  rate.look(4 * MB);
  now = 60_000;
  rate.restart(4 * MB);
  expect(rate.bytesPerS).toBeNull();
  now = 62_000;
  rate.look(4 * MB);
  expect([rate.bytesPerS, rate.leftMs(8 * MB)]).toEqual([0, null]);
  now = 64_000;
  rate.look(12 * MB);
  expect(rate.bytesPerS).toBe(2 * MB);
});
