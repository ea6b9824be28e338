// Counts wrong guesses by whom they come from, within a time that begins with the first of them; after too many it says how long to wait.

/** How many are watched at the same time; beyond that the oldest is forgotten. */
const MOST_WATCHED = 10_000;

export interface GuessLimits {
  now: () => Date;
  windowMs: number;
  /** Within one window. */
  most: number;
}

export class Guesses {
  readonly #limits: GuessLimits;
  readonly #watched = new Map<string, { since: number; count: number }>();

  constructor(limits: GuessLimits) {
    this.#limits = limits;
  }

  /** Seconds until another guess is looked at; null: it is now. */
  waitS(from: string): number | null {
    const { most, windowMs, now } = this.#limits;
    const { since, count } = this.#watch(from);
    return count < most ? null : Math.ceil((since + windowMs - now().getTime()) / 1000);
  }

  /** One more that is wrong, or may be. */
  add(from: string): void {
    this.#watch(from).count++;
  }

  /** One of them was right. */
  takeBack(from: string): void {
    const watch = this.#watch(from);
    watch.count = Math.max(0, watch.count - 1);
  }

  #watch(from: string): { since: number; count: number } {
    const now = this.#limits.now().getTime();
    const known = this.#watched.get(from);
    if (known && now - known.since < this.#limits.windowMs) return known;
    const watch = { since: now, count: 0 };
    this.#watched.delete(from);
    this.#watched.set(from, watch);
    const [oldest] = this.#watched.keys();
    if (this.#watched.size > MOST_WATCHED && oldest !== undefined) this.#watched.delete(oldest);
    return watch;
  }
}
