// Memory available to guests.
import { type Check, found, needed, optional } from '../check.ts';

const MIB = 1024 ** 2;
/** Measured: a running 128 MiB guest of the tiny image takes about 180 MiB in all. */
const VM_BYTES = 180 * MIB;
const NEEDED_BYTES = 2 * VM_BYTES;

export const memoryCheck: Check = {
  name: 'memory',
  async look(machine) {
    const { totalBytes, availableBytes } = machine.memory();
    const gib = (bytes: number) => (bytes / 1024 / MIB).toFixed(1);
    const vms = Math.floor(availableBytes / VM_BYTES);
    const text = `${gib(availableBytes)} of ${gib(totalBytes)} GiB available, enough for about ${vms} tiny VMs`;
    const fix = 'End programs that are not needed.';
    if (totalBytes < NEEDED_BYTES) return needed(text, 'Use a machine with more memory.');
    return availableBytes < NEEDED_BYTES ? optional(text, fix) : found(text);
  },
};
