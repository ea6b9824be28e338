// Names and initials of those who look, and whose keys get there.
import type { Vm, Watcher } from '@tt/protocol';
import { expect, it } from 'vitest';
import { translate } from '../i18n/index.ts';
import { initialsOf, otherHolder, watchersOf, watchersText } from './presence.ts';

const since = '2026-11-30T12:00:00.000Z';
const watcher = (userName: string | null, more: Partial<Watcher> = {}): Watcher => ({
  userName,
  terminalName: null,
  consoles: 1,
  since,
  typing: false,
  ...more,
});
const held = (by: string | null) =>
  ({ presence: { watchers: [], keyboard: by === null ? null : { userName: by, since } } }) as unknown as Vm;

it.each([
  ['ann', 'A'],
  ['anna.berg', 'AB'],
  ['tester-of-the-night', 'TO'],
  ['王小明', '王'],
  ['--', '?'],
])('%s is %s', (name, initials) => {
  expect(initialsOf(name)).toBe(initials);
});

it('names users and terminals, and says who types', () => {
  const all = [watcher('ann'), watcher('kim', { typing: true }), watcher(null, { terminalName: 'lab/desk-1' })];
  expect(watchersText(all, translate)).toBe('ann, kim (typing), terminal lab/desk-1');
});

it('knows nobody where the agent says nothing', () => {
  const old = {} as Vm;
  expect([watchersOf(old), otherHolder(old, 'ann')]).toEqual([[], null]);
});

it('tells a keyboard of somebody else from one’s own and from everybody’s', () => {
  expect([otherHolder(held('kim'), 'ann'), otherHolder(held('ann'), 'ann'), otherHolder(held(null), 'ann')]).toEqual([
    'kim',
    null,
    null,
  ]);
});
