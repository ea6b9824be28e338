// A name for an image that nothing has yet: of several files that are dropped together nobody asks each for its name.
import { parseImageName } from '@tt/protocol';

/** The name itself if it is free, otherwise with `-2`, `-3` … behind its last part; of a medium the last part is fixed. */
export function freeImageName(wanted: string, isTaken: (name: string) => boolean): string {
  if (!isTaken(wanted)) return wanted;
  const { engine, os, variant } = parseImageName(wanted) ?? { engine: 'qemu', os: wanted, variant: 'default' };
  for (let number = 2; ; number++) {
    const name = variant === 'iso' ? `${engine}:${os}-${number}:iso` : `${engine}:${os}:${variant}-${number}`;
    if (!isTaken(name)) return name;
  }
}
