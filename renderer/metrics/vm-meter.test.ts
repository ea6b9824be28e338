// What the meters of a machine show: of what was measured, and of what was not.
import type { Vm, VmMetrics } from '@tt/protocol';
import { expect, test } from 'vitest';
import { formatFor } from '../i18n/format.ts';
import { translate } from '../i18n/index.ts';
import { meterKinds, readMeter } from './vm-meter.ts';

const MIB = 1_048_576;
const vm = { spec: { cpuCount: 2, memoryMiB: 128 } } as Pick<Vm, 'spec'>;
const measured = (about: Partial<VmMetrics> = {}): VmMetrics => ({
  vmId: 'a',
  cpuPercent: 12.4,
  memoryBytes: 197 * MIB,
  memoryProportionalBytes: null,
  diskReadBytesPerS: 3 * MIB,
  diskWrittenBytesPerS: MIB,
  networkReceivedBytesPerS: null,
  networkSentBytesPerS: null,
  ...about,
});
const read = (kind: (typeof meterKinds)[number], ...history: VmMetrics[]) =>
  readMeter(kind, vm, history, formatFor('en', translate), translate);

test('show the last number, and the minute before it', () => {
  const history = [measured({ cpuPercent: 199.6 }), measured()];
  expect(read('cpu', ...history)).toEqual({ values: [199.6, 12.4], top: 200, text: '12 %', hint: '' });
  expect(read('disk', ...history)).toMatchObject({ values: [4 * MIB, 4 * MIB], top: 4 * MIB, text: '4 MiB/s' });
});

test('no machine uses more memory than it has; what its process needs besides is in words', () => {
  expect(read('memory', measured())).toMatchObject({
    top: 128 * MIB,
    text: '128 MiB',
    hint: '197 MiB of the host’s memory: for the guest, which has 128 MiB, and for its process',
  });
  expect(read('memory', measured({ memoryBytes: 90 * MIB }))).toMatchObject({ text: '90 MiB' });
});

test('a little traffic does not fill the line', () => {
  const quiet = measured({ networkReceivedBytesPerS: 100, networkSentBytesPerS: 20 });
  expect(read('net', quiet)).toMatchObject({ values: [120], top: MIB, text: '120 B/s' });
});

test('say nothing of what was not measured', () => {
  expect(read('net', measured())).toBeNull();
  expect(meterKinds.map((kind) => read(kind))).toEqual([null, null, null, null]);
});
