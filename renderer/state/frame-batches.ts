// What comes in quick succession is done together, once a frame, so that the window is drawn once for all of it. What comes alone is done
// at once. Nothing changes its place: who must see all that has come calls `flush`.

/** Calls `run` at the next frame, or a little later where no frames are drawn; the answer prevents that. */
export type Frames = (run: () => void) => () => void;

/** A window that is hidden draws no frames, but knows what goes on. */
const HIDDEN_MS = 100;

export const browserFrames: Frames = (run) => {
  const cancel = () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
  const once = () => {
    cancel();
    run();
  };
  const frame = requestAnimationFrame(once);
  const timer = setTimeout(once, HIDDEN_MS);
  return cancel;
};

/** What comes later than this after the last is alone: at 60 frames a second another frame was drawn meanwhile. */
const FRAME_MS = 17;

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

  /** What waits is done now. */
  flush(): void {
    if (this.#waiting.length === 0) return;
    const items = this.#waiting;
    this.#waiting = [];
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
      this.flush();
    });
  }
}
