// The tabs of one pane. Dragged onto a pane they join it or split it, among its tabs they are put in order; keys do the same: arrows go
// along them, Ctrl-Shift with an arrow splits, with PageUp and PageDown moves, Delete closes.
import { X } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import type { KeyboardEvent } from 'react';
import { useDrag } from 'react-aria-components';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { shortVmName } from '../state/vm-name.ts';
import { isSecondClick } from './second-click.ts';
import type { Pane, PaneTab, Side } from './pane-layout.ts';

/** What travels with the pointer; which tab it is stays in the store, so that nothing dropped from outside is believed. */
export const TAB_TYPE = 'application/x-tt-pane-tab';

const sides: Readonly<Record<string, Side>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'top',
  ArrowDown: 'bottom',
};

const ways: Readonly<Record<string, 1 | -1>> = { PageUp: -1, PageDown: 1 };

export interface PaneTabsProps {
  pane: Pane;
  /** From 1, in reading order. */
  number: number;
  onMove: (id: string, side: Side) => void;
  /** Along these tabs. */
  onShift: (id: string, by: 1 | -1) => void;
  onClose: (id: string) => void;
}

export const PaneTabs = observer(function PaneTabs({ pane, number, onMove, onShift, onClose }: PaneTabsProps) {
  const { panes } = useStores();
  const t = useWords();
  const step = (from: PaneTab, by: number) => {
    const at = pane.tabs.findIndex(({ id }) => id === from.id);
    const next = pane.tabs[(at + by + pane.tabs.length) % pane.tabs.length];
    if (!next) return;
    panes.show(next.id);
    document.getElementById(tabElementId(next.id))?.focus();
  };
  const onKeyDown = (event: KeyboardEvent, tab: PaneTab) => {
    const [side, way] = [sides[event.key], ways[event.key]];
    if (event.ctrlKey && event.shiftKey && side) onMove(tab.id, side);
    else if (event.ctrlKey && event.shiftKey && way) onShift(tab.id, way);
    else if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    else if (event.key === 'ArrowRight') step(tab, 1);
    else if (event.key === 'ArrowLeft') step(tab, -1);
    else if (event.key === 'Delete') onClose(tab.id);
    else return;
    event.preventDefault();
  };
  // A list of tabs without one would be a mistake to a screen reader.
  if (pane.tabs.length === 0) return <div className="pane-tabs" />;
  return (
    <div role="tablist" aria-label={t('panes.tabs', { number })} className="pane-tabs">
      {pane.tabs.map((tab) => (
        <TabOfPane
          key={tab.id}
          tab={tab}
          isShown={tab.id === pane.shown}
          onShow={() => panes.show(tab.id)}
          onClose={() => onClose(tab.id)}
          onKeyDown={(event) => onKeyDown(event, tab)}
        />
      ))}
    </div>
  );
});

interface TabOfPaneProps {
  tab: PaneTab;
  isShown: boolean;
  onShow: () => void;
  onClose: () => void;
  onKeyDown: (event: KeyboardEvent) => void;
}

const TabOfPane = observer(function TabOfPane({ tab, isShown, onShow, onClose, onKeyDown }: TabOfPaneProps) {
  const { panes, vms } = useStores();
  const t = useWords();
  const known = vms.get(tab.vmId);
  const vm = known ? shortVmName(known.name) : tab.vmId;
  const label = t('panes.tab', { vm, env: tab.envName, kind: t(`textConsoles.tabs.${tab.tab}`) });
  const { dragProps } = useDrag({
    getItems: () => [{ [TAB_TYPE]: tab.id, 'text/plain': label }],
    // The keyboard's ways are those above: they do not need a target first.
    hasDragButton: true,
    onDragStart: () => panes.drag(tab.id),
    onDragEnd: () => panes.drag(null),
  });
  return (
    <div
      {...dragProps}
      id={tabElementId(tab.id)}
      role="tab"
      tabIndex={isShown ? 0 : -1}
      aria-selected={isShown}
      aria-controls={panelElementId(tab.id)}
      className="pane-tab"
      onClick={onShow}
      onAuxClick={(event) => {
        if (event.button === 1) onClose();
      }}
      onKeyDown={onKeyDown}
    >
      <span>{label}</span>
      {/* The key for it is Delete, on the tab. */}
      <span
        aria-hidden="true"
        className="pane-tab-close"
        title={t('panes.close')}
        onClick={(event) => {
          event.stopPropagation();
          // By then the next tab lies there.
          if (!isSecondClick(event)) onClose();
        }}
      >
        <X className="icon" />
      </span>
    </div>
  );
});

export const tabElementId = (id: string): string => `pane-tab-${id}`;
export const panelElementId = (id: string): string => `pane-panel-${id}`;
