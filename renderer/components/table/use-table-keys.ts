// The keys of a table: arrows, Home, End and pages move; Space selects, with Shift all up to it, Ctrl-A all, Escape none; Enter opens; the right arrow goes into a
// row, the arrow up from the first one into the head; letters find a name; Tab leaves.
import { type KeyboardEvent, type RefObject, useRef } from 'react';
import { isTyping } from '../typing.ts';
import type { ShownKeys } from './picks.ts';
import { isPressable, rowOf, sameCell, stopsIn } from './stops.ts';
import type { TableProps } from './table-model.ts';
import type { TableVerbs } from './table-verbs.ts';
import type { TableFocus } from './use-table-focus.ts';

/** Letters typed within this time belong to one name. */
const TYPED_WITHIN_MS = 1000;
/** Of a page, rows that stay in sight when another is turned to. */
const KEPT_ROWS = 4;

export interface TableKeys extends Pick<TableProps, 'rowHeight' | 'nameOf' | 'selection'> {
  shown: ShownKeys;
  grid: RefObject<HTMLElement | null>;
  focus: TableFocus;
  verbs: TableVerbs;
}

export function useTableKeys(table: TableKeys): (event: KeyboardEvent, target: HTMLElement) => void {
  const { shown, selection, focus, verbs, nameOf } = table;
  const { keys, places } = shown;
  const typed = useRef({ text: '', at: 0 });

  /** Moves to a row, and selects as the keys say that are held. */
  const move = (event: KeyboardEvent, key: string | undefined) => {
    if (key === undefined) return;
    event.preventDefault();
    focus.focusRow(key);
    if (event.shiftKey) verbs.extend(key);
    else if (selection?.behavior === 'replace' && !event.ctrlKey && !event.metaKey) verbs.only(key);
  };
  const moveBy = (event: KeyboardEvent, target: HTMLElement, place: number, step: 1 | -1) => {
    const next = keys[place + step];
    const isOnRow = target === rowOf(target);
    if (next === undefined && step < 0) {
      event.preventDefault();
      const head = table.grid.current?.querySelector('.table-head [role="row"]');
      if (head) (isOnRow ? stopsIn(head)[0] : sameCell(target, head))?.focus();
      return;
    }
    const row = isOnRow || next === undefined ? null : focus.elementOf(next);
    const cell = row && sameCell(target, row);
    if (!cell) return move(event, next);
    event.preventDefault();
    cell.focus();
  };
  const find = (event: KeyboardEvent, place: number) => {
    if (event.key.length !== 1 || event.ctrlKey || event.metaKey) return;
    const { text, at } = typed.current;
    const goesOn = event.timeStamp - at < TYPED_WITHIN_MS;
    const wanted = (goesOn ? text : '') + event.key.toLowerCase();
    typed.current = { text: wanted, at: event.timeStamp };
    // More letters may be of the name that has the focus already.
    const begin = goesOn ? place : place + 1;
    const found = [...keys.slice(begin), ...keys.slice(0, begin)].find((key) =>
      nameOf(key).toLowerCase().startsWith(wanted),
    );
    if (found !== undefined) focus.focusRow(found);
  };
  const sideways = (event: KeyboardEvent, target: HTMLElement, row: HTMLElement) => {
    const stops = row.dataset['key'] === undefined ? stopsIn(row) : [row, ...stopsIn(row)];
    event.preventDefault();
    stops[stops.indexOf(target) + (event.key === 'ArrowRight' ? 1 : -1)]?.focus();
  };
  const inRow = (event: KeyboardEvent, target: HTMLElement, key: string) => {
    const place = places.get(key) ?? 0;
    const page = Math.max(1, Math.floor(window.innerHeight / table.rowHeight) - KEPT_ROWS);
    if (event.key === 'ArrowDown') moveBy(event, target, place, 1);
    else if (event.key === 'ArrowUp') moveBy(event, target, place, -1);
    else if (event.key === 'Home') move(event, keys[0]);
    else if (event.key === 'End') move(event, keys.at(-1));
    else if (event.key === 'PageDown') move(event, keys[Math.min(keys.length - 1, place + page)]);
    else if (event.key === 'PageUp') move(event, keys[Math.max(0, place - page)]);
    else if (isPressable(target)) return;
    else if (event.key === 'Enter') {
      event.preventDefault();
      verbs.open(key);
    } else if (event.key === ' ') {
      event.preventDefault();
      verbs.pick(key, event);
    } else find(event, place);
  };
  const inHead = (event: KeyboardEvent, target: HTMLElement) => {
    if (event.key === 'ArrowDown') move(event, keys[0]);
    else if ((event.key === 'Enter' || event.key === ' ') && verbs.sortBy(target)) event.preventDefault();
  };
  const forAll = (event: KeyboardEvent): (() => void) | null => {
    if (!selection) return null;
    if (event.key === 'Escape' && selection.selected.size > 0) return verbs.none;
    return event.key.toLowerCase() === 'a' && (event.ctrlKey || event.metaKey) ? verbs.all : null;
  };

  return (event, target) => {
    if (isTyping(target) || event.altKey) return;
    if (event.key === 'Tab') return focus.leave(event.shiftKey);
    const ofAll = forAll(event);
    if (ofAll) {
      event.preventDefault();
      event.stopPropagation();
      return ofAll();
    }
    const row = rowOf(target);
    if (!row) return;
    const key = row.dataset['key'];
    if (event.key === 'ArrowRight' || event.key === 'ArrowLeft') sideways(event, target, row);
    else if (key === undefined) inHead(event, target);
    else inRow(event, target, key);
  };
}
