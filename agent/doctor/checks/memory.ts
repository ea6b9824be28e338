// Memory available to guests.
import { reason } from '@tt/protocol';
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
    const text = reason('finding.memory', { available: gib(availableBytes), total: gib(totalBytes), vms });
    const fix = reason('fix.endPrograms');
    if (totalBytes < NEEDED_BYTES) return needed(text, reason('fix.moreMemory'));
    return availableBytes < NEEDED_BYTES ? optional(text, fix) : found(text);
  },
};
