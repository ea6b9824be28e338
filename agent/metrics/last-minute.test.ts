// The last minute of each VM: no more than that, in order, and nothing of one that stopped.
import { MINUTE_ROUNDS, type VmMetrics, vmMinuteSchema } from '@tt/protocol';
import { expect, it } from 'vitest';
import { LastMinute } from './last-minute.ts';

const measured = (vmId: string, cpuPercent: number): VmMetrics => ({
  vmId,
  cpuPercent,
  memoryBytes: 2 ** 40 + 1,
  memoryProportionalBytes: 7,
  diskReadBytesPerS: cpuPercent,
  diskWrittenBytesPerS: 0,
  networkReceivedBytesPerS: null,
  networkSentBytesPerS: cpuPercent === 2 ? 5 : null,
});

it('keeps what was measured, also that something was not', () => {
  const minute = new LastMinute();
  for (const percent of [1, 2.5, 2]) minute.add([measured('a', percent)]);
  expect(vmMinuteSchema.parse(minute.of('a'))).toEqual({
    vmId: 'a',
    cpuPercent: [1, 2.5, 2],
    memoryBytes: [2 ** 40 + 1, 2 ** 40 + 1, 2 ** 40 + 1],
    diskReadBytesPerS: [1, 2.5, 2],
    diskWrittenBytesPerS: [0, 0, 0],
    networkReceivedBytesPerS: [null, null, null],
    networkSentBytesPerS: [null, null, 5],
  });
});

it('forgets what is older than a minute, and a VM that stopped', () => {
  const minute = new LastMinute();
  for (let round = 1; round <= MINUTE_ROUNDS + 5; round++) minute.add([measured('a', round), measured('b', round)]);
  const percents = minute.of('a')?.cpuPercent;
  expect([percents?.length, percents?.[0], percents?.at(-1)]).toEqual([MINUTE_ROUNDS, 6, MINUTE_ROUNDS + 5]);
  minute.add([measured('b', 1)]);
  expect([minute.of('a'), minute.of('b')?.cpuPercent.length]).toEqual([undefined, MINUTE_ROUNDS]);
  minute.add([measured('a', 3)]);
  expect(minute.of('a')?.cpuPercent).toEqual([3]);
});
