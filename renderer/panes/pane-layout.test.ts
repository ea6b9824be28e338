// Layouts of consoles: opened, split, moved, closed, kept and read back. Written as text: `[a* b]` is a pane with its tab in front,
// `(… | …)` is split beside, `(… / …)` one above the other.
import { describe, expect, it } from 'vitest';
import {
  areasOf,
  closeTab,
  emptyLayout,
  keepOnly,
  type Layout,
  type LayoutNode,
  MOST_PANES,
  MOST_TABS,
  moveTab,
  neighbour,
  openTab,
  panesOf,
  paneOfTab,
  readLayout,
  resize,
  shiftTab,
  showTab,
  sideAt,
  splitsOf,
  tabsOf,
} from './pane-layout.ts';

const open = (layout: Layout, vmId: string) => openTab(layout, { vmId, envName: 'demo', tab: 'screen' });
const withTabs = (...vmIds: string[]) => vmIds.reduce(open, emptyLayout());
const idOf = (vmId: string) => `${vmId}/screen`;
const paneOf = (layout: Layout, vmId: string) => paneOfTab(layout, idOf(vmId))?.id ?? '';
const move = (layout: Layout, vmId: string, side: Parameters<typeof moveTab>[2]['side'], beside: string) =>
  moveTab(layout, idOf(vmId), { paneId: paneOf(layout, beside), side });

function text(node: LayoutNode): string {
  if (node.kind === 'pane')
    return `[${node.tabs.map(({ id, vmId }) => `${vmId}${id === node.shown ? '*' : ''}`).join(' ')}]`;
  return `(${text(node.first)} ${node.direction === 'row' ? '|' : '/'} ${text(node.second)})`;
}
const show = ({ root }: Layout) => text(root);

describe('tabs', () => {
  it('are opened beside each other, the newest in front, each once', () => {
    const layout = withTabs('a', 'b');
    expect(show(layout)).toBe('[a b*]');
    expect(show(open(layout, 'a'))).toBe('[a* b]');
  });

  it('of one machine are different ways to look at it', () => {
    const layout = openTab(withTabs('a'), { vmId: 'a', envName: 'demo', tab: 'serial' });
    expect(tabsOf(layout).map(({ id }) => id)).toEqual(['a/screen', 'a/serial']);
  });

  it('that are closed leave the next in front, and the last one an empty pane', () => {
    const layout = showTab(withTabs('a', 'b', 'c'), idOf('b'));
    const [second, first] = [closeTab(layout, idOf('b')), closeTab(withTabs('a'), idOf('a'))];
    expect([show(second), show(closeTab(second, idOf('c'))), show(first)]).toEqual(['[a c*]', '[a*]', '[]']);
    expect(show(open(first, 'z'))).toBe('[z*]');
  });

  it('are so many at most', () => {
    const full = withTabs(...Array.from({ length: MOST_TABS }, (_, index) => `vm-${index}`));
    expect(open(full, 'one-more')).toBe(full);
    expect(show(open(full, 'vm-0'))).toContain('[vm-0*');
  });
});

describe('a tab that is moved', () => {
  it('to a side of its own pane splits it', () => {
    const layout = withTabs('a', 'b');
    const moved = (['left', 'right', 'top', 'bottom'] as const).map((side) => show(move(layout, 'b', side, 'a')));
    expect(moved).toEqual(['([b*] | [a*])', '([a*] | [b*])', '([b*] / [a*])', '([a*] / [b*])']);
  });

  it('to another pane joins it, and takes its own away when that is empty', () => {
    const two = move(withTabs('a', 'b', 'c'), 'c', 'right', 'a');
    expect(show(two)).toBe('([a b*] | [c*])');
    expect(show(move(two, 'c', 'middle', 'a'))).toBe('[a b c*]');
    expect(show(move(two, 'a', 'bottom', 'c'))).toBe('([b*] | ([c*] / [a*]))');
  });

  it('to where it is stays', () => {
    const one = withTabs('a');
    expect([move(one, 'a', 'right', 'a'), move(one, 'a', 'middle', 'a')]).toEqual([one, one]);
    const two = move(withTabs('a', 'b'), 'b', 'right', 'a');
    expect(move(two, 'b', 'middle', 'b')).toBe(two);
  });

  it('among the tabs of its pane is put in order, and comes to the front', () => {
    const layout = withTabs('a', 'b', 'c');
    const put = (vmId: string, before: string | null) =>
      moveTab(layout, idOf(vmId), { paneId: paneOf(layout, 'a'), side: 'middle', before: before && idOf(before) });
    expect([put('c', 'a'), put('a', 'c'), put('a', null)].map(show)).toEqual(['[c* a b]', '[b a* c]', '[b c a*]']);
    // Before itself, before the next, and at the end are where these are.
    expect([put('b', 'b'), put('b', 'c'), put('c', null)]).toEqual([layout, layout, layout]);
  });

  it('among the tabs of another pane comes where it is put', () => {
    const two = move(withTabs('a', 'b', 'c'), 'c', 'right', 'a');
    const put = (before: string) =>
      show(moveTab(two, idOf('c'), { paneId: paneOf(two, 'a'), side: 'middle', before: idOf(before) }));
    expect([put('a'), put('b'), put('gone')]).toEqual(['[c* a b]', '[a c* b]', '[a b c*]']);
  });

  it('by one place goes along its pane, and not over its ends', () => {
    const layout = showTab(withTabs('a', 'b', 'c'), idOf('b'));
    expect([1, -1].map((by) => show(shiftTab(layout, idOf('b'), by as 1 | -1)))).toEqual(['[a c b*]', '[b* a c]']);
    expect([shiftTab(layout, idOf('a'), -1), shiftTab(layout, idOf('c'), 1)]).toEqual([layout, layout]);
  });

  it('makes its pane the active one, where others are opened', () => {
    const two = move(withTabs('a', 'b'), 'b', 'right', 'a');
    expect(show(open(two, 'c'))).toBe('([a*] | [b c*])');
    expect(show(open(showTab(two, idOf('a')), 'c'))).toBe('([a c*] | [b*])');
  });

  it('makes so many panes at most; one that leaves its own empty still can', () => {
    const names = Array.from({ length: MOST_PANES + 1 }, (_, index) => `vm-${index}`);
    let layout = withTabs(...names);
    for (const name of names.slice(1, MOST_PANES)) layout = move(layout, name, 'right', 'vm-0');
    expect(panesOf(layout.root)).toHaveLength(MOST_PANES);
    expect(move(layout, `vm-${MOST_PANES}`, 'bottom', 'vm-0')).toBe(layout);
    expect(panesOf(move(layout, 'vm-1', 'bottom', 'vm-2').root)).toHaveLength(MOST_PANES);
  });
});

it('never loses or doubles a tab, whatever is done', () => {
  let layout = withTabs('a', 'b', 'c', 'd', 'e');
  const sides = ['middle', 'left', 'right', 'top', 'bottom'] as const;
  const names = ['a', 'b', 'c', 'd', 'e'];
  // Each of many different moves, one after the other.
  for (let step = 0; step < 300; step++) {
    const [who, where] = [names[(step * 7) % 5] ?? '', names[(step * 3 + 1) % 5] ?? ''];
    layout = move(layout, who, sides[(step * 11 + Math.floor(step / 5)) % 5] ?? 'middle', where);
    expect(
      tabsOf(layout)
        .map(({ vmId }) => vmId)
        .toSorted(),
    ).toEqual(names);
    const panes = panesOf(layout.root);
    expect(panes.every(({ tabs, shown }) => tabs.some(({ id }) => id === shown))).toBe(true);
    expect(panes.some(({ id }) => id === layout.active)).toBe(true);
    expect(new Set(panes.map(({ id }) => id)).size).toBe(panes.length);
    const areas = [...areasOf(layout.root).values()];
    expect(areas.reduce((sum, { width, height }) => sum + width * height, 0)).toBeCloseTo(1);
  }
});

it('tells where each pane and each split is', () => {
  const two = move(withTabs('a', 'b'), 'b', 'right', 'a');
  const [{ split } = { split: { id: '' } }] = splitsOf(two.root);
  const sized = resize(two, split.id, 0.25);
  expect([...areasOf(sized.root).values()]).toEqual([
    { left: 0, top: 0, width: 0.25, height: 1 },
    { left: 0.25, top: 0, width: 0.75, height: 1 },
  ]);
  expect(splitsOf(sized.root).map(({ area }) => area)).toEqual([{ left: 0, top: 0, width: 1, height: 1 }]);
  const shares = [0, 1, Number.NaN].map((share) => {
    const { root } = resize(sized, split.id, share);
    return root.kind === 'split' ? root.share : null;
  });
  expect(shares).toEqual([0.15, 0.85, 0.25]);
});

it('goes from pane to pane, round and round', () => {
  const three = move(move(withTabs('a', 'b', 'c'), 'b', 'right', 'a'), 'c', 'bottom', 'b');
  const order = panesOf(three.root).map(({ id }) => id);
  expect(order.map((active) => neighbour({ ...three, active }, 1)?.id)).toEqual([order[1], order[2], order[0]]);
  expect(neighbour({ ...three, active: order[0] ?? '' }, -1)?.id).toBe(order[2]);
});

it.each([
  [50, 50, 'middle'],
  [10, 50, 'left'],
  [95, 50, 'right'],
  [50, 5, 'top'],
  [50, 90, 'bottom'],
  [5, 20, 'left'],
  [20, 5, 'top'],
] as const)('the side at %i, %i of a square is %s', (x, y, side) => {
  expect(sideAt(x, y, 100, 100)).toBe(side);
});

it('forgets machines that are gone', () => {
  const two = move(withTabs('a', 'b', 'c'), 'c', 'right', 'a');
  expect(show(keepOnly(two, (vmId) => vmId !== 'c'))).toBe('[a b*]');
  expect(show(keepOnly(two, () => false))).toBe('[]');
});

describe('what was kept', () => {
  it('is read back as it was', () => {
    const three = move(move(withTabs('a', 'b', 'c'), 'b', 'right', 'a'), 'c', 'bottom', 'b');
    const read = readLayout(JSON.parse(JSON.stringify(three.root)));
    expect(show(read)).toBe(show(three));
    expect(panesOf(read.root).map(({ id }) => id)).toEqual([...new Set(panesOf(read.root).map(({ id }) => id))]);
    // New panes do not get an id that is in use.
    const split = move(open(read, 'd'), 'd', 'top', 'c');
    expect(new Set(panesOf(split.root).map(({ id }) => id)).size).toBe(4);
  });

  it.each([
    null,
    7,
    'x',
    [],
    {},
    { tabs: 'a' },
    { tabs: [null, 7, {}, { vmId: 'a' }, { vmId: 'a', envName: 'demo', tab: 'nowhere' }] },
    { first: { tabs: [] }, second: null },
  ])('%j is an empty page', (kept) => {
    expect(show(readLayout(kept))).toBe('[]');
  });

  it('has each tab once, and only so many panes, however deep it is', () => {
    const tab = { vmId: 'a', envName: 'demo', tab: 'screen' };
    expect(show(readLayout({ first: { tabs: [tab, tab] }, second: { tabs: [tab] } }))).toBe('[a*]');
    const deep = Array.from({ length: 500 }, (_, index) => index).reduce<object>(
      (inner, index) => ({ first: { tabs: [{ ...tab, vmId: `vm-${index}` }] }, second: inner }),
      { tabs: [tab] },
    );
    expect(panesOf(readLayout(deep).root).length).toBeLessThanOrEqual(MOST_PANES);
  });
});
