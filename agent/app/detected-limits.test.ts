// The machine is looked at once in five seconds, however often somebody asks.
import { expect, test } from 'vitest';
import { DetectedLimits } from './detected-limits.ts';

test('what the machine has is looked at again after five seconds, and a share of its memory is kept', () => {
  let nowMs = 1000;
  let cpuCount = 2;
  let looks = 0;
  const detected = new DetectedLimits(
    () => {
      looks++;
      return { cpuCount, memoryBytes: 1000 * 1024 * 1024 };
    },
    () => nowMs,
  );
  expect(detected.current).toEqual({ cpuCount: 2, memoryMiB: 900 });
  cpuCount = 4;
  nowMs += 4999;
  expect(detected.current.cpuCount).toBe(2);
  expect(looks).toBe(1);
  nowMs += 1;
  expect(detected.current.cpuCount).toBe(4);
});
