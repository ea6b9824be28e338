// The layout of a long table: react-aria's, but rows that come into sight are made some with each frame, those that are seen first.
import { TableLayout } from 'react-aria-components';
import type { LayoutInfo, Rect } from 'react-aria-components/Virtualizer';
import { FramePieces } from './FramePieces.ts';

/** A row is some 3 to 5 ms. */
const PIECE = 6;

export class RowLayout extends TableLayout<object> {
  readonly #pieces = new FramePieces();

  override getVisibleLayoutInfos(rect: Rect): LayoutInfo[] {
    const infos = super.getVisibleLayoutInfos(rect);
    const { virtualizer } = this;
    if (!virtualizer) return infos;
    // What has the focus, or has it in one of its cells, stays in the document wherever it is.
    const rows = infos.filter(({ type, key }) => type === 'row' && !virtualizer.isPersistedKey(key));
    const waiting = new Set([...this.#pieces.waiting(virtualizer, rows, PIECE)].map(({ key }) => key));
    if (waiting.size === 0) return infos;
    return infos.filter(({ key, parentKey }) => !waiting.has(key) && (parentKey === null || !waiting.has(parentKey)));
  }
}
