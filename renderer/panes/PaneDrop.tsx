// Over a pane while a tab is dragged: where it would go, and the drop.
import { useRef, useState } from 'react';
import { useDrop } from 'react-aria-components';
import type { Area, Side } from './pane-layout.ts';
import { sideAt } from './pane-layout.ts';
import { styleOf } from './pane-style.ts';
import { TAB_TYPE } from './PaneTabs.tsx';

/** As `--pane-head` in panes.css. */
const HEAD_PX = 34;

export interface PaneDropProps {
  area: Area;
  onDrop: (side: Side) => void;
}

export function PaneDrop({ area, onDrop }: PaneDropProps) {
  const ref = useRef<HTMLDivElement>(null);
  const [side, setSide] = useState<Side | null>(null);
  const sideOf = ({ x, y }: { x: number; y: number }) => {
    const { width = 0, height = 0 } = ref.current?.getBoundingClientRect() ?? {};
    // Among the tabs it joins them.
    return y < HEAD_PX ? 'middle' : sideAt(x, y, width, height);
  };
  const { dropProps } = useDrop({
    ref,
    getDropOperation: (types) => (types.has(TAB_TYPE) ? 'move' : 'cancel'),
    onDropMove: (place) => setSide(sideOf(place)),
    onDropExit: () => setSide(null),
    onDrop: (place) => {
      setSide(null);
      onDrop(sideOf(place));
    },
  });
  return (
    <div {...dropProps} ref={ref} className="pane-drop" style={styleOf(area)}>
      {side && <div className="pane-drop-place" data-side={side} />}
    </div>
  );
}
