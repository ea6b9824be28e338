// The real cgroups of this host, v1 and v2 where available: the contract, and limits that hold a busy loop and a memory hog
// without affecting their neighbours.
// @module-tag real
import { existsSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { reasonText, terms } from '@tt/protocol';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { memoryBackingOf } from '../host/memory-backing.ts';
import { waitUntilGone } from '../host/process-identity.ts';
import { until } from '../testing/until.ts';
import { numberIn } from './cgroup-files.ts';
import { describeCgroupsContract } from './cgroups.contract.ts';
import type { Cgroups } from './interface.ts';
import { loadCgroups } from './load.ts';
import { ownV2Path, parseMounts } from './mounts.ts';
import { memoryLimitBytes } from './overhead.ts';
import { randomTag, TestProcesses } from './test-processes.ts';
import { V1Cgroups } from './v1/v1-cgroups.ts';
import { V2Cgroups } from './v2/v2-cgroups.ts';

const MIB = 1024 * 1024;
const mounts = parseMounts(readFileSync('/proc/self/mountinfo', 'utf8'));
const ownPath = ownV2Path(readFileSync('/proc/self/cgroup', 'utf8'));
const isRoot = process.getuid?.() === 0;
const hasV1 = isRoot && ['cpu', 'cpuacct', 'memory'].every((controller) => mounts.v1.has(controller));
const v2Mount = isRoot ? mounts.v2 : null;
const v2Controllers = v2Mount ? readFileSync(path.join(v2Mount.mountPoint, 'cgroup.controllers'), 'utf8') : '';
const v2Lacks = ['cpu', 'memory'].filter((controller) => !v2Controllers.split(/\s/).includes(controller));

const makeV1 = (agentTag: string, fileBytes = 0) => new V1Cgroups({ agentTag, mounts: mounts.v1, fileBytes });
function makeV2(agentTag: string, fileBytes = 0): V2Cgroups {
  if (!v2Mount) throw new Error('v2 is not mounted');
  return new V2Cgroups({ agentTag, mount: v2Mount, ownPath, needLimits: v2Lacks.length === 0, fileBytes });
}

function describeReal(name: string, make: (agentTag: string) => Cgroups, missingFeatures: string[]): void {
  describeCgroupsContract(name, async () => {
    const processes = new TestProcesses();
    const [tag, otherTag] = [randomTag(), randomTag()];
    const cgroups = make(tag);
    return {
      cgroups,
      reopen: () => make(tag),
      otherAgent: () => make(otherTag),
      outlivesAgent: true,
      missingFeatures,
      startProcess: (kind) => processes.start(kind),
      isRunning: (process) => processes.isRunning(process),
      killForMemory: missingFeatures.includes('memoryLimit')
        ? null
        : async (vmId) => {
            const hog = await processes.start('hungry');
            await cgroups.add(vmId, hog);
            expect(await waitUntilGone(hog, 30_000)).toBe(true);
          },
      remove: async () => {
        await processes.endAll();
        expect([...removeLeft(tag), ...removeLeft(otherTag)]).toEqual([]);
      },
    };
  });
}

/** What an agent has in any hierarchy: at its root, or (v2 in a unit) beside or below this process's own group. */
function foldersOf(agentTag: string): string[] {
  const roots = new Set(mounts.v1.values());
  if (mounts.v2) {
    const own = path.join(mounts.v2.mountPoint, ownPath ?? '/');
    for (const folder of [mounts.v2.mountPoint, own, path.dirname(own)]) roots.add(folder);
  }
  return [...roots].map((root) => path.join(root, `tt-${agentTag}`)).filter((folder) => existsSync(folder));
}

/** Removes by hand what the driver should have removed, and says what that was: the host stays clean if it is broken. */
function removeLeft(agentTag: string): string[] {
  const left = foldersOf(agentTag);
  for (const folder of left) {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.isDirectory()) rmdirSync(path.join(folder, entry.name));
    }
    rmdirSync(folder);
  }
  return left;
}

/** The most memory a group ever had; nothing for one that counts no memory. */
function peakOf(group: string): number[] {
  const files = ['memory.peak', 'memory.max_usage_in_bytes'].map((name) => path.join(group, name));
  return files.filter((file) => existsSync(file)).map((file) => Number(readFileSync(file, 'utf8')));
}

if (hasV1) describeReal('v1 (real)', makeV1, []);
else it.skip('v1: skipped, this host (or user) has no v1 controllers', () => {});

if (v2Mount) {
  const missing = v2Lacks.map((controller) => `${controller}Limit`);
  const note = missing.length > 0 ? `, limits skipped: v2 has no ${v2Lacks.join(' and ')} controller here` : '';
  describeReal(`v2 (real${note})`, makeV2, missing);
} else it.skip('v2: skipped, this host (or user) has no v2', () => {});

const limiting = [
  ...(hasV1 ? ([['v1', makeV1]] as const) : []),
  ...(v2Mount && v2Lacks.length === 0 ? ([['v2', makeV2]] as const) : []),
];
if (limiting.length === 0) it.skip('limits: skipped, no controllers here', () => {});

describe.each(limiting)('limits of %s', (_name, make) => {
  let cgroups: Cgroups;
  let processes: TestProcesses;
  let tag: string;

  beforeEach(async () => {
    tag = randomTag();
    cgroups = make(tag);
    processes = new TestProcesses();
    await cgroups.init();
  });
  afterEach(async () => {
    try {
      for (const vmId of await cgroups.list()) await cgroups.destroy(vmId);
    } finally {
      await processes.endAll();
      expect(removeLeft(tag)).toEqual([]);
    }
  });

  /** Processors' worth of work a group does in `ms`. */
  async function cpuShareOver(vmId: string, ms: number): Promise<number> {
    const [fromUs, fromMs] = [(await cgroups.usage(vmId)).cpuUs, performance.now()];
    await delay(ms);
    const [toUs, toMs] = [(await cgroups.usage(vmId)).cpuUs, performance.now()];
    return (toUs - fromUs) / 1000 / (toMs - fromMs);
  }

  /** How often the kernel made the group wait for its next period. */
  function throttledCount(vmId: string): number {
    const texts = foldersOf(tag)
      .map((folder) => path.join(folder, vmId, 'cpu.stat'))
      .filter((file) => existsSync(file))
      .map((file) => readFileSync(file, 'utf8'));
    return numberIn(texts.find((text) => text.includes('nr_throttled')) ?? '', 'nr_throttled');
  }

  it('hold two busy loops to the one processor they share, and let go when it becomes two', async () => {
    await cgroups.create('busy', { cpuCount: 1, memoryMiB: 64 });
    for (let count = 0; count < 2; count++) await cgroups.add('busy', await processes.start('busy'));
    // Others may want the processors too, so both ends are waited for: it gets what it may have, and is held back there.
    await until(
      'it has most of its processor',
      async () => {
        const share = await cpuShareOver('busy', 1000);
        expect(share).toBeLessThan(1.1);
        return share > 0.8 && throttledCount('busy') > 0;
      },
      60_000,
    );
    await cgroups.update('busy', { cpuCount: 2, memoryMiB: 64 });
    await until('it uses more than one', async () => (await cpuShareOver('busy', 300)) > 1.15, 60_000);
  }, 150_000);

  it('end a memory hog at the limit of its group, and nobody else', async () => {
    const limits = { cpuCount: 1, memoryMiB: 16 };
    for (const vmId of ['hog', 'beside']) await cgroups.create(vmId, limits);
    const beside = await processes.start('idle');
    await cgroups.add('beside', beside);
    const hog = await processes.start('hungry');
    await cgroups.add('hog', hog);
    await until('the hog is gone', async () => (await cgroups.usage('hog')).processCount === 0, 30_000);
    expect(await waitUntilGone(hog, 5_000)).toBe(true);
    expect(await processes.isRunning(beside)).toBe(true);
    // It went as far as the limit, and not past it (the kernel counts in pages, v1 in batches of 64 of them).
    const limitBytes = memoryLimitBytes(limits);
    const [peakBytes] = foldersOf(tag).flatMap((folder) => peakOf(path.join(folder, 'hog')));
    expect(peakBytes).toBeGreaterThan(limitBytes * 0.95);
    expect(peakBytes).toBeLessThanOrEqual(limitBytes);
    expect((await cgroups.usage('beside')).processCount).toBe(1);
  });

  it('make room for files in memory, which would kill what writes them', async () => {
    const folder = await mkdtemp('/dev/shm/tt-');
    try {
      const limits = { cpuCount: 1, memoryMiB: 16 };
      const gate = path.join(folder, 'gate');
      await cgroups.create('without', limits);
      const roomy = make(tag, (await memoryBackingOf(folder))?.totalBytes);
      await roomy.init();
      await roomy.create('with', limits);
      const [killed, lives] = [
        await processes.startWriting(gate, path.join(folder, 'a'), 350),
        await processes.startWriting(gate, path.join(folder, 'b'), 350),
      ];
      await cgroups.add('without', killed);
      await roomy.add('with', lives);
      await writeFile(gate, '');
      await until('one is killed', async () => (await cgroups.memoryKill('without')) !== null, 30_000);
      await until(
        'the other has written all',
        async () => (await stat(path.join(folder, 'b'))).size === 350 * MIB,
        30_000,
      );
      expect([await roomy.memoryKill('with'), await processes.isRunning(lives)]).toEqual([null, true]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('can’t be set below what is in use', async () => {
    await cgroups.create('vm1', { cpuCount: 1, memoryMiB: 2048 });
    const hog = await processes.start('hungry');
    await cgroups.add('vm1', hog);
    await until('it has 400 MiB', async () => (await cgroups.usage('vm1')).memoryBytes > 400 * MIB, 30_000);
    process.kill(hog.pid, 'SIGSTOP');
    await expect(cgroups.update('vm1', { cpuCount: 1, memoryMiB: 16 })).rejects.toMatchObject({
      code: 'LIMIT_BELOW_USE',
    });
    expect(await processes.isRunning(hog)).toBe(true);
    await cgroups.update('vm1', { cpuCount: 1, memoryMiB: 4096 });
  });
});

it('chooses what this host has, and says so', async () => {
  const cgroups = await loadCgroups({ agentTag: randomTag() });
  const expected = v2Mount && v2Lacks.length === 0 ? 'v2' : hasV1 ? 'v1' : 'none';
  expect([cgroups.kind, reasonText(cgroups.reason, terms)]).toEqual([expected, expect.stringMatching(/\w/)]);
  if (hasV1) {
    expect((await loadCgroups({ agentTag: randomTag(), name: 'v1' })).reason).toMatchObject({
      code: 'cgroupControllers',
      data: { controllers: expect.stringContaining('cpu, cpuacct, memory') },
    });
  }
  if (v2Lacks.length > 0) {
    await expect(loadCgroups({ agentTag: randomTag(), name: 'v2' })).rejects.toMatchObject({ code: 'NO_CONTROLLERS' });
  }
});

it.skipIf(!hasV1)('keeps nothing of a VM whose limits could not be set', async () => {
  const tag = randomTag();
  const cgroups = makeV1(tag);
  await cgroups.init();
  // The kernel refuses a quota of more than some hundred million seconds, after the memory limit was set.
  const made = await cgroups.create('vm1', { cpuCount: 1e12, memoryMiB: 64 }).then(
    () => 'made',
    (error: unknown) => error,
  );
  expect([made, removeLeft(tag)]).toMatchObject([{ code: 'CGROUP_FAILED' }, []]);
});
