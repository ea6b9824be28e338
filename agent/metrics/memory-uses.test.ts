// Memory with what is shared counted once: a round takes a limited time whatever the host has, each VM has its turn, and a process
// that is gone is not counted.
import { expect, it } from 'vitest';
import type { MemoryUse } from '../host/memory-use.ts';
import { type MeasuredVm, MemoryUses } from './memory-uses.ts';

const MIB = 1024 * 1024;

/** `readMs`: what one reading takes. */
function host(count: number, readMs: number) {
  const state = { nowMs: 1_000_000, reads: [] as number[], failing: new Set<number>() };
  const vms: MeasuredVm[] = Array.from({ length: count }, (_, index) => vm(index + 1));
  const uses = new MemoryUses({
    vms: () => vms,
    read: async ({ pid }): Promise<MemoryUse | null> => {
      state.reads.push(pid);
      state.nowMs += readMs;
      if (state.failing.has(pid)) return null;
      return { residentBytes: 100 * MIB, proportionalBytes: pid * MIB, proportionalShmemBytes: MIB / 2 };
    },
    clock: { monotonicMs: () => state.nowMs },
  });
  const round = async () => {
    const before = state.reads.length;
    await uses.look();
    state.nowMs += 5_000;
    return state.reads.slice(before);
  };
  return { state, vms, uses, round };
}

function vm(pid: number, startTicks = 1): MeasuredVm {
  return { vmId: `vm${pid}`, process: { pid, startTicks } };
}

it('of 500 VMs is measured a part at a time, all in turn, and none too often', async () => {
  const { round, uses, state } = host(500, 1);
  const rounds: number[][] = [];
  for (let index = 0; index < 5; index++) {
    expect(uses.total()).toBeNull();
    rounds.push(await round());
  }
  expect(rounds.map((reads) => reads.length)).toEqual([100, 100, 100, 100, 100]);
  expect(new Set(state.reads).size).toBe(500);
  expect(uses.total()).toBe(((500 * 501) / 2) * MIB);
  // Those that were measured first are due again.
  expect(await round()).toEqual(rounds[0]);
});

it('that takes long to read does not keep the others waiting for ever, nor the agent', async () => {
  const { round, state } = host(3, 400);
  const reads: number[][] = [];
  for (let index = 0; index < 16; index++) reads.push(await round());
  // 400 ms, then 19.2 s without.
  expect(reads.filter((one) => one.length > 0)).toEqual([[1], [2], [3], [1]]);
  expect(reads.map((one) => one.length).slice(0, 9)).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 1]);
  expect(state.reads).toHaveLength(4);
});

it('is not asked again within some seconds, but of a new process and a new VM at once', async () => {
  const { round, vms, uses } = host(2, 1);
  expect(await round()).toEqual([1, 2]);
  expect(await round()).toEqual([]);
  vms.push(vm(9));
  vms[0] = vm(1, 2);
  expect(uses.of('vm1', { pid: 1, startTicks: 2 })).toBeNull();
  expect(uses.total()).toBeNull();
  expect(await round()).toEqual([1, 9]);
  expect(uses.of('vm1', { pid: 1, startTicks: 2 })).toBe(MIB);
  expect(uses.of('vm1', { pid: 1, startTicks: 1 })).toBeNull();
});

it('counts nothing of those that ended, and says nothing where one can’t be read', async () => {
  const { round, vms, uses, state } = host(3, 1);
  await round();
  expect(uses.total()).toBe(6 * MIB);
  const [ended] = vms.splice(1, 1);
  expect(uses.total()).toBe(4 * MIB);
  await round();
  expect(ended && uses.of(ended.vmId, ended.process)).toBeNull();
  vms.splice(0);
  expect(uses.total()).toBe(0);
  vms.push(vm(7));
  state.failing.add(7);
  await round();
  expect([uses.of('vm7', { pid: 7, startTicks: 1 }), uses.total()]).toEqual([null, null]);
});

it('counts memory that VMs began in once and whole, in place of the parts of it that they have touched', async () => {
  const { round, vms, uses } = host(4, 1);
  for (const vm of vms.slice(1)) vm.sealedMemory = { id: vm.process.pid < 4 ? 'one' : 'other', memoryMiB: 100 };
  await round();
  expect(uses.total()).toBe((1 + 2 + 3 + 4 - 1.5 + 200) * MIB);
  expect(uses.of('vm2', { pid: 2, startTicks: 1 })).toBe(2 * MIB);
});
