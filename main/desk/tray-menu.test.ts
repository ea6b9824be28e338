// The tray says what ends next and how long that is, and never more than fits.
import type { MenuItemConstructorOptions } from 'electron';
import { expect, test } from 'vitest';
import { wordsOf } from '../words/index.ts';
import { type TrayFacts, trayTemplate, trayTooltip } from './tray-menu.ts';

const now = Date.parse('2026-11-30T12:00:00.000Z');
const end = (envName: string, minutes: number) => ({
  connection: 'private',
  envName,
  endAt: new Date(now + minutes * 60_000).toISOString(),
});

function made(change: Partial<TrayFacts> = {}) {
  const done: unknown[] = [];
  const facts = { words: wordsOf('en'), ends: [], now, notifies: true, keepsRunning: false, ...change };
  const items = trayTemplate(facts, {
    carryOut: (deed) => done.push(deed),
    show: () => done.push('show'),
    newEnv: () => done.push('newEnv'),
    setNotifies: (on) => done.push(['notifies', on]),
    setKeepsRunning: (on) => done.push(['keepsRunning', on]),
    quit: () => done.push('quit'),
  });
  return { done, items, tooltip: trayTooltip(facts) };
}

const click = (item: MenuItemConstructorOptions | undefined) => (item?.click as (() => void) | undefined)?.();
const labels = (items: readonly MenuItemConstructorOptions[]) => items.flatMap(({ label }) => label ?? []);

test('ends are counted down, and each leads to its ENV or to an hour more', () => {
  const { items, tooltip, done } = made({ ends: [end('my env', 14), end('R&D', 90)] });
  expect(labels(items)).toEqual(expect.arrayContaining(['my env · 14 min', 'R&&D · 1 h 30 min']));
  expect(tooltip).toBe('TT: my env ends in 14 min');
  const [entry] = items.filter(({ id }) => id === 'end-private-my env');
  for (const item of (entry?.submenu ?? []) as MenuItemConstructorOptions[]) click(item);
  expect(done).toEqual([
    { do: 'go', connection: 'private', place: '#/envs/my%20env' },
    { do: 'extend', connection: 'private', envName: 'my env' },
  ]);
});

test('of many eight are listed; of none that is said', () => {
  const many = made({ ends: Array.from({ length: 11 }, (_, index) => end(`e${index}`, index)) });
  expect(many.items.filter(({ id = '' }) => id.startsWith('end-'))).toHaveLength(8);
  expect(labels(many.items)).toContain('and 3 more');
  expect(labels(made().items)).toContain('No ENV of yours ends');
  expect(made().tooltip).toBe('TT');
});

test('what it remembers is switched, and the rest does what it says', () => {
  const { items, done } = made();
  for (const id of ['notify', 'keepRunning', 'show', 'newEnv', 'quit']) click(items.find((item) => item.id === id));
  expect(done).toEqual([['notifies', false], ['keepsRunning', true], 'show', 'newEnv', 'quit']);
});
