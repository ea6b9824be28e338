// So many a minute, whoever they are from.

const MINUTE_MS = 60_000;

export class Allowance {
  readonly #perMinute: number;
  readonly #now: () => number;
  #begunAt = Number.NEGATIVE_INFINITY;
  #taken = 0;

  /** `now`: milliseconds of a monotonic clock. */
  constructor(perMinute: number, now: () => number = () => performance.now()) {
    this.#perMinute = perMinute;
    this.#now = now;
  }

  /** False: this minute has had them all. */
  take(): boolean {
    const now = this.#now();
    if (now - this.#begunAt >= MINUTE_MS) {
      this.#begunAt = now;
      this.#taken = 0;
    }
    if (this.#taken >= this.#perMinute) return false;
    this.#taken++;
    return true;
  }
}
