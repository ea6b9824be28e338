// Free disk space for the state folder, which holds images, disks and snapshots.
import { reason } from '@tt/protocol';
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
    const data = { free: (free / GIB).toFixed(1), folder: machine.stateDirectory };
    const fix = reason('fix.freeSpace');
    if (free < NEEDED_BYTES) return needed(reason('finding.space', data), fix);
    return free < COMFORTABLE_BYTES
      ? optional(reason('finding.spaceTight', data), fix)
      : found(reason('finding.space', data));
  },
};
