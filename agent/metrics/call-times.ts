// How long calls took within one period: their number, failures, mean, and the time that most of them did not exceed. Buckets that grow
// by an eighth each, so that it costs the same for ten calls and for a million.

const GROWTH = 1.125;
/** Calls that took less are in the first bucket. */
const LEAST_MS = 0.05;
/** Up to some two minutes; longer ones are in the last bucket. */
const BUCKETS = 126;

export interface CallTimes {
  calls: number;
  failedCalls: number;
  /** null without calls. */
  callMeanMs: number | null;
  /** The bound of the bucket in which 95 of 100 are reached; null without calls. */
  callP95Ms: number | null;
}

export class CallTimesPeriod {
  readonly #buckets = new Uint32Array(BUCKETS);
  #calls = 0;
  #failed = 0;
  #sumMs = 0;

  ended(isOk: boolean, durationMs: number): void {
    this.#calls++;
    if (!isOk) this.#failed++;
    this.#sumMs += durationMs;
    const bucket = Math.ceil(Math.log(Math.max(durationMs, LEAST_MS) / LEAST_MS) / Math.log(GROWTH));
    const index = Math.min(BUCKETS - 1, bucket);
    this.#buckets[index] = (this.#buckets[index] ?? 0) + 1;
  }

  /** What it was so far; the next period begins. */
  take(): CallTimes {
    const calls = this.#calls;
    const times: CallTimes = {
      calls,
      failedCalls: this.#failed,
      callMeanMs: calls === 0 ? null : rounded(this.#sumMs / calls),
      callP95Ms: calls === 0 ? null : rounded(this.#bound(0.95 * calls)),
    };
    this.#buckets.fill(0);
    this.#calls = 0;
    this.#failed = 0;
    this.#sumMs = 0;
    return times;
  }

  /** In ms: so many of the calls took at most this. */
  #bound(wanted: number): number {
    let seen = 0;
    for (const [index, count] of this.#buckets.entries()) {
      seen += count;
      if (seen >= wanted) return LEAST_MS * GROWTH ** index;
    }
    return LEAST_MS * GROWTH ** (BUCKETS - 1);
  }
}

/** Hundredths of a millisecond say enough. */
function rounded(ms: number): number {
  return Math.round(ms * 100) / 100;
}
