// Metrics of machines are asked for only of those that somebody looks at, with the minute before; they go on after a cut.
import type { EnvMetrics, VmMetrics } from '@tt/protocol';
import { autorun } from 'mobx';
import { afterEach, expect, test, vi } from 'vitest';
import { startTestStores, type TestStores } from '../testing/test-stores.ts';

let running: TestStores;
const stops: (() => void)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) stop();
  vi.restoreAllMocks();
  await running.stop();
});

const measured = (vmId: string, cpuPercent: number): VmMetrics => ({
  vmId,
  cpuPercent,
  memoryBytes: 5,
  memoryProportionalBytes: null,
  diskReadBytesPerS: 0,
  diskWrittenBytesPerS: 0,
  networkReceivedBytesPerS: null,
  networkSentBytesPerS: null,
});

/** An agent that measures when the test says so: each second all machines use one percent more. */
async function world() {
  running = await startTestStores();
  const { stores, link } = running;
  let second = 0;
  const at = () => new Date(Date.UTC(2026, 10, 30, 10, 0, second)).toISOString();
  const metrics = vi.spyOn(link.client.host, 'metrics').mockImplementation(async (input) => ({
    at: at(),
    vms: (input?.vmIds ?? []).map((vmId) => measured(vmId, second)),
    ...(input?.minuteOf && {
      minutes: input.minuteOf.map((vmId) => ({
        vmId,
        cpuPercent: [second - 2, second - 1, second],
        memoryBytes: [1, 2, 5],
        diskReadBytesPerS: [0, 0, 0],
        diskWrittenBytesPerS: [0, 0, 0],
        networkReceivedBytesPerS: [null, null, null],
        networkSentBytesPerS: [null, null, null],
      })),
    }),
  }));
  const [vm, other] = stores.vms.ofEnv('checkout');
  if (!vm || !other) throw new Error('no machine');
  const tick = async (envs: EnvMetrics[] = []) => {
    second++;
    link.sayMetrics({ at: at(), vms: [], envs });
    await running.settle();
  };
  const asked = () => metrics.mock.calls.map(([input]) => input);
  const lookAt = (vmId: string) => {
    const stop = autorun(() => stores.metrics.historyOf(vmId));
    stops.push(stop);
    return stop;
  };
  const percents = (vmId: string) => stores.metrics.historyOf(vmId).map(({ cpuPercent }) => cpuPercent);
  return { stores, link, vm, other, tick, asked, lookAt, percents, metrics };
}

test('sums of ENVs come by the feed; nothing is asked for that nobody looks at', async () => {
  const { stores, tick, asked } = await world();
  await tick([
    { envName: 'checkout', cpuPercent: 12, memoryBytes: 30 },
    { envName: 'tiny', cpuPercent: 1, memoryBytes: 3 },
  ]);
  expect(stores.metrics.sumOfEnv('checkout', () => [])).toMatchObject({ cpuPercent: 12, memoryBytes: 30 });
  expect(stores.metrics.sumOfEnv('empty', () => [])).toBeNull();
  expect(stores.metrics.sumOfAll()).toEqual({ cpuPercent: 13, memoryBytes: 33 });
  expect(asked()).toEqual([]);
});

test('a machine that comes into sight brings its last minute, then its metrics each second, until it is out of sight', async () => {
  const { vm, other, tick, asked, lookAt, percents } = await world();
  await tick();
  const stop = lookAt(vm.id);
  await expect.poll(() => asked()).toEqual([{ vmIds: [vm.id], minuteOf: [vm.id] }]);
  await expect.poll(() => percents(vm.id)).toEqual([-1, 0, 1]);
  await tick();
  expect(asked().at(-1)).toEqual({ vmIds: [vm.id] });
  expect(percents(vm.id)).toEqual([-1, 0, 1, 2]);
  lookAt(other.id);
  // Asked again in the same round of the agent: what is known is not counted twice.
  await expect.poll(() => asked().at(-1)).toEqual({ vmIds: [vm.id, other.id], minuteOf: [other.id] });
  await expect.poll(() => percents(other.id)).toEqual([0, 1, 2]);
  expect(percents(vm.id)).toEqual([-1, 0, 1, 2]);
  stop();
  await tick();
  expect(asked().at(-1)).toEqual({ vmIds: [other.id] });
  expect(percents(vm.id)).toEqual([]);
});

test('after a cut the same machines are asked for, with what was measured meanwhile', async () => {
  const { stores, link, vm, tick, asked, lookAt, percents } = await world();
  await tick();
  lookAt(vm.id);
  await expect.poll(() => percents(vm.id)).toHaveLength(3);
  link.cut();
  await expect.poll(() => stores.link.up).toBe(false);
  expect([percents(vm.id), stores.metrics.sumOfAll()]).toEqual([[], null]);
  const before = asked().length;
  link.restore();
  await expect.poll(() => stores.link.up).toBe(true);
  await tick();
  expect(asked().slice(before)).toEqual([{ vmIds: [vm.id], minuteOf: [vm.id] }]);
  expect(percents(vm.id)).toEqual([0, 1, 2]);
});

test('a machine that does not run is not asked for, and a call that fails is made again in the next round', async () => {
  const { stores, vm, tick, asked, lookAt, percents, metrics } = await world();
  const [stopped] = stores.vms.ofEnv('kernel-bisect');
  await tick();
  lookAt(stopped?.id ?? '');
  await tick();
  expect(asked()).toEqual([]);
  metrics.mockRejectedValueOnce(new Error('no'));
  lookAt(vm.id);
  await expect.poll(() => asked()).toHaveLength(1);
  expect(percents(vm.id)).toEqual([]);
  await tick();
  expect(percents(vm.id)).toEqual([1, 2, 3]);
});

test('an agent that tells of each machine is not asked', async () => {
  const { stores, link, vm, asked, lookAt, percents } = await world();
  lookAt(vm.id);
  for (const percent of [4, 5]) {
    link.sayMetrics({ at: '2026-11-30T10:00:00.000Z', vms: [measured(vm.id, percent)] });
    await running.settle();
  }
  expect(percents(vm.id)).toEqual([4, 5]);
  expect(stores.metrics.sumOfEnv('checkout', () => [vm.id])).toMatchObject({ cpuPercent: 5 });
  expect(asked()).toEqual([]);
});
