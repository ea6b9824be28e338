// The contract suite for all cgroup drivers: `fake-cgroups.test.ts`, `none-cgroups.test.ts`, `v2/v2-cgroups.test.ts` (a kernel
// in memory) and the real ones of this host (`real-cgroups.test.ts`) run it with their own harness.
import { reasonText, terms } from '@tt/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProcessIdentity } from '../host/process-identity.ts';
import { until } from '../testing/until.ts';
import type { Cgroups } from './interface.ts';

export interface CgroupsHarness {
  cgroups: Cgroups;
  /** Another one of the same agent, as after its restart. */
  reopen(): Cgroups;
  /** One of another agent on the same host. */
  otherAgent(): Cgroups;
  /** Whether groups are found again after a restart: for all but `none`. */
  outlivesAgent: boolean;
  /** What `checkFeatures` says is missing of all there are. */
  missingFeatures: readonly string[];
  /** A process outside of every group: one that keeps working and allocating memory, or one that never does. */
  startProcess(kind: 'working' | 'idle'): Promise<ProcessIdentity>;
  isRunning(process: ProcessIdentity): Promise<boolean>;
  /** Makes the kernel kill what is in a VM's group because the group has reached its limit; null where no kernel reports it. */
  killForMemory: ((vmId: string) => Promise<void>) | null;
  /** Kills all processes it started and removes everything, including what a broken driver left. */
  remove(): Promise<void>;
}

const LIMITS = { cpuCount: 1, memoryMiB: 64 };

export function describeCgroupsContract(name: string, makeHarness: () => Promise<CgroupsHarness>): void {
  describe(`cgroups contract: ${name}`, () => {
    let harness: CgroupsHarness;
    let cgroups: Cgroups;

    beforeEach(async () => {
      harness = await makeHarness();
      cgroups = harness.cgroups;
      await cgroups.init();
    });
    afterEach(async () => {
      try {
        for (const vmId of await cgroups.list()) await cgroups.destroy(vmId);
      } finally {
        await harness.remove();
      }
    });

    async function startIn(vmId: string, kind: 'working' | 'idle' = 'idle'): Promise<ProcessIdentity> {
      const process = await harness.startProcess(kind);
      await cgroups.add(vmId, process);
      return process;
    }

    it('makes groups, changes them, and removes them, as often as asked', async () => {
      await cgroups.create('vm1', LIMITS);
      await cgroups.create('vm1', { cpuCount: 2, memoryMiB: 128 });
      await cgroups.create('vm2', LIMITS);
      await cgroups.update('vm1', LIMITS);
      expect(await cgroups.list()).toEqual(['vm1', 'vm2']);
      expect(await cgroups.usage('vm1')).toMatchObject({ processCount: 0 });
      await cgroups.destroy('vm1');
      await cgroups.destroy('vm1');
      expect(await cgroups.list()).toEqual(['vm2']);
    });

    it('counts what the processes in it use, and nobody else’s', async () => {
      await cgroups.create('vm1', LIMITS);
      await cgroups.create('vm2', LIMITS);
      await startIn('vm1', 'working');
      await startIn('vm1');
      const first = await cgroups.usage('vm1');
      expect(first.processCount).toBe(2);
      let lastUs = first.cpuUs;
      await until('it has worked for 50 ms more', async () => {
        const { cpuUs } = await cgroups.usage('vm1');
        expect(cpuUs).toBeGreaterThanOrEqual(lastUs);
        lastUs = cpuUs;
        return cpuUs >= first.cpuUs + 50_000;
      });
      await until('its memory is counted', async () => (await cgroups.usage('vm1')).memoryBytes > 0);
      expect(await cgroups.usage('vm2')).toEqual({ cpuUs: expect.any(Number), memoryBytes: 0, processCount: 0 });
      expect((await cgroups.usage('vm2')).cpuUs).toBeLessThan(10_000);
    });

    it('ends all that is in a group, and only that', async () => {
      await cgroups.create('vm1', LIMITS);
      await cgroups.create('vm2', LIMITS);
      const inside = [await startIn('vm1', 'working'), await startIn('vm1'), await startIn('vm1')];
      const beside = await startIn('vm2');
      const outside = await harness.startProcess('idle');
      await cgroups.kill('vm1');
      for (const process of inside) expect(await harness.isRunning(process)).toBe(false);
      expect([await harness.isRunning(beside), await harness.isRunning(outside)]).toEqual([true, true]);
      expect((await cgroups.usage('vm1')).processCount).toBe(0);
      await cgroups.kill('vm1');
      await cgroups.kill('no-group');
      // The group is there still, and takes in the next start of the VM.
      await startIn('vm1');
      expect((await cgroups.usage('vm1')).processCount).toBe(1);
    });

    it('removes a group with somebody in it by ending him first', async () => {
      await cgroups.create('vm1', LIMITS);
      const inside = await startIn('vm1', 'working');
      await cgroups.destroy('vm1');
      expect(await harness.isRunning(inside)).toBe(false);
      expect(await cgroups.list()).toEqual([]);
      await expect(cgroups.usage('vm1')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    });

    it('does not take in a process that is gone, nor another one with its pid', async () => {
      await cgroups.create('vm1', LIMITS);
      const process = await harness.startProcess('idle');
      const before = { ...process, startTicks: process.startTicks - 1 };
      await expect(cgroups.add('vm1', before)).rejects.toMatchObject({ code: 'PROCESS_GONE' });
      expect((await cgroups.usage('vm1')).processCount).toBe(0);
      await cgroups.add('vm1', process);
      await cgroups.add('vm1', process);
      expect((await cgroups.usage('vm1')).processCount).toBe(1);
      await cgroups.kill('vm1');
      await expect(cgroups.add('vm1', process)).rejects.toMatchObject({ code: 'PROCESS_GONE' });
    });

    it('tells that the kernel killed for want of memory, until the group is made anew', async () => {
      await cgroups.create('vm1', LIMITS);
      await cgroups.create('vm2', LIMITS);
      await startIn('vm1');
      await startIn('vm2');
      await cgroups.kill('vm2');
      if (harness.killForMemory) {
        await harness.killForMemory('vm1');
        const found = { cause: 'group', limitMiB: expect.any(Number) };
        await until('it is told', async () => (await cgroups.memoryKill('vm1')) !== null);
        expect(await cgroups.memoryKill('vm1')).toEqual(found);
        // Also to the agent that finds it after a restart.
        const again = harness.reopen();
        await again.init();
        expect(await again.memoryKill('vm1')).toEqual(found);
      }
      // Killed by us, and never there.
      expect([await cgroups.memoryKill('vm2'), await cgroups.memoryKill('vm3')]).toEqual([null, null]);
      await cgroups.destroy('vm1');
      await cgroups.create('vm1', LIMITS);
      expect(await cgroups.memoryKill('vm1')).toBeNull();
    });

    it('says when a VM has no group', async () => {
      const process = await harness.startProcess('idle');
      const notFound = { code: 'NOT_FOUND' };
      await expect(cgroups.usage('vm1')).rejects.toMatchObject(notFound);
      await expect(cgroups.update('vm1', LIMITS)).rejects.toMatchObject(notFound);
      await expect(cgroups.add('vm1', process)).rejects.toMatchObject(notFound);
      expect(await cgroups.list()).toEqual([]);
    });

    it('refuses ids that lead out of its folder, or are names of the kernel', async () => {
      for (const vmId of ['../vm', '.', '', 'a/b', 'cgroup.procs', 'tasks', '-x']) {
        const badName = { code: 'BAD_NAME' };
        await expect(cgroups.create(vmId, LIMITS)).rejects.toMatchObject(badName);
        await expect(cgroups.kill(vmId)).rejects.toMatchObject(badName);
        await expect(cgroups.destroy(vmId)).rejects.toMatchObject(badName);
        await expect(cgroups.usage(vmId)).rejects.toMatchObject(badName);
      }
      expect(await cgroups.list()).toEqual([]);
    });

    it('makes and removes many at once', async () => {
      const ids = Array.from({ length: 12 }, (_, index) => `vm${index}`);
      // Each round empties the agent's folder, while the next VM may be about to go into it.
      await Promise.all(
        ids.map(async (vmId) => {
          for (let round = 0; round < 3; round++) {
            await cgroups.create(vmId, LIMITS);
            await cgroups.destroy(vmId);
          }
          if (vmId !== 'vm0') await cgroups.create(vmId, LIMITS);
        }),
      );
      expect(await cgroups.list()).toEqual(ids.slice(1).toSorted());
    });

    it('goes on after a restart of the agent, and leaves other agents alone', async () => {
      await cgroups.create('vm1', LIMITS);
      const process = await startIn('vm1');
      const other = harness.otherAgent();
      await other.init();
      expect(await other.list()).toEqual([]);
      await other.kill('vm1');
      await other.destroy('vm1');
      expect(await harness.isRunning(process)).toBe(true);

      const again = harness.reopen();
      await again.init();
      expect(await again.list()).toEqual(harness.outlivesAgent ? ['vm1'] : []);
      // As the agent does with every VM it takes up.
      await again.create('vm1', LIMITS);
      await again.add('vm1', process);
      expect((await again.usage('vm1')).processCount).toBe(1);
      await again.destroy('vm1');
      expect(await harness.isRunning(process)).toBe(false);
    });

    it('asks for features by name, and says what it is by a code that has words', () => {
      const all = ['cpuLimit', 'memoryLimit', 'usage', 'kill'];
      expect(cgroups.checkFeatures([...all, 'teleport'])).toEqual([...harness.missingFeatures, 'teleport']);
      expect(terms.reason).toHaveProperty([cgroups.reason.code]);
      expect(reasonText(cgroups.reason, terms)).not.toMatch(/[{}]/);
    });
  });
}
