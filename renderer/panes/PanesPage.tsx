// Several consoles on one page, in panes with tabs. All consoles are siblings that are only placed differently: one that is moved to
// another pane stays connected, with its keyboard, its text and its shell.
import { Columns2, EllipsisVertical, Rows2, X, AppWindow, ArrowRightFromLine, MonitorPlay } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { useEffect, useRef, useState } from 'react';
import { firstReason } from '../components/action.ts';
import { EmptyState } from '../components/EmptyState.tsx';
import { type MenuEntry, MenuButton } from '../components/Menu.tsx';
import { useConsoleTabKeys } from '../console-page/use-console-tab-keys.ts';
import '../consoles/consoles.css';
import { popOut } from '../consoles/pop-out.ts';
import { useImmersive } from '../consoles/use-immersive.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { shortVmName } from '../state/vm-name.ts';
import { AddConsole } from './AddConsole.tsx';
import {
  type Area,
  areasOf,
  neighbour,
  type Pane,
  type PaneTab,
  panesOf,
  paneOfTab,
  type Place,
  type Side,
  splitsOf,
  tabsOf,
} from './pane-layout.ts';
import { styleOf } from './pane-style.ts';
import { PaneConsole } from './PaneConsole.tsx';
import { PaneDivider } from './PaneDivider.tsx';
import { PaneDrop } from './PaneDrop.tsx';
import './panes.css';
import { PaneTabs, panelElementId, tabElementId } from './PaneTabs.tsx';
import { usePaneKeys } from './use-pane-keys.ts';

const WHOLE: Area = { left: 0, top: 0, width: 1, height: 1 };

export const PanesPage = observer(function PanesPage() {
  const stores = useStores();
  const { link, panes, toasts, vms } = stores;
  const t = useWords();
  const frame = useImmersive();
  const page = useRef<HTMLDivElement>(null);
  const [said, setSaid] = useState('');
  const { layout, dragged } = panes;
  const all = panesOf(layout.root);
  const areas = areasOf(layout.root);
  const tabs = tabsOf(layout);
  // Always in the same order: what a browser moves in its document loses the focus.
  const panels = all
    .flatMap((pane) => pane.tabs.map((tab) => ({ pane, tab })))
    .toSorted((a, b) => (a.tab.id < b.tab.id ? -1 : 1));
  const active = all.find(({ id }) => id === layout.active);
  const isKnown = link.lastKnownAt !== null;
  useEffect(() => {
    // Before the first picture of the agent a machine that is not there may only be not known yet. One that goes later says so in its tab.
    if (isKnown) panes.forgetGone((vmId) => vms.get(vmId) !== undefined);
  }, [isKnown, panes, vms]);

  const nameOf = (id: string) => {
    const vmId = tabs.find((tab) => tab.id === id)?.vmId ?? id;
    return shortVmName(vms.get(vmId)?.name ?? vmId);
  };
  const focusTab = (id: string) => requestAnimationFrame(() => document.getElementById(tabElementId(id))?.focus());
  const sayOrder = (id: string) => {
    const { tabs: ordered = [] } = paneOfTab(panes.layout, id) ?? {};
    const number = ordered.findIndex((tab) => tab.id === id) + 1;
    setSaid(t('panes.ordered', { vm: nameOf(id), number, count: ordered.length }));
    focusTab(id);
  };
  const shift = (id: string, by: 1 | -1) => {
    if (panes.shift(id, by)) sayOrder(id);
  };
  const move = (id: string, to: Place) => {
    const isSamePane = to.before !== undefined && paneOfTab(layout, id)?.id === to.paneId;
    if (!panes.move(id, to)) {
      // One that is let go of where it was has not been refused.
      if (!isSamePane) toasts.explain(t('panes.notMoved'));
      return;
    }
    if (isSamePane) {
      sayOrder(id);
      return;
    }
    const now = panesOf(panes.layout.root);
    const number = now.findIndex(({ id: one }) => one === panes.layout.active) + 1;
    setSaid(t('panes.moved', { vm: nameOf(id), number, count: now.length }));
    // Its tab is another element now, and the focus with it.
    focusTab(id);
  };
  const close = (id: string) => {
    panes.close(id);
    // What had the focus may be gone with it.
    requestAnimationFrame(() => {
      if (document.activeElement === document.body) focusActive();
    });
  };
  const focusActive = () => {
    const shown = panesOf(panes.layout.root).find(({ id }) => id === panes.layout.active)?.shown ?? null;
    const next = shown === null ? null : document.getElementById(tabElementId(shown));
    (next ?? page.current?.querySelector<HTMLElement>('.pane-head button'))?.focus();
  };
  const goOn = (by: 1 | -1) => {
    panes.goOn(by);
    focusActive();
  };
  usePaneKeys(goOn);
  useConsoleTabKeys(active?.tabs ?? [], ({ id }) => panes.show(id));

  const toWindow = async (tab: PaneTab | undefined) => {
    if (!tab || !(await popOut(stores, tab))) return;
    // A shell ends with its tab, and what runs in it; the window has another one.
    if (tab.tab !== 'shell') panes.close(tab.id);
  };
  const entriesOf = (pane: Pane): MenuEntry[] => {
    const { shown } = pane;
    if (shown === null) return [];
    const single = firstReason({ onlyOne: pane.tabs.length < 2 });
    const next = neighbour({ ...layout, active: pane.id }, 1);
    const split = (side: Side) => () => move(shown, { paneId: pane.id, side });
    return [
      {
        id: 'right',
        label: t('panes.splitRight'),
        icon: Columns2,
        shortcut: 'Ctrl-Shift-→',
        whyNot: single,
        run: split('right'),
      },
      {
        id: 'below',
        label: t('panes.splitBelow'),
        icon: Rows2,
        shortcut: 'Ctrl-Shift-↓',
        whyNot: single,
        run: split('bottom'),
      },
      {
        id: 'next',
        label: t('panes.toNext'),
        icon: ArrowRightFromLine,
        whyNot: firstReason({ onlyOne: all.length < 2 }),
        run: () => next && move(shown, { paneId: next.id, side: 'middle' }),
      },
      {
        id: 'window',
        label: t('panes.toWindow'),
        icon: AppWindow,
        run: () => void toWindow(pane.tabs.find(({ id }) => id === shown)),
      },
      { id: 'line', separator: true },
      { id: 'close', label: t('panes.close'), icon: X, shortcut: 'Delete', run: () => close(shown) },
    ];
  };

  return (
    <section className="panes-page" aria-labelledby="panes-title" data-immersive={frame.immersive || undefined}>
      <h1 id="panes-title" className="visually-hidden">
        {t('panes.title')}
      </h1>
      <p className="visually-hidden" role="status">
        {said}
      </p>
      <div ref={page} className="panes">
        {all.map((pane, index) => (
          <div
            key={pane.id}
            className="pane"
            style={styleOf(areas.get(pane.id) ?? WHOLE)}
            data-active={pane.id === layout.active || undefined}
          >
            <div className="pane-head">
              <PaneTabs
                pane={pane}
                number={index + 1}
                onMove={(id, side) => move(id, { paneId: pane.id, side })}
                onShift={shift}
                onClose={close}
              />
              <AddConsole paneId={pane.id} />
              {pane.shown !== null && (
                <MenuButton
                  size="small"
                  icon={EllipsisVertical}
                  label={t('panes.more', { number: index + 1 })}
                  entries={entriesOf(pane)}
                />
              )}
            </div>
            {pane.tabs.length === 0 && (
              <EmptyState icon={MonitorPlay} title={t('panes.empty')}>
                <p className="muted">{t('panes.emptyHint')}</p>
              </EmptyState>
            )}
          </div>
        ))}
        {panels.map(({ pane, tab }) => {
          const isShown = tab.id === pane.shown;
          const takeOver = () => panes.activate(pane.id);
          return (
            <div
              key={tab.id}
              id={panelElementId(tab.id)}
              role="tabpanel"
              aria-labelledby={tabElementId(tab.id)}
              className="pane-panel console-panel"
              data-vm={tab.vmId}
              hidden={!isShown}
              style={styleOf(areas.get(pane.id) ?? WHOLE)}
              onFocusCapture={takeOver}
              onPointerDownCapture={takeOver}
            >
              <PaneConsole tab={tab} isShown={isShown} frame={frame} onPopOut={() => void toWindow(tab)} />
            </div>
          );
        })}
        {splitsOf(layout.root).map(({ split, area }) => (
          <PaneDivider key={split.id} split={split} area={area} page={() => page.current?.getBoundingClientRect()} />
        ))}
        {dragged !== null &&
          all.map((pane) => (
            <PaneDrop
              key={pane.id}
              pane={pane}
              area={areas.get(pane.id) ?? WHOLE}
              onDrop={(place) => move(dragged, place)}
            />
          ))}
      </div>
    </section>
  );
});
