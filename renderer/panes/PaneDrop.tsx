// Over a pane while a tab is dragged: where it would go, beside the pane or among its tabs, and the drop.
import { useRef, useState } from 'react';
import { useDrop } from 'react-aria-components';
import type { Area, Pane, Place } from './pane-layout.ts';
import { sideAt } from './pane-layout.ts';
import { styleOf } from './pane-style.ts';
import { TAB_TYPE, tabElementId } from './PaneTabs.tsx';

/** As `--pane-head` in panes.css. */
const HEAD_PX = 34;

/** `x`: of the line that shows where among the tabs. */
type Hovered = Place & { x?: number };

export interface PaneDropProps {
  pane: Pane;
  area: Area;
  onDrop: (place: Place) => void;
}

export function PaneDrop({ pane, area, onDrop }: PaneDropProps) {
  const ref = useRef<HTMLDivElement>(null);
  const [hovered, setHovered] = useState<Hovered | null>(null);
  const placeAt = ({ x, y }: { x: number; y: number }): Hovered => {
    const { left = 0, width = 0, height = 0 } = ref.current?.getBoundingClientRect() ?? {};
    if (y >= HEAD_PX) return { paneId: pane.id, side: sideAt(x, y, width, height) };
    return { paneId: pane.id, side: 'middle', ...amongTabs(pane, left, x) };
  };
  const { dropProps } = useDrop({
    ref,
    getDropOperation: (types) => (types.has(TAB_TYPE) ? 'move' : 'cancel'),
    onDropMove: (place) => setHovered(placeAt(place)),
    onDropExit: () => setHovered(null),
    onDrop: (point) => {
      setHovered(null);
      const { x: _, ...place } = placeAt(point);
      onDrop(place);
    },
  });
  return (
    <div {...dropProps} ref={ref} className="pane-drop" style={styleOf(area)}>
      {hovered?.x !== undefined && <div className="pane-drop-line" style={{ insetInlineStart: hovered.x }} />}
      {hovered && hovered.x === undefined && <div className="pane-drop-place" data-side={hovered.side} />}
    </div>
  );
}

/** Before the first tab whose middle is further on than the pointer, else at the end. */
function amongTabs({ tabs }: Pane, left: number, x: number): { before: string | null; x: number } {
  let end = 0;
  for (const { id } of tabs) {
    const tab = document.getElementById(tabElementId(id))?.getBoundingClientRect();
    if (!tab) continue;
    if (x < tab.left - left + tab.width / 2) return { before: id, x: Math.max(0, tab.left - left) };
    end = tab.right - left;
  }
  return { before: null, x: end };
}
