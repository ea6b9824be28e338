// The disks that two snapshots of a VM both have, each with what `compare` says of the two.

export async function pairedDisks<Part extends { name: string }>(
  parts: readonly Part[],
  others: readonly Part[],
  compare: (one: Part, other: Part) => Promise<number | null>,
): Promise<Map<string, number | null>> {
  const found = new Map<string, number | null>();
  for (const one of parts) {
    const other = others.find(({ name }) => name === one.name);
    if (other) found.set(one.name, await compare(one, other));
  }
  return found;
}
