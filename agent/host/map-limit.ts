// Runs work on many items, a few at a time: guests boot in waves of about the number of processors.

/**
 * Calls `work` for each item with at most `width` under way, results in the order of the items. The first failure stops
 * new work, waits for what is under way, and is thrown.
 */
export async function mapLimit<Item, Result>(
  items: readonly Item[],
  width: number,
  work: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  let failure: { error: unknown } | null = null;
  async function worker(): Promise<void> {
    while (next < items.length && !failure) {
      const index = next++;
      try {
        results[index] = await work(items[index] as Item, index);
      } catch (error) {
        failure ??= { error };
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
  if (failure) throw (failure as { error: unknown }).error;
  return results;
}
