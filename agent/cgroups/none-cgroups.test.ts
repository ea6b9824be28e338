// The driver without cgroups: the contract with real processes, whose metrics come from /proc.
import { reason } from '@tt/protocol';
import { describeCgroupsContract } from './cgroups.contract.ts';
import { NoneCgroups } from './none-cgroups.ts';
import { TestProcesses } from './test-processes.ts';

describeCgroupsContract('none', async () => {
  const processes = new TestProcesses();
  const make = () => new NoneCgroups({ reason: reason('cgroupsOff') });
  return {
    cgroups: make(),
    reopen: make,
    otherAgent: make,
    outlivesAgent: false,
    missingFeatures: ['cpuLimit', 'memoryLimit'],
    startProcess: (kind) => processes.start(kind),
    isRunning: (process) => processes.isRunning(process),
    killForMemory: null,
    remove: () => processes.endAll(),
  };
});
