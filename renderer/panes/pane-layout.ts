// How several consoles share one page: panes that are split in two again and again, each with tabs. Plain data and pure changes, so that
// a layout can be kept, read back and tested; PanesPage draws the rectangles it gives.
import { type ConsoleTab, consoleTabs } from '../state/route.ts';

/** Each shown screen has an encoder on a host and a decoder here. */
export const MOST_PANES = 9;
export const MOST_TABS = 24;
/** No pane can be made smaller than this part of what it was split from. */
const LEAST_SHARE = 0.15;

export interface PaneTab {
  /** What it shows: one tab for each machine and way to look at it. */
  id: string;
  vmId: string;
  /** For when the machine is not known, or no more. */
  envName: string;
  tab: ConsoleTab;
}

export interface Pane {
  kind: 'pane';
  id: string;
  tabs: readonly PaneTab[];
  /** Id of the tab in front; null: it has none. */
  shown: string | null;
}

export interface Split {
  kind: 'split';
  id: string;
  /** `row`: beside each other. */
  direction: 'row' | 'column';
  /** Of the first, between 0 and 1. */
  share: number;
  first: LayoutNode;
  second: LayoutNode;
}

export type LayoutNode = Pane | Split;

export interface Layout {
  root: LayoutNode;
  /** Id of the pane that was used last: others are opened there. */
  active: string;
  /** For ids of panes and splits that come. */
  nextId: number;
}

/** Where a tab is dropped on a pane: among its tabs, or beside it in a pane of its own. */
export type Side = 'middle' | 'left' | 'right' | 'top' | 'bottom';

/** Where a tab goes. */
export interface Place {
  paneId: string;
  side: Side;
  /** Among the tabs of a pane: the one it comes before, null for the end. Not given: it joins another pane at the end. */
  before?: string | null;
}

/** Parts of the page, between 0 and 1. */
export interface Area {
  left: number;
  top: number;
  width: number;
  height: number;
}

export const emptyLayout = (): Layout => ({
  root: { kind: 'pane', id: 'p1', tabs: [], shown: null },
  active: 'p1',
  nextId: 2,
});

export const tabId = (vmId: string, tab: ConsoleTab): string => `${vmId}/${tab}`;

/** In reading order. */
export function panesOf(node: LayoutNode): Pane[] {
  return node.kind === 'pane' ? [node] : [...panesOf(node.first), ...panesOf(node.second)];
}

export function tabsOf({ root }: Layout): PaneTab[] {
  return panesOf(root).flatMap(({ tabs }) => tabs);
}

export function paneOfTab({ root }: Layout, id: string): Pane | undefined {
  return panesOf(root).find(({ tabs }) => tabs.some((tab) => tab.id === id));
}

/** Opens it in the active pane, or brings it to the front where it is open. The same layout: there are too many. */
export function openTab(layout: Layout, tab: Omit<PaneTab, 'id'>): Layout {
  const id = tabId(tab.vmId, tab.tab);
  if (paneOfTab(layout, id)) return showTab(layout, id);
  if (tabsOf(layout).length >= MOST_TABS) return layout;
  const into = panesOf(layout.root).find((pane) => pane.id === layout.active) ?? panesOf(layout.root)[0];
  if (!into) return layout;
  return {
    ...layout,
    active: into.id,
    root: changePane(layout.root, into.id, (pane) => ({ ...pane, tabs: [...pane.tabs, { ...tab, id }], shown: id })),
  };
}

/** Brings it to the front of its pane, which becomes the active one. */
export function showTab(layout: Layout, id: string): Layout {
  const pane = paneOfTab(layout, id);
  if (!pane) return layout;
  return { ...layout, active: pane.id, root: changePane(layout.root, pane.id, (one) => ({ ...one, shown: id })) };
}

export function activate(layout: Layout, paneId: string): Layout {
  return panesOf(layout.root).some(({ id }) => id === paneId) ? { ...layout, active: paneId } : layout;
}

/** The pane that comes `by` after the active one, round and round. */
export function neighbour({ root, active }: Layout, by: 1 | -1): Pane | undefined {
  const panes = panesOf(root);
  const at = panes.findIndex(({ id }) => id === active);
  return panes[(at + by + panes.length) % panes.length];
}

/** Its pane goes too if it is empty then and not the only one. */
export function closeTab(layout: Layout, id: string): Layout {
  const pane = paneOfTab(layout, id);
  if (!pane) return layout;
  return tidy({ ...layout, root: changePane(layout.root, pane.id, (one) => without(one, id)) });
}

/** Takes a tab to another place, another pane, or into a new one beside it. The same layout: it is there already, or there are too many panes. */
export function moveTab(layout: Layout, id: string, to: Place): Layout {
  const from = paneOfTab(layout, id);
  const target = panesOf(layout.root).find((pane) => pane.id === to.paneId);
  const tab = from?.tabs.find((one) => one.id === id);
  if (!from || !target || !tab) return layout;
  if (to.side === 'middle') {
    const tabs = withTab(target.tabs, tab, to.before ?? null);
    const isThere = tabs.every((one, index) => one === target.tabs[index]);
    if (from.id === target.id && (to.before === undefined || isThere)) return layout;
    const root = changePane(
      changePane(layout.root, from.id, (one) => without(one, id)),
      target.id,
      (one) => ({ ...one, tabs, shown: id }),
    );
    return tidy({ ...layout, root, active: target.id });
  }
  // A pane with one tab that is split off itself would be the same again.
  if (from.id === target.id && from.tabs.length === 1) return layout;
  const leavesEmpty = from.tabs.length === 1 ? 1 : 0;
  if (panesOf(layout.root).length - leavesEmpty >= MOST_PANES) return layout;
  const { side } = to;
  const fresh: Pane = { kind: 'pane', id: `p${layout.nextId}`, tabs: [tab], shown: id };
  const splitId = `s${layout.nextId + 1}`;
  const isBefore = side === 'left' || side === 'top';
  const root = changeNode(
    changePane(layout.root, from.id, (one) => without(one, id)),
    target.id,
    (one) => ({
      kind: 'split',
      id: splitId,
      direction: side === 'left' || side === 'right' ? 'row' : 'column',
      share: 0.5,
      first: isBefore ? fresh : one,
      second: isBefore ? one : fresh,
    }),
  );
  return tidy({ root, active: fresh.id, nextId: layout.nextId + 2 });
}

/** One place further along the tabs of its pane; the same layout at their end. */
export function shiftTab(layout: Layout, id: string, by: 1 | -1): Layout {
  const pane = paneOfTab(layout, id);
  if (!pane) return layout;
  const at = pane.tabs.findIndex((tab) => tab.id === id) + by;
  if (at < 0 || at >= pane.tabs.length) return layout;
  const before = pane.tabs[by === 1 ? at + 1 : at]?.id ?? null;
  return moveTab(layout, id, { paneId: pane.id, side: 'middle', before });
}

/** `share` of its first part. */
export function resize(layout: Layout, splitId: string, share: number): Layout {
  if (!Number.isFinite(share)) return layout;
  const bounded = Math.min(1 - LEAST_SHARE, Math.max(LEAST_SHARE, share));
  return {
    ...layout,
    root: changeNode(layout.root, splitId, (node) => (node.kind === 'split' ? { ...node, share: bounded } : node)),
  };
}

/** Without the tabs of machines that are gone. */
export function keepOnly(layout: Layout, isThere: (vmId: string) => boolean): Layout {
  return tabsOf(layout)
    .filter(({ vmId }) => !isThere(vmId))
    .reduce((left, { id }) => closeTab(left, id), layout);
}

/** Where each pane is. */
export function areasOf(node: LayoutNode, area: Area = { left: 0, top: 0, width: 1, height: 1 }): Map<string, Area> {
  if (node.kind === 'pane') return new Map([[node.id, area]]);
  const [first, second] = halves(node, area);
  return new Map([...areasOf(node.first, first), ...areasOf(node.second, second)]);
}

/** Each split with what it divides. */
export function splitsOf(
  node: LayoutNode,
  area: Area = { left: 0, top: 0, width: 1, height: 1 },
): { split: Split; area: Area }[] {
  if (node.kind === 'pane') return [];
  const [first, second] = halves(node, area);
  return [{ split: node, area }, ...splitsOf(node.first, first), ...splitsOf(node.second, second)];
}

/** On which side of a pane this place is: in the middle of it, or in the quarter beside an edge, the nearest one. */
export function sideAt(x: number, y: number, width: number, height: number): Side {
  if (width <= 0 || height <= 0) return 'middle';
  const distances: [Side, number][] = [
    ['left', x / width],
    ['right', 1 - x / width],
    ['top', y / height],
    ['bottom', 1 - y / height],
  ];
  const [side, distance] = distances.reduce((nearest, one) => (one[1] < nearest[1] ? one : nearest));
  return distance < 0.25 ? side : 'middle';
}

/** A layout that was kept, as far as it makes sense: what is broken, too deep or twice is left out; never throws. */
export function readLayout(kept: unknown): Layout {
  const seen = { tabs: new Set<string>(), panes: 0, nextId: 1 };
  const root = readNode(kept, seen, 0);
  if (!root) return emptyLayout();
  return tidy({ root, active: panesOf(root)[0]?.id ?? '', nextId: seen.nextId });
}

interface Seen {
  tabs: Set<string>;
  panes: number;
  nextId: number;
}

function readNode(kept: unknown, seen: Seen, depth: number): LayoutNode | null {
  if (!isRecord(kept) || depth > MOST_PANES || seen.panes >= MOST_PANES) return null;
  if (Array.isArray(kept['tabs'])) {
    const tabs = kept['tabs'].flatMap((one) => readTab(one, seen));
    seen.panes++;
    const shown = tabs.find(({ id }) => id === kept['shown']) ?? tabs[0];
    return { kind: 'pane', id: `p${seen.nextId++}`, tabs, shown: shown?.id ?? null };
  }
  const first = readNode(kept['first'], seen, depth + 1);
  const second = readNode(kept['second'], seen, depth + 1);
  if (!first || !second) return first ?? second;
  const { share } = kept;
  const isShare = typeof share === 'number' && share >= LEAST_SHARE && share <= 1 - LEAST_SHARE;
  const direction = kept['direction'] === 'column' ? 'column' : 'row';
  return { kind: 'split', id: `s${seen.nextId++}`, direction, share: isShare ? share : 0.5, first, second };
}

function readTab(kept: unknown, seen: Seen): PaneTab[] {
  if (!isRecord(kept)) return [];
  const { vmId, envName } = kept;
  const tab = consoleTabs.find((known) => known === kept['tab']);
  if (typeof vmId !== 'string' || vmId === '' || typeof envName !== 'string' || !tab) return [];
  const id = tabId(vmId, tab);
  if (seen.tabs.has(id) || seen.tabs.size >= MOST_TABS) return [];
  seen.tabs.add(id);
  return [{ id, vmId, envName, tab }];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function halves({ direction, share }: Split, { left, top, width, height }: Area): [Area, Area] {
  if (direction === 'row') {
    const first = width * share;
    return [
      { left, top, width: first, height },
      { left: left + first, top, width: width - first, height },
    ];
  }
  const first = height * share;
  return [
    { left, top, width, height: first },
    { left, top: top + first, width, height: height - first },
  ];
}

function changeNode(node: LayoutNode, id: string, change: (node: LayoutNode) => LayoutNode): LayoutNode {
  if (node.id === id) return change(node);
  if (node.kind === 'pane') return node;
  return { ...node, first: changeNode(node.first, id, change), second: changeNode(node.second, id, change) };
}

function changePane(node: LayoutNode, id: string, change: (pane: Pane) => Pane): LayoutNode {
  return changeNode(node, id, (one) => (one.kind === 'pane' ? change(one) : one));
}

/** With it once, before the other one; at the end where that is not among them. */
function withTab(tabs: readonly PaneTab[], tab: PaneTab, before: string | null): PaneTab[] {
  // Before itself is where it is.
  if (before === tab.id && tabs.includes(tab)) return [...tabs];
  const others = tabs.filter(({ id }) => id !== tab.id);
  const at = others.findIndex(({ id }) => id === before);
  return others.toSpliced(at === -1 ? others.length : at, 0, tab);
}

/** The tab beside it comes to the front. */
function without(pane: Pane, id: string): Pane {
  const at = pane.tabs.findIndex((tab) => tab.id === id);
  const tabs = pane.tabs.filter((tab) => tab.id !== id);
  const next = tabs[Math.min(at, tabs.length - 1)];
  return { ...pane, tabs, shown: pane.shown === id ? (next?.id ?? null) : pane.shown };
}

/** Without empty panes, unless nothing else is left; and with an active one that is there. */
function tidy(layout: Layout): Layout {
  const empty: Pane = { kind: 'pane', id: panesOf(layout.root)[0]?.id ?? 'p1', tabs: [], shown: null };
  const root = withoutEmpty(layout.root) ?? empty;
  const panes = panesOf(root);
  const active = panes.some(({ id }) => id === layout.active) ? layout.active : (panes[0]?.id ?? '');
  return { ...layout, root, active };
}

function withoutEmpty(node: LayoutNode): LayoutNode | null {
  if (node.kind === 'pane') return node.tabs.length > 0 ? node : null;
  const first = withoutEmpty(node.first);
  const second = withoutEmpty(node.second);
  if (first && second) return { ...node, first, second };
  return first ?? second;
}
