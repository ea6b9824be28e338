// Metrics of the last minute: the latest, the history, the sum; and that they disturb nothing else.
import type { Metrics } from '@tt/protocol';
import { autorun } from 'mobx';
import { afterEach, expect, test } from 'vitest';
import { startTestStores, type TestStores } from '../testing/test-stores.ts';
import { METRICS_RETAINED, MetricsStore } from './metrics-store.ts';

let running: TestStores | null = null;
afterEach(async () => {
  await running?.stop();
  running = null;
});

function second(...vms: [vmId: string, cpuPercent: number, memoryBytes: number][]): Metrics {
  return {
    at: '2026-11-21T10:00:00.000Z',
    vms: vms.map(([vmId, cpuPercent, memoryBytes]) => ({
      vmId,
      cpuPercent,
      memoryBytes,
      memoryProportionalBytes: null,
      diskReadBytesPerS: 0,
      diskWrittenBytesPerS: 0,
      networkReceivedBytesPerS: null,
      networkSentBytesPerS: null,
    })),
  };
}

test('keeps the last minute of each VM, and nothing of one that stopped', () => {
  const metrics = new MetricsStore();
  for (let count = 1; count <= METRICS_RETAINED + 5; count++) metrics.apply(second(['a', count, 10], ['b', 1, 20]));
  expect(metrics.historyOf('a')).toHaveLength(METRICS_RETAINED);
  expect([metrics.historyOf('a')[0]?.cpuPercent, metrics.of('a')?.cpuPercent]).toEqual([6, METRICS_RETAINED + 5]);
  expect(metrics.sumOfEnv('any', () => ['a', 'b', 'stopped'])).toEqual({
    cpuPercent: METRICS_RETAINED + 6,
    memoryBytes: 30,
  });
  metrics.apply(second(['b', 2, 20]));
  expect([metrics.of('a'), metrics.historyOf('a'), metrics.sumOfEnv('any', () => ['a'])]).toEqual([
    undefined,
    [],
    null,
  ]);
});

test('come with the feed, draw only meters anew, and are forgotten with the link', async () => {
  running = await startTestStores();
  const { stores, link } = running;
  const [vm, other] = stores.vms.ofEnv('checkout');
  if (!vm || !other) throw new Error('no machine');
  let meters = 0;
  let rest = 0;
  const stopMeter = autorun(() => {
    meters++;
    stores.metrics.of(vm.id);
  });
  const stopRest = autorun(() => {
    rest++;
    void [stores.envs.all, stores.vms.ofEnv('checkout'), stores.hosts.first, stores.operations.running];
    stores.metrics.of(other.id);
  });
  for (const percent of [10, 20, 30]) link.sayMetrics(second([vm.id, percent, 5]));
  await running.settle();
  expect([meters, rest]).toEqual([4, 1]);
  expect(stores.metrics.of(vm.id)?.cpuPercent).toBe(30);
  stopMeter();
  stopRest();
  link.cut();
  await running.settle();
  expect(stores.metrics.of(vm.id)).toBeUndefined();
});
