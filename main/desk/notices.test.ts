// However much happens at once, it is few notifications, each leading to where one sees more.
import { expect, test } from 'vitest';
import { wordsOf } from '../words/index.ts';
import { noticesOf } from './notices.ts';
import type { News } from './watch-state.ts';

const now = Date.parse('2026-11-30T12:00:00.000Z');
const ending = (envName: string, minutes: number): News => ({
  kind: 'ending',
  envName,
  endAt: new Date(now + minutes * 60_000).toISOString(),
  endPolicy: 'stop',
});
const shown = (...news: News[]) => noticesOf('private', news, wordsOf('en'), now);

test('one end can be put off by its button, and leads to its ENV', () => {
  expect(shown(ending('my env', 5))).toEqual([
    {
      title: 'my env ends in 5 min',
      body: 'It will be stopped.',
      click: { do: 'go', connection: 'private', place: '#/envs/my%20env' },
      button: { label: '+ 1 h', deed: { do: 'extend', connection: 'private', envName: 'my env' } },
    },
  ]);
});

test('many of a kind are one, and each kind stands for itself', () => {
  const news = [
    ...['a', 'b', 'c', 'd', 'e', 'f'].map((name, index) => ending(name, 9 - index)),
    ...['a', 'b'].map((envName): News => ({ kind: 'failed', envName, code: 'VM_NOT_FOUND' })),
    ...[3, 4].map((ok): News => ({ kind: 'run', envName: 'a', ok, all: 4 })),
  ];
  expect(shown(...news).map(({ title, body }) => [title, body])).toEqual([
    ['6 ENVs end soon', 'f, e, d, c, and 2 more'],
    ['2 operations failed', 'Activity says why, and what to do.'],
    ['2 runs ended', '1 succeeded on all their machines.'],
  ]);
});

test('a failure leads to the events of its ENV, a run to its results, and nothing to nothing', () => {
  const [failed] = shown({ kind: 'failed', envName: 'demo', code: 'DISK_FULL' });
  const [run] = shown({ kind: 'run', envName: 'demo', ok: 3, all: 4 });
  expect([failed?.body, failed?.click]).toEqual([
    'DISK_FULL: its Events say why, and what to do.',
    { do: 'go', connection: 'private', place: '#/envs/demo/events' },
  ]);
  expect([run?.body, run?.click]).toMatchObject(['3 of 4 machines succeeded.', { place: '#/envs/demo/run' }]);
  expect(shown()).toEqual([]);
});
