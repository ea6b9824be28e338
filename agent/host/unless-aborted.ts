// Waiting that a signal can end, for work that cannot be stopped or goes on for others.

/** As `work`, or rejects with the reason of `signal` as soon as that aborts. What becomes of the work then, nobody is told. */
export async function unlessAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason as Error);
  signal.addEventListener('abort', abort);
  work.catch(() => {});
  try {
    signal.throwIfAborted();
    return await Promise.race([aborted.promise, work]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
