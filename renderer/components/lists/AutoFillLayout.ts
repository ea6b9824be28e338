// A layout for react-aria's Virtualizer that places items as CSS does with `grid-template-columns: repeat(auto-fill,
// minmax(…, 1fr))`, so that a board looks the same whether it is drawn whole or in part. react-aria's own GridLayout has other
// margins and rounds widths. The list may scroll with its page; it has no scroll bar of its own.
import type { DropTarget, Key } from 'react-aria-components';
import { Layout, LayoutInfo, Point, Rect, Size, type WaterfallLayout } from 'react-aria-components/Virtualizer';
import { FramePieces } from './FramePieces.ts';

export interface AutoFillOptions {
  /** Least width of a column, in px. */
  minWidth: number;
  /** Between columns and between rows, in px. */
  gap: number;
  /** Height of an item that was not measured yet, in px; later the mean of those that were is taken. */
  height: number;
  /** Items of a row are as high as the highest of them. */
  stretch?: boolean;
  /** How many items are made in one piece of work; those in sight first, the others one frame later. Default: 4. */
  piece?: number;
}

const PIECE = 4;

interface GridRow {
  top: number;
  height: number;
}

/** react-aria's type of what a collection holds, which it does not export. */
type Item = WaterfallLayout<object> extends Layout<infer Node> ? Node : never;
type Update = Parameters<Layout<Item, AutoFillOptions>['update']>[0];

export class AutoFillLayout extends Layout<Item, AutoFillOptions> {
  #options: AutoFillOptions = { minWidth: 200, gap: 12, height: 200 };
  #width = 0;
  #columns = 1;
  #itemWidth = 0;
  #keys: Key[] = [];
  #indexOf = new Map<Key, number>();
  #rows: GridRow[] = [];
  readonly #measured = new Map<Key, number>();
  readonly #made = new Map<Key, LayoutInfo>();
  readonly #pieces: FramePieces;

  /** `frames`: calls once at the next frame; default: as the browser draws. */
  constructor(frames?: (run: () => void) => void) {
    super();
    this.#pieces = new FramePieces(frames);
  }

  override shouldInvalidateLayoutOptions(next: AutoFillOptions, before: AutoFillOptions): boolean {
    return next.minWidth !== before.minWidth || next.gap !== before.gap || next.stretch !== before.stretch;
  }

  override update({ layoutOptions }: Update): void {
    if (!this.virtualizer) return;
    if (layoutOptions) this.#options = layoutOptions;
    const { collection, size } = this.virtualizer;
    const { minWidth, gap } = this.#options;
    this.#columns = Math.max(1, Math.floor((size.width + gap) / (minWidth + gap)));
    const itemWidth = Math.max(0, (size.width - gap * (this.#columns - 1)) / this.#columns);
    // Another width makes other heights: a picture keeps its proportions.
    if (itemWidth !== this.#itemWidth) this.#measured.clear();
    this.#itemWidth = itemWidth;
    this.#width = size.width;
    this.#keys = [...collection.getKeys()];
    this.#indexOf = new Map(this.#keys.map((key, index) => [key, index]));
    for (const key of this.#measured.keys()) if (!this.#indexOf.has(key)) this.#measured.delete(key);
    this.#made.clear();
    this.#placeRows();
  }

  #placeRows(): void {
    const { gap } = this.#options;
    const unknown = this.#estimate();
    const count = Math.ceil(this.#keys.length / this.#columns);
    let top = 0;
    this.#rows = Array.from({ length: count }, (_, row) => {
      const keys = this.#keys.slice(row * this.#columns, (row + 1) * this.#columns);
      const height = Math.max(...keys.map((key) => this.#measured.get(key) ?? unknown));
      const placed = { top, height };
      top += height + gap;
      return placed;
    });
  }

  #estimate(): number {
    if (this.#measured.size === 0) return this.#options.height;
    let sum = 0;
    for (const height of this.#measured.values()) sum += height;
    return Math.round(sum / this.#measured.size);
  }

  override getLayoutInfo(key: Key): LayoutInfo | null {
    const index = this.#indexOf.get(key);
    const row = index === undefined ? undefined : this.#rows[Math.floor(index / this.#columns)];
    if (index === undefined || !row) return null;
    const known = this.#made.get(key);
    if (known) return known;
    const measured = this.#measured.get(key);
    const x = (index % this.#columns) * (this.#itemWidth + this.#options.gap);
    const height = this.#options.stretch ? row.height : (measured ?? row.height);
    const info = new LayoutInfo('item', key, new Rect(x, row.top, this.#itemWidth, height));
    info.allowOverflow = true;
    this.#made.set(key, info);
    return info;
  }

  override getVisibleLayoutInfos({ y, maxY }: Rect): LayoutInfo[] {
    const first = this.#firstRowBelow(y);
    let last = first;
    while (last < this.#rows.length && (this.#rows[last]?.top ?? 0) < maxY) last++;
    const indices = new Set<number>();
    for (let index = first * this.#columns; index < Math.min(last * this.#columns, this.#keys.length); index++) {
      indices.add(index);
    }
    // What has the focus or is aimed at by keyboard stays in the document wherever it is.
    for (const key of this.virtualizer?.persistedKeys ?? []) {
      const index = this.#indexOf.get(key);
      if (index !== undefined) indices.add(index);
    }
    const infos = [...indices]
      .sort((a, b) => a - b)
      .flatMap((index) => {
        const key = this.#keys[index];
        return key === undefined ? [] : (this.getLayoutInfo(key) ?? []);
      });
    return this.#inPieces(infos);
  }

  #inPieces(infos: LayoutInfo[]): LayoutInfo[] {
    const { virtualizer } = this;
    if (!virtualizer) return infos;
    const mayWait = infos.filter(({ key }) => !virtualizer.persistedKeys.has(key));
    const waiting = this.#pieces.waiting(virtualizer, mayWait, this.#options.piece ?? PIECE);
    return waiting.size === 0 ? infos : infos.filter((info) => !waiting.has(info));
  }

  /** The first row whose lower edge is below `y`, by halving. */
  #firstRowBelow(y: number): number {
    let [low, high] = [0, this.#rows.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const row = this.#rows[middle];
      if (row && row.top + row.height <= y) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  override getContentSize(): Size {
    const last = this.#rows.at(-1);
    return new Size(this.#width, last ? last.top + last.height : 0);
  }

  override updateItemSize(key: Key, { height }: Size): boolean {
    if (!this.#indexOf.has(key) || this.#measured.get(key) === height) return false;
    const placed = this.getLayoutInfo(key);
    this.#measured.set(key, height);
    if (!placed || placed.rect.height !== height) return true;
    // As was guessed: nothing moves, and nothing needs to be placed anew.
    return false;
  }

  /** Whether an item that is shown `height` px high is to be measured: it was not, or it is not as high as its place. */
  isToMeasure(key: Key, height: number): boolean {
    const placed = this.getLayoutInfo(key);
    // Places are whole px high, items may have parts of one.
    return placed !== null && (!this.#measured.has(key) || Math.abs(placed.rect.height - height) >= 1);
  }

  /** Items are dropped on, never between. `x` and `y` are counted from the list's corner, also when its page is scrolled. */
  getDropTargetFromPoint(x: number, y: number, isValid: (target: DropTarget) => boolean): DropTarget {
    const row = this.#firstRowBelow(y);
    const column = Math.floor(x / (this.#itemWidth + this.#options.gap));
    const key = column >= 0 && column < this.#columns ? this.#keys[row * this.#columns + column] : undefined;
    const rect = key === undefined ? null : this.getLayoutInfo(key)?.rect;
    if (key === undefined || !rect?.containsPoint(new Point(x, y))) return { type: 'root' };
    const target = { type: 'item', key, dropPosition: 'on' } as const;
    return isValid(target) ? target : { type: 'root' };
  }

  /** The item a page (the visible height) further down or up in the same column; the last or the first at the ends. */
  pageFrom(key: Key, direction: 1 | -1): Key | null {
    const index = this.#indexOf.get(key);
    const from = index === undefined ? undefined : this.#rows[Math.floor(index / this.#columns)];
    if (index === undefined || !from) return null;
    const page = Math.max(1, this.virtualizer?.visibleRect.height ?? 0);
    const row = this.#firstRowBelow(Math.max(0, from.top + direction * page));
    const wanted = row * this.#columns + (index % this.#columns);
    const next = direction === 1 ? Math.max(wanted, index + this.#columns) : Math.min(wanted, index - this.#columns);
    return this.#keys[Math.max(0, Math.min(this.#keys.length - 1, next))] ?? null;
  }
}
