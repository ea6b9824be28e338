// The listeners of a table: one of each kind for all of its rows. What menus and dialogs of a row hand up through React is none of theirs.
import type { FocusEvent, KeyboardEvent, MouseEvent, PointerEvent, RefObject, SyntheticEvent } from 'react';
import { isPressable, rowOf } from './stops.ts';
import type { TableProps } from './table-model.ts';
import type { TableVerbs } from './table-verbs.ts';
import type { TableFocus } from './use-table-focus.ts';

export interface Listening extends Pick<TableProps, 'selection' | 'onOpen'> {
  grid: RefObject<HTMLElement | null>;
  focus: TableFocus;
  verbs: TableVerbs;
  onKey: (event: KeyboardEvent, target: HTMLElement) => void;
}

export function useTableHandlers({ grid, selection, onOpen, focus, verbs, onKey }: Listening) {
  const own = ({ target }: SyntheticEvent): HTMLElement | null => {
    if (!(target instanceof Element) || !grid.current?.contains(target)) return null;
    // A picture in a button, say.
    return target instanceof HTMLElement ? target : target.parentElement;
  };
  const keyOf = (target: Element) => rowOf(target)?.dataset['key'] ?? null;
  return {
    onKeyDown(event: KeyboardEvent) {
      const target = own(event);
      if (target) onKey(event, target);
    },
    onMouseDown(event: MouseEvent) {
      const target = own(event);
      const key = target && !isPressable(target) ? keyOf(target) : null;
      if (key === null || event.button !== 0) return;
      // Text would be selected by the same movement.
      event.preventDefault();
      focus.focusRow(key);
      if (selection?.behavior === 'replace') verbs.pick(key, event);
    },
    onClick(event: MouseEvent) {
      const target = own(event);
      if (!target) return;
      if (target.matches('.pick input')) return verbs.pickByBox(keyOf(target), event);
      if (isPressable(target)) return;
      const key = keyOf(target);
      if (key === null) verbs.sortBy(target.closest('[data-column]'));
      else if (selection?.behavior === 'toggle' && (event.shiftKey || event.ctrlKey || event.metaKey))
        verbs.pick(key, event);
      else if (selection?.behavior !== 'replace') verbs.open(key);
    },
    onDoubleClick(event: MouseEvent) {
      const target = own(event);
      const key = target && !isPressable(target) ? keyOf(target) : null;
      if (key !== null && selection?.behavior === 'replace') onOpen(key);
    },
    onFocus(event: FocusEvent) {
      const target = own(event);
      if (target) focus.onFocus(target);
    },
    onBlur: (event: FocusEvent) => focus.onBlur(event),
    // A mark in the document, for which nothing is drawn anew.
    onPointerOver(event: PointerEvent) {
      const target = own(event);
      const row = target && rowOf(target);
      if (row?.dataset['key'] !== undefined && event.pointerType !== 'touch') row.dataset['hovered'] = 'true';
    },
    onPointerOut(event: PointerEvent) {
      const target = own(event);
      const row = target && rowOf(target);
      const isStill = event.relatedTarget instanceof Node && row?.contains(event.relatedTarget);
      if (row && !isStill) delete row.dataset['hovered'];
    },
  };
}
