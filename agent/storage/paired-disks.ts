// The disks that two snapshots of a VM both have, each with what `compare` says of the two.
import type { Uncounted } from './interface.ts';

export async function pairedDisks<Part extends { name: string }>(
  parts: readonly Part[],
  others: readonly Part[],
  compare: (one: Part, other: Part) => Promise<number | Uncounted>,
): Promise<Map<string, number | Uncounted>> {
  const found = new Map<string, number | Uncounted>();
  for (const one of parts) {
    const other = others.find(({ name }) => name === one.name);
    if (other) found.set(one.name, await compare(one, other));
  }
  return found;
}
