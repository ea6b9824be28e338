// Page Up and Page Down in a long grid list that scrolls with its page. react-aria takes a list that does not scroll by
// itself for one that is wholly seen, and goes to its end.
import { useEffect, useRef } from 'react';
import type { GridListRenderProps } from 'react-aria-components';
import type { AutoFillLayout } from './AutoFillLayout.ts';

type ListState = GridListRenderProps['state'];

/** `ref` and `className` go to the list. */
export function usePageKeys(layout: AutoFillLayout, className: string, isLong: boolean) {
  const ref = useRef<HTMLDivElement>(null);
  const state = useRef<ListState | null>(null);
  useEffect(() => {
    const list = ref.current;
    if (!list || !isLong) return;
    const onKey = (event: KeyboardEvent) => {
      const direction = event.key === 'PageDown' ? 1 : event.key === 'PageUp' ? -1 : null;
      const manager = state.current?.selectionManager;
      if (direction === null || !manager || manager.focusedKey === null || event.ctrlKey || event.altKey) return;
      const key = layout.pageFrom(manager.focusedKey, direction);
      if (key === null) return;
      event.preventDefault();
      event.stopPropagation();
      manager.setFocused(true);
      manager.setFocusedKey(key);
      if (event.shiftKey && manager.selectionMode === 'multiple') manager.extendSelection(key);
      else if (manager.selectionBehavior === 'replace') manager.replaceSelection(key);
    };
    list.addEventListener('keydown', onKey);
    return () => list.removeEventListener('keydown', onKey);
  }, [layout, isLong]);
  return {
    ref,
    className: (props: GridListRenderProps) => {
      state.current = props.state;
      return className;
    },
  };
}
