// How much a guest may have copied to its neighbours: a frame for everybody costs one for each of them.

/** Copies per second that one NIC may cause, and as many at once. */
const COPIES_PER_SECOND = 20_000;

export class FloodLimit {
  readonly #now: () => number;
  #left = COPIES_PER_SECOND;
  #lastMs: number;

  /** `now`: milliseconds that never go backwards. */
  constructor(now: () => number) {
    this.#now = now;
    this.#lastMs = now();
  }

  /** Whether so many copies may be made now; if so they count. */
  take(copies: number): boolean {
    const nowMs = this.#now();
    this.#left = Math.min(COPIES_PER_SECOND, this.#left + ((nowMs - this.#lastMs) * COPIES_PER_SECOND) / 1000);
    this.#lastMs = nowMs;
    if (this.#left < copies) return false;
    this.#left -= copies;
    return true;
  }
}
