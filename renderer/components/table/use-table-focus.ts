// Where the focus is in a table: on one row, which Tab comes to; a row that is not drawn gets it once it is; and the neighbour of one that went away.
import { type FocusEvent, type RefObject, useLayoutEffect, useRef } from 'react';
import type { ShownKeys } from './picks.ts';
import { rowOf } from './stops.ts';

export interface TableFocus {
  focusRow: (key: string) => void;
  elementOf: (key: string) => HTMLElement | null;
  /** By Tab: to where the browser goes on from to what is beside the table. */
  leave: (isBackwards: boolean) => void;
  onFocus: (target: HTMLElement) => void;
  onBlur: (event: FocusEvent) => void;
  /** Of what stands after the table. */
  onEndFocus: () => void;
}

export interface FocusState {
  shown: ShownKeys;
  selected: ReadonlySet<string>;
  grid: RefObject<HTMLElement | null>;
  /** After the table. */
  end: RefObject<HTMLElement | null>;
  focused: string | null;
  setFocused: (key: string) => void;
  isWithin: boolean;
  setWithin: (isWithin: boolean) => void;
}

export function useTableFocus(state: FocusState): TableFocus {
  const { shown, selected, grid, end, focused, setFocused, isWithin, setWithin } = state;
  const wanted = useRef<string | null>(null);
  const isLeaving = useRef(false);
  const lastPlace = useRef(0);

  const elementOf = (key: string) => {
    const rows = grid.current?.querySelectorAll<HTMLElement>('[data-key]') ?? [];
    return [...rows].find((row) => row.dataset['key'] === key) ?? null;
  };
  const settle = () => {
    const row = wanted.current === null ? null : elementOf(wanted.current);
    if (!row) return;
    wanted.current = null;
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: 'nearest' });
  };
  const focusRow = (key: string) => {
    wanted.current = key;
    setFocused(key);
    settle();
  };
  useLayoutEffect(settle);
  useLayoutEffect(() => {
    const place = focused === null ? undefined : shown.places.get(focused);
    if (place !== undefined) lastPlace.current = place;
    const next = shown.keys[Math.min(lastPlace.current, shown.keys.length - 1)];
    if (focused === null || place !== undefined || next === undefined) return;
    const isLost = document.activeElement === null || document.activeElement === document.body;
    if (isLost && isWithin) focusRow(next);
    else setFocused(next);
  });
  const enter = () => {
    const current = focused !== null && shown.places.has(focused) ? focused : null;
    const key = current ?? shown.keys.find((one) => selected.has(one)) ?? shown.keys[0];
    if (key !== undefined) focusRow(key);
  };
  return {
    focusRow,
    elementOf,
    leave(isBackwards) {
      isLeaving.current = true;
      (isBackwards ? grid : end).current?.focus({ preventScroll: true });
    },
    onFocus(target) {
      setWithin(true);
      const key = rowOf(target)?.dataset['key'];
      if (key !== undefined) setFocused(key);
      else if (target === grid.current && !isLeaving.current) enter();
      isLeaving.current = false;
    },
    onBlur({ relatedTarget }) {
      if (!(relatedTarget instanceof Node && grid.current?.contains(relatedTarget))) setWithin(false);
    },
    onEndFocus() {
      if (!isLeaving.current) enter();
      isLeaving.current = false;
    },
  };
}
