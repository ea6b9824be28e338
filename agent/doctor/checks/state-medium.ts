// Whether the state folder is on a disk. In memory, disks and snapshots take memory from the guests and are lost at a reboot.
import { reason } from '@tt/protocol';
import { type Check, found, optional } from '../check.ts';

const GIB = 1024 ** 3;

export const stateMediumCheck: Check = {
  name: 'state medium',
  isOptional: true,
  async look(machine) {
    const backing = await machine.memoryBacking(machine.stateDirectory);
    if (!backing) return found(reason('finding.onDisk'));
    return optional(
      reason('finding.inMemory', { kind: backing.kind, size: (backing.totalBytes / GIB).toFixed(1) }),
      reason('fix.diskFolder'),
    );
  },
};
