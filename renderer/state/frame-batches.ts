// What comes in quick succession is done together, once a frame, so that the window is drawn once for all of it; of very much a part each
// frame. What comes alone is done at once. Nothing changes its place: who must see all that has come calls `flush`.
import type { Frames } from '../components/frames.ts';

/** What comes later than this after the last is alone: at 60 frames a second another frame was drawn meanwhile. */
const FRAME_MS = 17;

/** So many are done in a frame at once: what is drawn for them must leave time for keys and the pointer. */
const FEW = 8;
/** Of more than that this part, each frame: what waits gets less quickly, however much comes. */
const PART = 1 / 4;

export class FrameBatches<Item> {
  readonly #apply: (items: readonly Item[]) => void;
  readonly #frames: Frames | null;
  readonly #now: () => number;
  #waiting: Item[] = [];
  /** Prevents the next frame; null: nothing waits for one. */
  #cancelFrame: (() => void) | null = null;
  #appliedAt = -Infinity;

  /** `frames`: null where nothing is drawn; then nothing waits. `now`: in ms, from any moment. */
  constructor(apply: (items: readonly Item[]) => void, frames: Frames | null, now = () => performance.now()) {
    this.#apply = apply;
    this.#frames = frames;
    this.#now = now;
  }

  /** A frame is asked for only when something waits for it: a frame in which nothing changes is not free. */
  add(item: Item): void {
    const isAlone = this.#now() - this.#appliedAt >= FRAME_MS;
    this.#waiting.push(item);
    if (this.#cancelFrame) return;
    if (!this.#frames || isAlone) this.flush();
    else this.#await(this.#frames);
  }

  /** What waits is done now, all of it. */
  flush(): void {
    this.#do(this.#waiting.length);
  }

  #do(count: number): void {
    if (count === 0) return;
    const items = this.#waiting.slice(0, count);
    this.#waiting = this.#waiting.slice(count);
    this.#appliedAt = this.#now();
    this.#apply(items);
  }

  /** Forgets what waits. */
  stop(): void {
    this.#cancelFrame?.();
    this.#cancelFrame = null;
    this.#waiting = [];
  }

  #await(frames: Frames): void {
    this.#cancelFrame = frames(() => {
      this.#cancelFrame = null;
      const count = Math.min(this.#waiting.length, Math.max(FEW, Math.ceil(this.#waiting.length * PART)));
      // Asked for first: a fault of what is done must not leave the rest waiting for ever.
      if (count < this.#waiting.length) this.#await(frames);
      this.#do(count);
    });
  }
}
