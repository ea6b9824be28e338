// The same work on many items, where one that fails must not keep the others from their turn.

/**
 * Calls `work` for each item, one after another; what it does without a promise is done at once. Rejects when all had
 * their turn: with the failure, or with an AggregateError when there were several.
 */
export async function eachApart<Item>(items: Iterable<Item>, work: (item: Item) => unknown): Promise<void> {
  const failures: unknown[] = [];
  for (const item of items) {
    try {
      const result = work(item);
      if (result instanceof Promise) await result;
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 1) {
    const [first] = failures;
    const message = first instanceof Error ? first.message : String(first);
    throw new AggregateError(failures, `${failures.length} of them failed, the first with: ${message}`);
  }
  if (failures.length === 1) throw failures[0];
}
