// What is shown of a list that stands above other things, before all of it is asked for.

/** The first or the last of `items`, and how many are left out. A single one is never left out: saying so takes as much room. */
export function fewOf<Item>(
  items: readonly Item[],
  most: number,
  keep: 'first' | 'last',
): { few: readonly Item[]; leftOut: number } {
  if (items.length <= most + 1) return { few: items, leftOut: 0 };
  return { few: keep === 'first' ? items.slice(0, most) : items.slice(-most), leftOut: items.length - most };
}
