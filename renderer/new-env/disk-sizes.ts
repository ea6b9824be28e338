// Sizes of further disks as one types them, in MiB or with a unit: `1024, 2g, 10 GiB`. Pure.
import { DISKS_MAX } from '@tt/protocol';
import { parseMebibytes } from '../components/mebibytes.ts';

const MOST_MIB = 67_108_864;

/** null when something typed is no size, or there are more than a machine has places for. */
export function parseDiskSizes(text: string): number[] | null {
  // A unit belongs to the number before it, however far apart they are.
  const words = text
    .replace(/(\d)\s+(?=[mgt](?:ib?)?(?![a-z]))/gi, '$1')
    .split(/[\s,;+，、]+/)
    .filter(Boolean);
  const sizes = words.map((word) => parseMebibytes(word) ?? 0);
  return sizes.length < DISKS_MAX && sizes.every((size) => size >= 1 && size <= MOST_MIB) ? sizes : null;
}
