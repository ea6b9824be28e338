// The collector: rounds that never overlap, VMs that come, go, fail and start again, and a restarted agent.
import type { Metrics } from '@tt/protocol';
import { describe, expect, it } from 'vitest';
import { CgroupError } from '../cgroups/errors.ts';
import type { VmUsage } from '../cgroups/interface.ts';
import { until } from '../testing/until.ts';
import { MetricsCollector, type MetricsCollectorOptions, type MetricsSource } from './collector.ts';
import type { TapCounters } from './rates.ts';

/** A host whose counters the test turns. */
class TestHost {
  nowMs = 5_000;
  sources: MetricsSource[] = [];
  readonly usage = new Map<string, VmUsage>();
  readonly taps = new Map<string, TapCounters>();
  readonly told: Metrics[] = [];
  readonly problems: (string | null)[] = [];
  tapReads = 0;
  failTaps = false;

  run(vmId: string, options: { cpuUs?: number; taps?: string[]; startTicks?: number } = {}): void {
    const { cpuUs = 0, taps = [], startTicks = 1 } = options;
    this.sources = [
      ...this.sources.filter((source) => source.vmId !== vmId),
      { vmId, process: { pid: 1, startTicks }, taps },
    ];
    this.usage.set(vmId, { cpuUs, memoryBytes: 10, processCount: 1 });
  }

  collector(change: Partial<MetricsCollectorOptions> = {}): MetricsCollector {
    return new MetricsCollector({
      cgroups: {
        usage: async (vmId) => {
          const usage = this.usage.get(vmId);
          if (!usage) throw new CgroupError('NOT_FOUND', `VM ${vmId} has no group`);
          return usage;
        },
      },
      sources: () => this.sources,
      counters: async (taps) => {
        this.tapReads++;
        if (this.failTaps) throw new Error('no taps today');
        return new Map(taps.flatMap((tap) => (this.taps.has(tap) ? [[tap, this.taps.get(tap) as TapCounters]] : [])));
      },
      onMetrics: (metrics) => this.told.push(metrics),
      onProblem: (vmId) => this.problems.push(vmId),
      clock: { now: () => new Date(this.nowMs), monotonicMs: () => this.nowMs },
      readIo: () => ({ readBytes: this.nowMs, writtenBytes: 0 }),
      ...change,
    });
  }

  async second(collector: MetricsCollector): Promise<Metrics | null> {
    this.nowMs += 1000;
    await collector.look();
    return collector.latest();
  }
}

describe('the collector', () => {
  it('tells what each VM used since the last look', async () => {
    const host = new TestHost();
    const collector = host.collector({ proportionalBytes: (vmId) => (vmId === 'vm1' ? 7 : null) });
    host.run('vm1', { cpuUs: 1_000_000, taps: ['tap1'] });
    host.run('vm2');
    host.taps.set('tap1', { receivedBytes: 0, sentBytes: 10 });
    expect((await host.second(collector))?.vms).toEqual([]);
    host.run('vm1', { cpuUs: 1_250_000, taps: ['tap1'] });
    host.taps.set('tap1', { receivedBytes: 0, sentBytes: 42 });
    const metrics = await host.second(collector);
    expect(metrics?.at).toBe('1970-01-01T00:00:07.000Z');
    expect(metrics?.vms).toHaveLength(2);
    expect(metrics?.vms.find(({ vmId }) => vmId === 'vm1')).toEqual({
      vmId: 'vm1',
      cpuPercent: 25,
      memoryBytes: 10,
      memoryProportionalBytes: 7,
      diskReadBytesPerS: 1000,
      diskWrittenBytesPerS: 0,
      networkReceivedBytesPerS: 0,
      networkSentBytesPerS: 32,
    });
    expect(metrics?.vms.find(({ vmId }) => vmId === 'vm2')).toMatchObject({
      memoryProportionalBytes: null,
      networkSentBytesPerS: null,
    });
    expect(host.told.at(-1)).toBe(metrics);
    expect(collector.counted().map(({ cpuUs }) => cpuUs)).toEqual([0, 1_250_000]);
  });

  it('makes no peak after a restart of the agent, of a VM, or of a group', async () => {
    const host = new TestHost();
    host.run('vm1', { cpuUs: 9_000_000_000 });
    const collector = host.collector();
    expect((await host.second(collector))?.vms).toEqual([]);
    expect((await host.second(collector))?.vms).toMatchObject([{ cpuPercent: 0 }]);
    host.run('vm1', { cpuUs: 500_000, startTicks: 2 });
    expect((await host.second(collector))?.vms).toEqual([]);
    host.run('vm1', { cpuUs: 600_000, startTicks: 2 });
    expect((await host.second(collector))?.vms).toMatchObject([{ cpuPercent: 10 }]);
    host.run('vm1', { cpuUs: 1, startTicks: 2 });
    expect((await host.second(collector))?.vms).toMatchObject([{ cpuPercent: 0 }]);
  });

  it('says nothing while nobody runs, but once that the last one is gone', async () => {
    const host = new TestHost();
    const collector = host.collector();
    await host.second(collector);
    expect([host.told, collector.latest(), host.tapReads]).toEqual([[], null, 0]);
    host.run('vm1');
    await host.second(collector);
    host.sources = [];
    for (let second = 0; second < 3; second++) await host.second(collector);
    expect(host.told).toHaveLength(2);
    expect(collector.latest()?.vms).toEqual([]);
    expect(collector.counted()).toEqual([]);
  });

  it('goes on with the others when one can’t be read, and tells it once', async () => {
    const host = new TestHost();
    const collector = host.collector();
    host.run('vm1');
    host.run('bad');
    host.usage.delete('bad');
    for (let second = 0; second < 3; second++) await host.second(collector);
    expect(collector.latest()?.vms.map(({ vmId }) => vmId)).toEqual(['vm1']);
    expect(host.problems).toEqual(['bad']);
    host.run('bad');
    await host.second(collector);
    await host.second(collector);
    expect(collector.latest()?.vms).toHaveLength(2);
    host.usage.delete('bad');
    await host.second(collector);
    expect(host.problems).toEqual(['bad', 'bad']);
  });

  it('does not call it a problem when a VM ends during the look', async () => {
    const host = new TestHost();
    host.run('vm1');
    const collector = host.collector({
      cgroups: {
        usage: async () => {
          host.sources = [];
          throw new CgroupError('NOT_FOUND', 'VM vm1 has no group');
        },
      },
    });
    await host.second(collector);
    expect(host.problems).toEqual([]);
  });

  it('leaves networks open while their counters can’t be read', async () => {
    const host = new TestHost();
    const collector = host.collector();
    host.run('vm1', { taps: ['tap1'] });
    host.taps.set('tap1', { receivedBytes: 0, sentBytes: 0 });
    await host.second(collector);
    host.failTaps = true;
    await host.second(collector);
    expect((await host.second(collector))?.vms).toMatchObject([{ networkSentBytesPerS: null, cpuPercent: 0 }]);
    expect(host.problems).toEqual([null]);
    host.failTaps = false;
    await host.second(collector);
    expect((await host.second(collector))?.vms).toMatchObject([{ networkSentBytesPerS: 0 }]);
  });
});

it('never looks twice at once: a second call waits for the round under way', async () => {
  const host = new TestHost();
  host.run('vm1');
  let under = 0;
  let most = 0;
  let rounds = 0;
  let release = () => {};
  const collector = host.collector({
    cgroups: {
      usage: async () => {
        rounds++;
        most = Math.max(most, ++under);
        // The first one takes as long as the test likes.
        if (rounds === 1) await new Promise<void>((resolve) => (release = resolve));
        under--;
        return { cpuUs: 0, memoryBytes: 0, processCount: 1 };
      },
    },
  });
  const first = collector.look();
  const second = collector.look();
  await until('the round is under way', () => under === 1);
  expect(rounds).toBe(1);
  release();
  await Promise.all([first, second]);
  expect([rounds, most, under]).toEqual([1, 1, 0]);
  await collector.look();
  expect(rounds).toBe(2);
});
