// Pure: the few statistics a bench prints. No means: one slow run on a shared machine would distort them.

/** Throws on an empty list: a bench without a measurement must not look like a result. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  if (value === undefined) throw new Error('nothing was measured');
  return value;
}

export function min(values: readonly number[]): number {
  return percentile(values, 0);
}

/** With an even count the mean of the middle two. */
export function median(values: readonly number[]): number {
  if (values.length % 2 === 1) return percentile(values, 0.5);
  const sorted = values.toSorted((a, b) => a - b);
  return (percentile(sorted, 0.5) + (sorted[values.length / 2 - 1] ?? Number.NaN)) / 2;
}
