// Sums of ENVs: of what was measured, and of nothing else.
import type { VmMetrics } from '@tt/protocol';
import { expect, it } from 'vitest';
import { sumsByEnv } from './env-sums.ts';

it('add up what the VMs of each ENV use; a VM without ENV counts nowhere', () => {
  const vms = [
    { vmId: 'a', cpuPercent: 0.1, memoryBytes: 10 },
    { vmId: 'b', cpuPercent: 50, memoryBytes: 5 },
    { vmId: 'gone', cpuPercent: 99, memoryBytes: 99 },
    { vmId: 'c', cpuPercent: 0.2, memoryBytes: 20 },
  ] as VmMetrics[];
  const envs = new Map([
    ['a', 'one'],
    ['b', 'two'],
    ['c', 'one'],
  ]);
  expect(sumsByEnv(vms, (vmId) => envs.get(vmId))).toEqual([
    { envName: 'one', cpuPercent: 0.3, memoryBytes: 30 },
    { envName: 'two', cpuPercent: 50, memoryBytes: 5 },
  ]);
  expect(sumsByEnv([], () => 'one')).toEqual([]);
});
