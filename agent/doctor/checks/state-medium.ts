// Whether the state folder is on a disk. In memory, disks and snapshots take memory from the guests and are lost at a reboot.
import { type Check, found, optional } from '../check.ts';

const GIB = 1024 ** 3;

export const stateMediumCheck: Check = {
  name: 'state medium',
  isOptional: true,
  async look(machine) {
    const backing = await machine.memoryBacking(machine.stateDirectory);
    if (!backing) return found('the state folder is on a disk');
    return optional(
      `the state folder is in memory (${backing.kind}, ${(backing.totalBytes / GIB).toFixed(1)} GiB): disks and snapshots ` +
        'use memory of this host, VMs may use that much more of it, and a reboot loses everything',
      'Set TT_HOME to a folder on a disk.',
    );
  },
};
