// Runs the same work on many items; one that fails does not stop the others.

/** Calls `work` for each item. When all had their turn it throws the failure, or an AggregateError of several. */
export function eachApart<Item>(items: Iterable<Item>, work: (item: Item) => void): void {
  const failures: unknown[] = [];
  for (const item of items) {
    try {
      work(item);
    } catch (error) {
      failures.push(error);
    }
  }
  throwAll(failures);
}

/** The same for work that takes time, one item after the other. */
export async function eachApartInTurn<Item>(items: Iterable<Item>, work: (item: Item) => Promise<void>): Promise<void> {
  const failures: unknown[] = [];
  for (const item of items) await work(item).catch((error: unknown) => failures.push(error));
  throwAll(failures);
}

function throwAll(failures: readonly unknown[]): void {
  if (failures.length === 0) return;
  const [first] = failures;
  if (failures.length === 1) throw first;
  const message = first instanceof Error ? first.message : String(first);
  throw new AggregateError(failures, `${failures.length} of them failed, the first with: ${message}`);
}
