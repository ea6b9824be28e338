// The line between two panes: dragged by pointer, moved by arrow keys.
import { type KeyboardEvent, type PointerEvent, useRef } from 'react';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import type { Area, Split } from './pane-layout.ts';
import { styleOf } from './pane-style.ts';

const STEP = 0.05;

export interface PaneDividerProps {
  split: Split;
  /** What it divides. */
  area: Area;
  /** The element that the areas are parts of. */
  page: () => DOMRect | undefined;
}

export function PaneDivider({ split, area, page }: PaneDividerProps) {
  const { panes } = useStores();
  const t = useWords();
  const isHeld = useRef(false);
  const { id, direction, share } = split;
  const isRow = direction === 'row';
  const line = isRow
    ? { left: area.left + area.width * share, top: area.top, width: 0, height: area.height }
    : { left: area.left, top: area.top + area.height * share, width: area.width, height: 0 };

  const follow = (event: PointerEvent) => {
    const rect = isHeld.current ? page() : undefined;
    if (!rect || rect.width === 0 || rect.height === 0) return;
    const at = isRow ? (event.clientX - rect.left) / rect.width : (event.clientY - rect.top) / rect.height;
    panes.resize(id, isRow ? (at - area.left) / area.width : (at - area.top) / area.height);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -STEP, ArrowUp: -STEP, ArrowRight: STEP, ArrowDown: STEP }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    panes.resize(id, share + by);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: an hr can't be moved
    <div
      role="separator"
      tabIndex={0}
      aria-label={t('panes.divider')}
      aria-orientation={isRow ? 'vertical' : 'horizontal'}
      aria-valuenow={Math.round(share * 100)}
      aria-valuemin={15}
      aria-valuemax={85}
      className="pane-divider"
      data-direction={direction}
      style={styleOf(line)}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        isHeld.current = true;
        // A guest's screen on the way takes no part in it.
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={follow}
      onPointerUp={() => {
        isHeld.current = false;
      }}
      onPointerCancel={() => {
        isHeld.current = false;
      }}
    />
  );
}
