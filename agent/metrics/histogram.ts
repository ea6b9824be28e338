// Counts values in buckets, by labels, for durations that are rendered as a Prometheus histogram.
import type { CumulativeSample, Family, Labels } from './text-format.ts';

interface Series {
  labels: Labels;
  /** Values in each bucket alone; the last one is for those past the last bound. */
  buckets: number[];
  sum: number;
}

export class Histogram {
  readonly #name: string;
  readonly #help: string;
  readonly #bounds: readonly number[];
  readonly #series = new Map<string, Series>();

  /** `bounds` are upper ones, inclusive, rising. */
  constructor(options: { name: string; help: string; bounds: readonly number[] }) {
    this.#name = options.name;
    this.#help = options.help;
    this.#bounds = options.bounds;
  }

  /** `labels` always with the same names, and few different values, because each combination is kept for ever. */
  observe(labels: Labels, value: number): void {
    // No label has a NUL; each call is counted here.
    const key = Object.values(labels).join('\0');
    let series = this.#series.get(key);
    if (!series) {
      series = { labels, buckets: Array.from({ length: this.#bounds.length + 1 }, () => 0), sum: 0 };
      this.#series.set(key, series);
    }
    const found = this.#bounds.findIndex((bound) => value <= bound);
    const bucket = found === -1 ? this.#bounds.length : found;
    series.buckets[bucket] = (series.buckets[bucket] ?? 0) + 1;
    series.sum += value;
  }

  family(): Family {
    const samples = [...this.#series.values()].map(cumulative);
    return { type: 'histogram', name: this.#name, help: this.#help, bounds: this.#bounds, samples };
  }
}

function cumulative({ labels, buckets, sum }: Series): CumulativeSample {
  let count = 0;
  const counts = buckets.map((inBucket) => {
    count += inBucket;
    return count;
  });
  return { labels, counts, count, sum };
}
