// How fast something comes on, from the last few seconds: steady enough to be read, quick enough to follow a change of the line.

/** What is looked at; older looks count no more. */
const WINDOW_MS = 5000;
/** Nothing is said of less: the first frames fill buffers on the way. */
const LEAST_MS = 500;

export class TransferRate {
  readonly #now: () => number;
  /** Oldest first. */
  #looks: { atMs: number; doneBytes: number }[] = [];

  /** `now`: any clock, in ms. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** It begins, or goes on after a stop. */
  restart(doneBytes: number): void {
    this.#looks = [{ atMs: this.#now(), doneBytes }];
  }

  look(doneBytes: number): void {
    const atMs = this.#now();
    this.#looks.push({ atMs, doneBytes });
    // One from before the window stays, so that a slow line is measured too.
    while (this.#looks.length > 2 && (this.#looks[1]?.atMs ?? atMs) <= atMs - WINDOW_MS) this.#looks.shift();
  }

  /** null while it is not known. */
  get bytesPerS(): number | null {
    const [first] = this.#looks;
    const last = this.#looks.at(-1);
    if (!first || !last || last.atMs - first.atMs < LEAST_MS) return null;
    return ((last.doneBytes - first.doneBytes) * 1000) / (last.atMs - first.atMs);
  }

  /** Until all of it has come, at this rate; null while that is not known, or nothing moves. */
  leftMs(totalBytes: number): number | null {
    const { bytesPerS } = this;
    const doneBytes = this.#looks.at(-1)?.doneBytes ?? 0;
    return bytesPerS === null || bytesPerS <= 0 ? null : ((totalBytes - doneBytes) * 1000) / bytesPerS;
  }
}
