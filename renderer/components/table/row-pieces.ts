// Which rows are drawn whole: those that come into sight together get their cells some with each frame, the others stand empty until then.
import { useEffect, useState } from 'react';
import { browserFrames } from '../frames.ts';

export class RowPieces {
  #whole: ReadonlySet<string> = new Set();

  /** Of the rows that are drawn now: those that were whole, and so many more. Others are forgotten. */
  next(drawn: readonly string[], most: number): { whole: ReadonlySet<string>; isMore: boolean } {
    const fresh = drawn.filter((key) => !this.#whole.has(key));
    const now = new Set(fresh.slice(0, most));
    this.#whole = new Set(drawn.filter((key) => this.#whole.has(key) || now.has(key)));
    return { whole: this.#whole, isMore: fresh.length > most };
  }
}

/** Those of `drawn` that are drawn whole now; the table is drawn again with the next frame while some wait. */
export function useRowPieces(drawn: readonly string[], most: number): ReadonlySet<string> {
  const [pieces] = useState(() => new RowPieces());
  const [frame, setFrame] = useState(0);
  const { whole, isMore } = pieces.next(drawn, most);
  useEffect(() => (isMore ? browserFrames(() => setFrame(frame + 1)) : undefined), [isMore, frame]);
  return whole;
}
