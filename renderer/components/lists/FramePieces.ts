// What comes into sight of a long list, a piece with each frame: many cards or rows that come together do not hold up a frame.
import type { Key } from 'react-aria-components';
import type { LayoutInfo, Rect } from 'react-aria-components/Virtualizer';
import { browserFrames } from '../frames.ts';

/** What it needs to know of react-aria's virtualizer. */
export interface Drawn {
  visibleRect: Rect;
  getVisibleView(key: Key): unknown;
  invalidate(change: { offsetChanged: true }): void;
}

export class FramePieces {
  readonly #frames: (run: () => void) => void;
  /** Those that are made in this frame. */
  readonly #begun = new Set<Key>();
  #isFrameAwaited = false;
  #isMoreWanted = false;

  /** `frames`: calls once at the next frame. */
  constructor(frames: (run: () => void) => void = browserFrames) {
    this.#frames = frames;
  }

  /** Those that wait: what is new and more than a piece, for which `drawn` is asked again with the next frames. What is seen comes first. */
  waiting(drawn: Drawn, infos: readonly LayoutInfo[], piece: number): ReadonlySet<LayoutInfo> {
    const { visibleRect } = drawn;
    const isSeen = ({ rect }: LayoutInfo) => rect.intersects(visibleRect);
    const fresh = infos
      .filter(({ key }) => !drawn.getVisibleView(key) && !this.#begun.has(key))
      .sort((a, b) => Number(isSeen(b)) - Number(isSeen(a)));
    if (fresh.length === 0) return new Set();
    const now = Math.max(0, piece - this.#begun.size);
    for (const { key } of fresh.slice(0, now)) this.#begun.add(key);
    const later = new Set(fresh.slice(now));
    this.#awaitFrame(drawn, later.size > 0);
    return later;
  }

  /** Whatever asks again before the next frame (what was measured, a further turn of the wheel) gets no other piece. */
  #awaitFrame(drawn: Drawn, isMoreWanted: boolean): void {
    this.#isMoreWanted ||= isMoreWanted;
    if (this.#isFrameAwaited) return;
    this.#isFrameAwaited = true;
    this.#frames(() => {
      const isMore = this.#isMoreWanted;
      this.#isFrameAwaited = this.#isMoreWanted = false;
      this.#begun.clear();
      if (isMore) drawn.invalidate({ offsetChanged: true });
    });
  }
}
