// One reading for all who ask at about the same time, of what costs the same for one as for many.

/**
 * Reads again and again, one at a time. Each who asks gets what a reading gave that began after they asked: those who ask while one is
 * under way share the next. Rejects as `read` does, for those alone who share it.
 */
export function sharedRead<Value>(read: () => Promise<Value>): () => Promise<Value> {
  let underWay: Promise<unknown> = Promise.resolve();
  let next: Promise<Value> | null = null;
  return () => {
    next ??= underWay.then(() => {
      next = null;
      const reading = read();
      underWay = reading.catch(() => {});
      return reading;
    });
    return next;
  };
}
