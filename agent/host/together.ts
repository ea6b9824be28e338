// Does several things at once that belong together: when one fails the others are stopped, and nobody goes on before all have ended.

/** Rejects with the first failure, or with the reason of `signal` as the work does. */
export async function together(
  works: readonly ((stopping: AbortSignal) => Promise<void>)[],
  signal?: AbortSignal,
): Promise<void> {
  const failed = new AbortController();
  const stopping = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal;
  const failures: unknown[] = [];
  const stopOthers = (error: unknown) => {
    failures.push(error);
    failed.abort(error);
  };
  await Promise.all(works.map((work) => work(stopping).catch(stopOthers)));
  if (failures.length > 0) throw failures[0];
}
