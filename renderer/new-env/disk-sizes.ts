// Sizes of further disks as one types them, in MiB: `1024, 2048`. Pure.
import { DISKS_MAX } from '@tt/protocol';

const MOST_MIB = 67_108_864;

/** null when something typed is no size, or there are more than a machine has places for. */
export function parseDiskSizes(text: string): number[] | null {
  const words = text.split(/[\s,;+，、]+/).filter(Boolean);
  const sizes = words.map((word) => (/^\d{1,8}$/.test(word) ? Number(word) : 0));
  return sizes.length < DISKS_MAX && sizes.every((size) => size >= 1 && size <= MOST_MIB) ? sizes : null;
}
