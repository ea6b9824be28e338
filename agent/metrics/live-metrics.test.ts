// Metrics of real processes in real cgroups: their values, and the cost of measuring fifty VMs.
// @module-tag deep
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { VmMetrics } from '@tt/protocol';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Cgroups } from '../cgroups/interface.ts';
import { loadCgroups } from '../cgroups/load.ts';
import { randomTag, TestProcesses } from '../cgroups/test-processes.ts';
import { identifyProcess, type ProcessIdentity, signalProcess, waitUntilGone } from '../host/process-identity.ts';
import { spawnProcess } from '../host/run-command.ts';
import { until } from '../testing/until.ts';
import { MetricsCollector, type MetricsSource } from './collector.ts';
import { readProcessIo } from './process-io.ts';

const VM_COUNT = 50;
let processes: TestProcesses;
let cgroups: Cgroups;
let collector: MetricsCollector;
let sources: MetricsSource[];
const problems: unknown[] = [];

function setUp(made: Cgroups): void {
  cgroups = made;
  collector = new MetricsCollector({
    cgroups,
    sources: () => sources,
    counters: async (taps) => new Map(taps.map((tap) => [tap, { receivedBytes: 0, sentBytes: 0 }])),
    onMetrics: () => {},
    onProblem: (_vmId, error) => problems.push(error),
  });
}

beforeEach(async () => {
  processes = new TestProcesses();
  sources = [];
  problems.length = 0;
});
afterEach(async () => {
  try {
    for (const vmId of await cgroups.list()) await cgroups.destroy(vmId);
  } finally {
    await processes.endAll();
  }
});

async function run(vmId: string, process: ProcessIdentity): Promise<void> {
  await cgroups.create(vmId, { cpuCount: 1, memoryMiB: 64 });
  await cgroups.add(vmId, process);
  sources.push({ vmId, process, taps: [`tap-${vmId}`] });
}

const latest = (vmId: string): VmMetrics | undefined => collector.latest()?.vms.find((vm) => vm.vmId === vmId);

it.each(['auto', 'none'] as const)('tell a busy process from an idle one, with cgroups %s', async (name) => {
  setUp(await loadCgroups({ agentTag: randomTag(), name }));
  await run('busy', await processes.start('busy'));
  await run('idle', await processes.start('idle'));
  // Once a second, as the agent does: over less the ticks of the kernel are too coarse for a share of a processor.
  const looking = setInterval(() => void collector.look(), 1_000);
  await until('the busy one shows', () => (latest('busy')?.cpuPercent ?? 0) > 20, 20_000).finally(() =>
    clearInterval(looking),
  );
  expect(latest('idle')).toMatchObject({ cpuPercent: 0, diskReadBytesPerS: 0, networkSentBytesPerS: 0 });
  // One processor is its limit; without groups a single loop has no more either.
  expect(latest('busy')?.cpuPercent).toBeLessThan(115);
  expect(problems).toEqual([]);
});

it('see what a process writes to a disk', async () => {
  setUp(await loadCgroups({ agentTag: randomTag(), name: 'none' }));
  const folder = await mkdtemp(path.join(tmpdir(), 'tt-metrics-'));
  const args = ['if=/dev/zero', `of=${path.join(folder, 'file')}`, 'bs=64k', 'count=100000', 'oflag=dsync'];
  const child = await spawnProcess('dd', args, { detached: false });
  const writer = await identifyProcess(child.pid ?? 0);
  if (!writer) throw new Error('dd ended at once');
  try {
    await run('writer', writer);
    await until('it wrote', async () => {
      await collector.look();
      return (latest('writer')?.diskWrittenBytesPerS ?? 0) > 0;
    });
    expect(readProcessIo(writer)?.writtenBytes).toBeGreaterThan(0);
    expect(readProcessIo({ ...writer, startTicks: writer.startTicks - 1 })).toBeNull();
  } finally {
    await signalProcess(writer, 'SIGKILL');
    await waitUntilGone(writer, 5_000);
    await rm(folder, { recursive: true });
  }
  expect(readProcessIo(writer)).toBeNull();
});

it.each(['auto', 'none'] as const)(`cost little for ${VM_COUNT} VMs, with cgroups %s`, async (name) => {
  setUp(await loadCgroups({ agentTag: randomTag(), name }));
  for (let number = 0; number < VM_COUNT; number++) await run(`vm${number}`, await processes.start('idle'));
  for (let round = 0; round < 5; round++) await collector.look();
  const rounds = 20;
  const before = process.cpuUsage();
  const startMs = performance.now();
  for (let round = 0; round < rounds; round++) await collector.look();
  const tookMs = (performance.now() - startMs) / rounds;
  const { user, system } = process.cpuUsage(before);
  const cpuMs = (user + system) / 1000 / rounds;
  console.log(
    `${VM_COUNT} VMs, cgroups ${cgroups.kind}: ${tookMs.toFixed(1)} ms, ${cpuMs.toFixed(1)} ms of processor time`,
  );
  expect(collector.latest()?.vms).toHaveLength(VM_COUNT);
  expect(problems).toEqual([]);
  expect(cpuMs).toBeLessThan(20);
});
