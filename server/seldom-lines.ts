// Rate-limits log lines that others can cause at will, such as malformed frames: at most one per minute of each kind.

const EVERY_MS = 60_000;
/** The number of kinds remembered; there are few, plus one per VM for those that name a VM. */
const MOST_KINDS = 1000;

export class SeldomLines {
  readonly #now: () => number;
  readonly #kinds = new Map<string, { writtenAt: number; leftOut: number }>();

  /** `now`: milliseconds of a monotonic clock. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Writes the line, or counts it: `write` gets the number of lines of this kind omitted since the last one. */
  say(kind: string, write: (leftOut: number) => void): void {
    const known = this.#kinds.get(kind);
    if (known && this.#now() - known.writtenAt < EVERY_MS) {
      known.leftOut++;
      return;
    }
    // Again at the end, so that the first one is the oldest.
    this.#kinds.delete(kind);
    const [oldest] = this.#kinds.keys();
    if (oldest !== undefined && this.#kinds.size >= MOST_KINDS) this.#kinds.delete(oldest);
    this.#kinds.set(kind, { writtenAt: this.#now(), leftOut: 0 });
    write(known?.leftOut ?? 0);
  }
}
