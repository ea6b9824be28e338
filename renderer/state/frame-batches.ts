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

export class FrameBatches<Item> {
  readonly #apply: (items: readonly Item[]) => void;
  readonly #frames: Frames | null;
  #waiting: Item[] = [];
  /** Prevents the next frame; null: there was none lately. */
  #cancelFrame: (() => void) | null = null;

  /** `frames`: null where nothing is drawn; then nothing waits. */
  constructor(apply: (items: readonly Item[]) => void, frames: Frames | null) {
    this.#apply = apply;
    this.#frames = frames;
  }

  add(item: Item): void {
    if (this.#cancelFrame) {
      this.#waiting.push(item);
      return;
    }
    this.#await();
    this.#apply([item]);
  }

  /** What waits is done now. */
  flush(): void {
    if (this.#waiting.length === 0) return;
    const items = this.#waiting;
    this.#waiting = [];
    this.#apply(items);
  }

  /** Forgets what waits. */
  stop(): void {
    this.#cancelFrame?.();
    this.#cancelFrame = null;
    this.#waiting = [];
  }

  #await(): void {
    if (!this.#frames) return;
    this.#cancelFrame = this.#frames(() => {
      this.#cancelFrame = null;
      if (this.#waiting.length === 0) return;
      this.#await();
      this.flush();
    });
  }
}
