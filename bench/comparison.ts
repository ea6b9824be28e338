// One line of a bench: ours beside a peer of the same run, as a ratio with its goal. Absolute numbers change with the
// machine, so goals are ratios; a few limits are absolute because a promise is (memory a stalled viewer may cost).

/** A ratio this near to its goal says nothing on a noisy machine. */
const NOISE = 1.3;

export interface Goal {
  kind: 'atMost' | 'atLeast';
  value: number;
}

export interface Comparison {
  what: string;
  /** As shown, with unit. */
  ours: string;
  peer: string;
  /** Held against the goal; null when there is nothing to compare. */
  ratio: number | null;
  goal: Goal | null;
  /** What the ratio is given in; default `x`. */
  unit?: string;
}

export type Verdict = 'ok' | 'misses, within noise' | 'MISSES' | '';

export function verdict({ ratio, goal, unit }: Comparison): Verdict {
  if (ratio === null || goal === null) return '';
  const over = goal.kind === 'atMost' ? ratio / goal.value : goal.value / ratio;
  if (over <= 1) return 'ok';
  // A limit in bytes is not a race: noise excuses nothing there.
  return over <= NOISE && unit === undefined ? 'misses, within noise' : 'MISSES';
}

export function atMost(value: number): Goal {
  return { kind: 'atMost', value };
}

export function atLeast(value: number): Goal {
  return { kind: 'atLeast', value };
}

/** `min / median`, three digits or so. */
export function pair(values: { min: number; median: number }, unit: string): string {
  return `${short(values.min)} / ${short(values.median)} ${unit}`;
}

export function short(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
