// Of a server’s feed only ends of own ENVs are kept, and only what somebody should know is news.
import type { Env, FeedItem, Operation, Run, TtEvent } from '@tt/protocol';
import { expect, test } from 'vitest';
import { WatchState } from './watch-state.ts';

const source = { hostId: 'h', epoch: 'one' };
let revision = 0;
const event = <Type extends TtEvent['type']>(type: Type, data: Extract<TtEvent, { type: Type }>['data']): FeedItem =>
  ({ kind: 'event', event: { type, data, revision: ++revision, source, at: '2026-11-30T10:00:00.000Z' } }) as FeedItem;
const env = (name: string, change: Partial<Env> = {}) =>
  ({
    name,
    owner: 'kim',
    expired: false,
    state: 'running',
    startAt: '2026-11-30T10:00:00.000Z',
    endAt: '2026-11-30T12:00:00.000Z',
    endPolicy: 'delete',
    ...change,
  }) as Env;
const operation = (id: string, state: Operation['state'], tookS = 60, envName = 'demo') =>
  ({
    id,
    state,
    subject: { envName },
    startedAt: '2026-11-30T10:00:00.000Z',
    endedAt: state === 'running' ? null : new Date(Date.parse('2026-11-30T10:00:00.000Z') + tookS * 1000).toISOString(),
    error: state === 'failed' ? { code: 'VM_NOT_FOUND', message: '', fix: '', data: {} } : null,
  }) as Operation;

function watching() {
  const state = new WatchState('kim');
  const snapshot = (...envs: Env[]) => {
    state.apply({ kind: 'snapshot', revision: 1, source, host: { version: '0.2.0' }, counts: {} } as FeedItem);
    state.apply({ kind: 'page', records: { envs } });
    state.apply({ kind: 'snapshotEnd', revision: 1, source });
  };
  return { state, snapshot, names: () => state.ends().map(({ envName }) => envName) };
}

test('own ENVs count, the soonest first; those of others, expired ones and those that go do not', () => {
  const { state, snapshot, names } = watching();
  snapshot(
    env('late', { endAt: '2026-11-30T14:00:00.000Z' }),
    env('soon'),
    env('theirs', { owner: 'lee' }),
    env('over', { expired: true }),
    env('going', { state: 'deleting' }),
  );
  expect([names(), state.version]).toEqual([['soon', 'late'], '0.2.0']);
  state.apply(event('env.updated', env('soon', { endAt: '2026-11-30T15:00:00.000Z' })));
  state.apply(event('env.created', env('new')));
  state.apply(event('env.deleted', { name: 'late' }));
  expect(names()).toEqual(['new', 'soon']);
  snapshot(env('new'));
  expect(names()).toEqual(['new']);
});

test('a warning is news if the ENV is one’s own', () => {
  const { state, snapshot } = watching();
  snapshot(env('demo'), env('theirs', { owner: 'lee' }));
  const ending = { endAt: '2026-11-30T12:00:00.000Z', endsInS: 300, endPolicy: 'stop' } as const;
  expect(state.apply(event('env.ending', { name: 'theirs', ...ending }))).toEqual([]);
  expect(state.apply(event('env.ending', { name: 'demo', ...ending }))).toEqual([
    { kind: 'ending', envName: 'demo', endAt: ending.endAt, endPolicy: 'stop' },
  ]);
});

test('what failed after a while is news, once; what fails at once, was cancelled, or is of others is none', () => {
  const { state, snapshot } = watching();
  snapshot(env('demo'));
  const ended = (id: string, end: Operation) => {
    state.apply(event('operation.updated', operation(id, 'running')));
    return state.apply(event('operation.updated', end));
  };
  expect(ended('a', operation('a', 'failed'))).toEqual([{ kind: 'failed', envName: 'demo', code: 'VM_NOT_FOUND' }]);
  expect(state.apply(event('operation.updated', operation('a', 'failed')))).toEqual([]);
  expect(ended('b', operation('b', 'failed', 1))).toEqual([]);
  expect(ended('c', operation('c', 'cancelled'))).toEqual([]);
  expect(ended('d', operation('d', 'succeeded'))).toEqual([]);
  expect(ended('e', operation('e', 'failed', 60, 'theirs'))).toEqual([]);
});

test('a run that somebody else started is no news; an own one ends once', () => {
  const { state } = watching();
  const counts = {
    waiting: 0,
    running: 0,
    succeeded: 3,
    failed: 1,
    timedOut: 0,
    cancelled: 0,
    unreachable: 1,
    lost: 0,
  };
  const run = (change: Partial<Run>) =>
    event('run.updated', {
      run: { id: 'r', envName: 'demo', startedBy: 'kim', state: 'ended', counts, ...change } as Run,
      vms: [],
    });
  expect(state.apply(run({ startedBy: 'lee' }))).toEqual([]);
  expect(state.apply(run({ state: 'running' }))).toEqual([]);
  expect(state.apply(run({}))).toEqual([{ kind: 'run', envName: 'demo', ok: 3, all: 5 }]);
  expect(state.apply(run({}))).toEqual([]);
});
