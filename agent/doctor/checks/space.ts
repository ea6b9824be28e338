// Free disk space for the state folder, which holds images, disks and snapshots.
import { type Check, found, needed, optional } from '../check.ts';

const GIB = 1024 ** 3;
/** Building the tiny image takes about 300 MiB for a moment; each VM starts with some MiB. */
const NEEDED_BYTES = GIB;
/** Snapshots contain the RAM of guests. */
const COMFORTABLE_BYTES = 8 * GIB;

export const spaceCheck: Check = {
  name: 'space',
  async look(machine) {
    const free = await machine.freeBytes(machine.stateDirectory);
    const text = `${(free / GIB).toFixed(1)} GiB free below ${machine.stateDirectory}`;
    const fix = 'Free some space there, or set TT_HOME to a folder on a larger disk.';
    if (free < NEEDED_BYTES) return needed(text, fix);
    return free < COMFORTABLE_BYTES ? optional(`${text}; snapshots of many VMs need more`, fix) : found(text);
  },
};
