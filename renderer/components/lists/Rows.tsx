// Rows that are read and have buttons in them (no selection, no dragging): all of them while they are few, otherwise those in
// sight, by TanStack Virtual. The rows scroll with whatever scrolls around them; the others are gaps of their height.
import { defaultRangeExtractor, type Range, useVirtualizer } from '@tanstack/react-virtual';
import { type FocusEvent, type ReactNode, useLayoutEffect, useRef, useState } from 'react';
import { useIsLong } from './long-list.ts';

/** To be spread over the element of a row. */
export interface RowPlace {
  ref?: (element: HTMLElement | null) => void;
  'data-index'?: number;
  'aria-posinset'?: number;
  'aria-setsize'?: number;
}

export interface RowsProps<Item> {
  items: readonly Item[];
  keyOf: (item: Item) => string;
  /** Height of a row that was not measured yet, in px. */
  height: number;
  /** How many things the rows show; default: one each. */
  count?: number;
  className?: string;
  label?: string;
  /** Default: a list; `none` where the rows stand in a group of their own. */
  role?: 'list' | 'none';
  /** New rows are read out. Not in a long list, where rows come by scrolling. */
  isLive?: boolean;
  children: (item: Item, place: RowPlace) => ReactNode;
}

export function Rows<Item>({
  className = 'rows',
  label,
  role = 'list',
  count,
  isLive = false,
  ...rows
}: RowsProps<Item>) {
  const isLong = useIsLong(count ?? rows.items.length);
  if (isLong) return <LongRows className={className} label={label} role={role} {...rows} />;
  const content = rows.items.map((item) => rows.children(item, {}));
  if (role === 'none') return <div className={className}>{content}</div>;
  return (
    <ul className={className} aria-label={label} {...(isLive && { 'aria-live': 'polite' })}>
      {content}
    </ul>
  );
}

const OVERSCAN = 8;

function LongRows<Item>({
  items,
  keyOf,
  height,
  className,
  label,
  role,
  children,
}: Omit<RowsProps<Item>, 'label' | 'count' | 'isLive'> & { label: string | undefined }) {
  const list = useRef<HTMLElement | null>(null);
  const [scrollMargin, setScrollMargin] = useState(0);
  const [focused, setFocused] = useState<number | null>(null);
  // oxlint-disable-next-line react/incompatible-library -- nothing of it is handed to anything that is memoized
  const virtualizer = useVirtualizer({
    count: items.length,
    getScrollElement: () => scrollerOf(list.current),
    estimateSize: () => height,
    getItemKey: (index) => keyAt(items, index, keyOf),
    // The row that has the focus stays, wherever the wheel goes.
    rangeExtractor: (range) => withFocused(range, focused),
    overscan: OVERSCAN,
    scrollMargin,
    useFlushSync: false,
  });
  const first = virtualizer.getVirtualItems()[0]?.index;
  // What stands above the rows may have grown since: looked at whenever others come into sight.
  // biome-ignore lint/correctness/useExhaustiveDependencies: they are when to measure, not what from
  useLayoutEffect(() => {
    const margin = offsetIn(scrollerOf(list.current), list.current);
    if (Math.abs(margin - scrollMargin) >= 1) setScrollMargin(margin);
  }, [first, items.length, scrollMargin]);
  const onFocus = ({ target }: FocusEvent) => setFocused(rowAround(target, list.current));
  const content: ReactNode[] = [];
  let end = scrollMargin;
  const gap = (key: string, size: number) => {
    if (size > 0) content.push(<Gap key={key} role={role} height={size} />);
  };
  for (const row of virtualizer.getVirtualItems()) {
    const item = items[row.index];
    if (item === undefined) continue;
    gap(`before ${row.key}`, row.start - end);
    content.push(
      children(item, {
        ref: virtualizer.measureElement,
        'data-index': row.index,
        ...(role === 'list' && { 'aria-posinset': row.index + 1, 'aria-setsize': items.length }),
      }),
    );
    end = row.end;
  }
  gap('last', scrollMargin + virtualizer.getTotalSize() - end);
  const props = { className, onFocus, onBlur: () => setFocused(null), 'data-long': true };
  const place = (element: HTMLElement | null) => {
    list.current = element;
  };
  if (role === 'none') {
    return (
      <div ref={place} {...props}>
        {content}
      </div>
    );
  }
  return (
    <ul ref={place} aria-label={label} {...props}>
      {content}
    </ul>
  );
}

function Gap({ role, height }: { role: RowsProps<unknown>['role']; height: number }) {
  if (role === 'none') return <div className="rows-gap" style={{ height }} />;
  // No item of the list, and a list has nothing else.
  return <li className="rows-gap" aria-hidden="true" style={{ height }} />;
}

/** What scrolls around an element; null when nothing does. */
function scrollerOf(element: HTMLElement | null): HTMLElement | null {
  for (let around = element; around; around = around.parentElement) {
    if (/auto|scroll/.test(getComputedStyle(around).overflowY)) return around;
  }
  return null;
}

/** How far below the upper edge of what is scrolled an element begins, in px. */
function offsetIn(scroller: HTMLElement | null, element: HTMLElement | null): number {
  // One that scrolls its own content begins at its own upper edge, wherever it has been scrolled to.
  if (!scroller || !element || scroller === element) return 0;
  const top = element.getBoundingClientRect().top + Number.parseFloat(getComputedStyle(element).borderTopWidth);
  return top - scroller.getBoundingClientRect().top + scroller.scrollTop;
}

/** With the focused row and its neighbours, so that Tab finds the next one however fast it is pressed. */
function withFocused(range: Range, focused: number | null): number[] {
  const indices = defaultRangeExtractor(range);
  if (focused === null || focused >= range.count) return indices;
  const near = [focused - 1, focused, focused + 1].filter((index) => index >= 0 && index < range.count);
  return [...new Set([...indices, ...near])].sort((one, other) => one - other);
}

/** The row of `list` that an element is in. A row may have a list of rows of its own. */
function rowAround(element: Element, list: Element | null): number | null {
  let row: Element | null = element;
  while (row && row.parentElement !== list) row = row.parentElement;
  const index = row?.getAttribute('data-index') ?? null;
  return index === null ? null : Number(index);
}

function keyAt<Item>(items: readonly Item[], index: number, keyOf: (item: Item) => string): string {
  const item = items[index];
  return item === undefined ? String(index) : keyOf(item);
}
