// Filters and order of the board; time left; what a port chip copies.
import type { Env, PortMapping } from '@tt/protocol';
import { expect, test } from 'vitest';
import { atClock, clockText } from '../env/clock-text.ts';
import { lifeLeft } from '../env/lifetime.ts';
import { portName, portText } from '../machines/port-text.ts';
import { type BoardFilter, type BoardMark, noFilter, readFilter } from '../settings/kept-filter.ts';
import { filterValues, isFiltered, matchesFilter } from './board-filter.ts';
import { matchesWords, sortEnvs } from './board-list.ts';

const start = Date.parse('2026-11-21T10:00:00.000Z');

function env(name: string, minutes: number, more: Partial<Env> = {}): Env {
  return {
    name,
    title: '',
    owner: 'mei',
    team: null,
    notes: '',
    tags: [],
    state: 'running',
    startAt: new Date(start).toISOString(),
    endAt: new Date(start + minutes * 60_000).toISOString(),
    endPolicy: 'delete',
    expired: false,
    networks: [],
    currentSnapshotId: null,
    denyOutgoing: false,
    fenced: false,
    forkedFrom: null,
    snapshotSchedule: null,
    nextSnapshotAt: null,
    lab: null,
    vmIds: [],
    ...more,
  };
}

test('every typed word must be found somewhere', () => {
  const demo = env('demo', 60, { title: 'Checkout regression', tags: ['nightly'] });
  expect(matchesWords(demo, () => [], '')).toBe(true);
  expect(matchesWords(demo, () => [], 'CHECK mei')).toBe(true);
  expect(matchesWords(demo, () => [], 'nightly demo')).toBe(true);
  expect(matchesWords(demo, () => [], 'demo other')).toBe(false);
});

const calm = { vmsOf: () => [], isMine: () => true, isIdle: () => false, now: () => start };
const shown = (filter: Partial<BoardFilter>, ...envs: Env[]) =>
  envs.filter((one) => matchesFilter(one, { ...noFilter, ...filter }, calm)).map(({ name }) => name);

test('filters combine: each narrows what the others leave', () => {
  const envs = [
    env('soon', 10, { tags: ['nightly'] }),
    env('late', 60, { tags: ['nightly'], state: 'failed' }),
    env('other', 10, { owner: 'jo' }),
  ];
  expect(shown({}, ...envs)).toEqual(['soon', 'late', 'other']);
  expect(shown({ marks: ['ending'] }, ...envs)).toEqual(['soon', 'other']);
  expect(shown({ marks: ['ending'], tag: 'nightly' }, ...envs)).toEqual(['soon']);
  expect(shown({ state: 'failed', tag: 'nightly' }, ...envs)).toEqual(['late']);
  expect(shown({ owner: 'jo', tag: 'nightly' }, ...envs)).toEqual([]);
});

test('what is shared with a team is found by its name and by a filter', () => {
  const [shared, own] = [env('demo', 60, { team: 'qa' }), env('mine', 60)];
  expect([shown({ marks: ['shared'] }, shared, own), shown({ team: 'qa' }, shared, own)]).toEqual([['demo'], ['demo']]);
  expect([matchesWords(shared, () => [], 'qa'), matchesWords(own, () => [], 'qa')]).toEqual([true, false]);
});

test('mine and idle are what the window knows of them', () => {
  const envs = [env('one', 60), env('two', 60)];
  const sight = { ...calm, isMine: ({ name }: Env) => name === 'one', isIdle: (name: string) => name === 'two' };
  const by = (mark: BoardMark) =>
    envs.filter((one) => matchesFilter(one, { ...noFilter, marks: [mark] }, sight)).map(({ name }) => name);
  expect([by('mine'), by('idle')]).toEqual([['one'], ['two']]);
});

test('an ENV whose time is over does not end soon any more', () => {
  const over = env('kept', 60, { expired: true, state: 'stopped' });
  expect(lifeLeft(over, start)).toEqual({ leftMs: 0, share: 0, urgency: 'expired' });
  expect(matchesFilter(over, { ...noFilter, marks: ['ending'] }, { ...calm, now: () => start + 61 * 60_000 })).toBe(
    false,
  );
});

test('offered is what there is, and what is chosen though nobody has it any more', () => {
  const envs = [env('a', 60, { tags: ['red', 'blue'] }), env('b', 60, { tags: ['red'] })];
  expect(filterValues(envs, noFilter, 'tag', calm)).toEqual(['blue', 'red']);
  expect(filterValues(envs, { ...noFilter, tag: 'gone' }, 'tag', calm)).toEqual(['blue', 'gone', 'red']);
});

test.each([null, 7, 'all', { state: 'odd', marks: 'mine', owner: 3, tag: 'x'.repeat(201) }, { marks: [7, 'odd'] }])(
  'a kept filter of %j is none',
  (kept) => {
    expect([readFilter(kept), isFiltered(readFilter(kept))]).toEqual([noFilter, false]);
  },
);

test('a kept filter is the same filter again', () => {
  const filter: BoardFilter = { ...noFilter, state: 'running', marks: ['mine', 'ending'], os: 'debian' };
  expect(readFilter(JSON.parse(JSON.stringify(filter)))).toEqual(filter);
});

test('sorted by a column, numbers as numbers', () => {
  const envs = [env('web-10', 5), env('web-2', 60), env('api', 30)];
  const names = (column: 'name' | 'timeLeft', descending = false) =>
    sortEnvs(envs, { column, descending }).map(({ name }) => name);
  expect(names('name')).toEqual(['api', 'web-2', 'web-10']);
  expect(names('timeLeft', true)).toEqual(['web-2', 'api', 'web-10']);
});

test.each([
  [60, 0, 'calm', 1],
  [60, 30, 'calm', 0.5],
  [60, 46, 'soon', 14 / 60],
  [60, 56, 'now', 4 / 60],
  [60, 70, 'now', 0],
])('of %i min after %i: %s', (life, after, urgency, share) => {
  const left = lifeLeft(env('demo', life), start + after * 60_000);
  expect(left.urgency).toBe(urgency);
  expect(left.share).toBeCloseTo(share);
});

test.each<[number, PortMapping['protocol'], string, string, string]>([
  [22, 'tcp', '127.0.0.1', 'ssh', 'ssh -p 40022 root@127.0.0.1'],
  [80, 'tcp', '127.0.0.1', 'http', 'http://127.0.0.1:40022/'],
  [443, 'tcp', '::1', 'https', 'https://[::1]:40022/'],
  [5432, 'tcp', '10.0.0.1', 'postgres', '10.0.0.1:40022'],
  [53, 'udp', '127.0.0.1', '53/udp', '127.0.0.1:40022'],
])('port %i/%s at %s is %s', (guestPort, protocol, hostAddress, name, text) => {
  const mapping = { guestPort, protocol, hostAddress, hostPort: 40_022 };
  expect([portName(mapping), portText(mapping)]).toEqual([name, text]);
});

test('a clock time is the next one to come', () => {
  const now = new Date(2026, 10, 21, 14, 30);
  expect(atClock('18:00', now)).toEqual(new Date(2026, 10, 21, 18, 0));
  expect(atClock('09:05', now)).toEqual(new Date(2026, 10, 22, 9, 5));
  expect([atClock('soon', now), atClock('25:00', now), atClock('12:75', now)]).toEqual([null, null, null]);
  expect(clockText(now)).toBe('14:30');
});
