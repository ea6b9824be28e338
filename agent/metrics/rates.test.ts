// Rates from counters: regular ones, and counters that were reset, are new, or are missing.
import { metricsSchema } from '@tt/protocol';
import { expect, it } from 'vitest';
import { metricsBetween, type VmCounters } from './rates.ts';

const BEFORE: VmCounters = {
  vmId: 'vm1',
  process: { pid: 10, startTicks: 5 },
  atMs: 1000,
  cpuUs: 7_000_000,
  memoryBytes: 100,
  memoryProportionalBytes: null,
  disk: { readBytes: 1000, writtenBytes: 5000 },
  taps: new Map([['tap1', { receivedBytes: 100, sentBytes: 200 }]]),
};
const after = (change: Partial<VmCounters>): VmCounters => ({ ...BEFORE, atMs: 3000, ...change });

it('are what flowed, by the time that went by', () => {
  const metrics = metricsBetween(
    BEFORE,
    after({
      cpuUs: 10_000_000,
      memoryBytes: 300,
      memoryProportionalBytes: 120,
      disk: { readBytes: 1000, writtenBytes: 9000 },
      taps: new Map([['tap1', { receivedBytes: 2100, sentBytes: 204 }]]),
    }),
  );
  expect(metrics).toEqual({
    vmId: 'vm1',
    cpuPercent: 150,
    memoryBytes: 300,
    memoryProportionalBytes: 120,
    diskReadBytesPerS: 0,
    diskWrittenBytesPerS: 2000,
    networkReceivedBytesPerS: 1000,
    networkSentBytesPerS: 2,
  });
  expect(metricsSchema.parse({ at: new Date(0).toISOString(), vms: [metrics] }).vms).toEqual([metrics]);
});

it('are never below zero when something was counted anew', () => {
  const metrics = metricsBetween(
    BEFORE,
    after({
      cpuUs: 5,
      disk: { readBytes: 0, writtenBytes: 0 },
      taps: new Map([['tap1', { receivedBytes: 0, sentBytes: 300 }]]),
    }),
  );
  expect(metrics).toMatchObject({ cpuPercent: 0, diskReadBytesPerS: 0, diskWrittenBytesPerS: 0 });
  expect(metrics).toMatchObject({ networkReceivedBytesPerS: 0, networkSentBytesPerS: 50 });
});

it('begin anew with another process, and need time to pass', () => {
  expect(metricsBetween(BEFORE, after({ process: { pid: 10, startTicks: 6 } }))).toBeNull();
  expect(metricsBetween(BEFORE, after({ process: { pid: 11, startTicks: 5 } }))).toBeNull();
  expect(metricsBetween(BEFORE, after({ atMs: 1000 }))).toBeNull();
});

it('are null where nothing is told, before or after', () => {
  const unknown = { diskReadBytesPerS: null, diskWrittenBytesPerS: null };
  expect(metricsBetween(BEFORE, after({ disk: null }))).toMatchObject(unknown);
  expect(metricsBetween({ ...BEFORE, disk: null }, after({}))).toMatchObject(unknown);
  const offline = { networkReceivedBytesPerS: null, networkSentBytesPerS: null };
  expect(metricsBetween({ ...BEFORE, taps: null }, after({}))).toMatchObject(offline);
  expect(metricsBetween(BEFORE, after({ taps: null }))).toMatchObject(offline);
});

it('make no peak of a second NIC that was added with a history', () => {
  const taps = new Map([
    ['tap1', { receivedBytes: 102, sentBytes: 200 }],
    ['tap2', { receivedBytes: 1e9, sentBytes: 1e9 }],
  ]);
  expect(metricsBetween(BEFORE, after({ taps }))).toMatchObject({
    networkReceivedBytesPerS: 1,
    networkSentBytesPerS: 0,
  });
});
