// Pure: from what a guest has shown since it was started, decides whether it is alive or only uses a processor. Used by
// kvm-watch.ts.

/** So long without anything new, and with the processor busy, before a guest counts as hung. */
const QUIET_MS = 60_000;
/** Share of one processor, while nothing new is seen. Firmware that waits at its menu takes a few hundredths. */
const BURNING_SHARE = 0.5;
/** A firmware that hands over to a kernel that hangs shows some; the two states of a blinking cursor are two. */
const PICTURES_OF_LIFE = 6;

export interface Sign {
  /** Milliseconds of a monotonic clock. */
  atMs: number;
  /** Processor time so far, in microseconds. */
  cpuUs: number;
  /** True when the agent in the guest answered, or the guest has written to its serial port. */
  spoke: boolean;
  /** A fingerprint of the screen; null if there was no picture. */
  picture: string | null;
}

export type Life = 'alive' | 'unknown' | 'hung';

export class SignsOfLife {
  readonly #pictures = new Set<string>();
  /** When something new was seen last, and how much processor time had been used by then. */
  #lastNews: { atMs: number; cpuUs: number } | null = null;
  #isAlive = false;

  /** `alive` stays so: a guest that has come up may compute as long as it likes. */
  add({ atMs, cpuUs, spoke, picture }: Sign): Life {
    const isNew = picture !== null && !this.#pictures.has(picture);
    if (isNew) this.#pictures.add(picture);
    this.#isAlive ||= spoke || this.#pictures.size >= PICTURES_OF_LIFE;
    if (this.#isAlive) return 'alive';
    if (isNew || !this.#lastNews) this.#lastNews = { atMs, cpuUs };
    const quietMs = atMs - this.#lastNews.atMs;
    const share = (cpuUs - this.#lastNews.cpuUs) / 1000 / quietMs;
    return quietMs >= QUIET_MS && share >= BURNING_SHARE ? 'hung' : 'unknown';
  }
}
