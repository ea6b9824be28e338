// How much memory a group uses: for both cgroup drivers, as a metric and before a limit is lowered.
import { numberIn } from './cgroup-files.ts';

/**
 * Bytes that can't be had back without swapping: all but the page cache. `prefix` is `total_` in v1 (memory.stat of a whole
 * subtree). The two files are read one after the other, so the difference may come out below zero by some pages.
 */
export function heldBytes(currentText: string, statText: string, prefix: '' | 'total_'): number {
  const cache = numberIn(statText, `${prefix}active_file`) + numberIn(statText, `${prefix}inactive_file`);
  return Math.max(0, numberIn(currentText) - cache);
}
