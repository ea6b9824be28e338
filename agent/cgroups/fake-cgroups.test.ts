// The fake: the contract, and metrics that fit the limits.
import { expect, it } from 'vitest';
import type { ProcessIdentity } from '../host/process-identity.ts';
import { describeCgroupsContract } from './cgroups.contract.ts';
import { FakeCgroups, type FakeGroups } from './fake-cgroups.ts';

describeCgroupsContract('fake', async () => {
  const groups: FakeGroups = new Map();
  const running = new Map<number, ProcessIdentity>();
  let nextPid = 100;
  const isRunning = (process: ProcessIdentity) => running.get(process.pid)?.startTicks === process.startTicks;
  const make = (ofAgent: FakeGroups) =>
    new FakeCgroups({ groups: ofAgent, isRunning, endProcess: (process) => running.delete(process.pid) });
  const cgroups = make(groups);
  return {
    cgroups,
    reopen: () => make(groups),
    otherAgent: () => make(new Map()),
    outlivesAgent: true,
    missingFeatures: [],
    startProcess: async () => {
      const process = { pid: nextPid++, startTicks: 7 };
      running.set(process.pid, process);
      return process;
    },
    isRunning: async (process) => isRunning(process),
    killForMemory: async (vmId) => cgroups.killForMemory(vmId, 'group'),
    remove: async () => {},
  };
});

it('makes up a load that never goes back, stays within the processors, and is not the same for all', async () => {
  let nowMs = 0;
  const cgroups = new FakeCgroups({ now: () => nowMs });
  const shares = new Set<number>();
  for (const vmId of ['one', 'two']) {
    await cgroups.create(vmId, { cpuCount: 2, memoryMiB: 100 });
    await cgroups.add(vmId, { pid: vmId.length + vmId.charCodeAt(0), startTicks: 1 });
    for (let second = 0; second < 100; second++) {
      const before = await cgroups.usage(vmId);
      nowMs += 1000;
      const after = await cgroups.usage(vmId);
      const cpuUs = after.cpuUs - before.cpuUs;
      expect(cpuUs).toBeGreaterThan(0);
      expect(cpuUs).toBeLessThan(2_000_000);
      expect(after.memoryBytes).toBeLessThan(100 * 1024 * 1024);
      shares.add(cpuUs);
    }
  }
  // The load repeats every 40 s, so one VM alone has no more different ones.
  expect(shares.size).toBeGreaterThan(40);
});

it('fails when it is told to, once, and shows the limits it was given', async () => {
  const cgroups = new FakeCgroups();
  cgroups.failNext('create', 'NO_PERMISSION');
  const limits = { cpuCount: 3, memoryMiB: 5 };
  await expect(cgroups.create('vm1', limits)).rejects.toMatchObject({ code: 'NO_PERMISSION' });
  expect(cgroups.limitsOf('vm1')).toBeNull();
  await cgroups.create('vm1', limits);
  expect(cgroups.limitsOf('vm1')).toEqual(limits);
});
