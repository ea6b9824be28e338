// Whether a request fits: exact to the MiB, and with the numbers in the error.
import { describe, expect, it } from 'vitest';
import { admit, admitQuota, allocatedTo } from './capacity-check.ts';

const total = { cpuCount: 8, memoryMiB: 1000, diskMiB: 5000 };
const used = { cpuCount: 6, memoryMiB: 600, diskMiB: 4000 };
const none = { cpuCount: 0, memoryMiB: 0, diskMiB: 0 };

describe('the capacity check', () => {
  it('lets in what fits exactly, and nothing that wants nothing is refused', () => {
    admit(total, used, { cpuCount: 2, memoryMiB: 400, diskMiB: 1000 });
    admit(total, { cpuCount: 20, memoryMiB: 2000, diskMiB: 9000 }, none);
    admit(total, { cpuCount: 20, memoryMiB: 2000, diskMiB: 0 }, { ...none, diskMiB: 5000 });
  });

  it('refuses one too much, with total, used and wanted', () => {
    expect(() => admit(total, used, { ...none, cpuCount: 3 })).toThrow(
      expect.objectContaining({ code: 'CPU_EXHAUSTED', data: { total: 8, used: 6, wanted: 3 } }),
    );
    expect(() => admit(total, used, { ...none, memoryMiB: 401 })).toThrow(
      expect.objectContaining({
        code: 'MEMORY_EXHAUSTED',
        message: 'Not enough memory: total 1000 MiB, used 600 MiB, requested 401 MiB.',
      }),
    );
    expect(() => admit(total, used, { ...none, memoryMiB: 400, diskMiB: 1001 })).toThrow(
      expect.objectContaining({ code: 'DISK_EXHAUSTED', data: { totalMiB: 5000, usedMiB: 4000, wantedMiB: 1001 } }),
    );
  });

  it('counts processors and memory of VMs that may run, and the disk of every VM', () => {
    const spec = { cpuCount: 2, memoryMiB: 1, disks: [{ sizeMiB: 1 }] };
    const states = ['creating', 'running', 'paused', 'unknown', 'deleting', 'stopped', 'failed'];
    expect(allocatedTo(states.map((state) => ({ state, spec })))).toEqual({
      cpuCount: 10,
      memoryMiB: 5,
      diskMiB: 7,
    });
  });

  it('counts memory that VMs began in once, as long as one of them runs', () => {
    const spec = { cpuCount: 1, memoryMiB: 10, disks: [] };
    const [one, other] = [
      { id: 'one', memoryMiB: 7 },
      { id: 'other', memoryMiB: 5 },
    ];
    const running = (sealedMemory: typeof one | null) => ({ state: 'running', spec, sealedMemory });
    expect(allocatedTo([running(one), running(one), running(other), running(null)]).memoryMiB).toBe(52);
    expect(allocatedTo([{ ...running(one), state: 'stopped' }]).memoryMiB).toBe(0);
  });
});

describe('a quota', () => {
  const noLimit = { envs: null, vms: null, cpuCount: null, memoryMiB: null, diskMiB: null, storedMiB: null };
  const has = { envs: 1, vms: 3, storedMiB: 0, ...used };

  it('limits each resource by itself, and nothing where it says nothing', () => {
    admitQuota('ann', noLimit, has, { envs: 9, vms: 99, cpuCount: 99, memoryMiB: 99, diskMiB: 99 });
    admitQuota('ann', { ...noLimit, vms: 5 }, has, { envs: 1, vms: 2, ...none });
    expect(() => admitQuota('ann', { ...noLimit, vms: 5 }, has, { envs: 1, vms: 3, ...none })).toThrow(
      expect.objectContaining({
        code: 'QUOTA_EXCEEDED',
        message: 'The quota of ann is exceeded: VMs total 5, used 3, requested 3.',
      }),
    );
  });

  it('of a team is told from that of a user', () => {
    expect(() => admitQuota('@qa', { ...noLimit, vms: 5 }, has, { envs: 1, vms: 3, ...none })).toThrow(
      expect.objectContaining({
        code: 'TEAM_QUOTA_EXCEEDED',
        message: 'The quota of the team qa is exceeded: VMs total 5, used 3, requested 3.',
      }),
    );
  });
});
