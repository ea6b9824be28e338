// The history: pages that follow one another, filters that combine, failures that leave what is known.
import type { Operation, TtClient } from '@tt/protocol';
import { TtError } from '@tt/protocol';
import { expect, test } from 'vitest';
import type { Bridge } from '../bridge.ts';
import { HistoryStore } from './history-store.ts';
import { historyTitle } from './history-words.ts';
import { entry } from './test-entry.ts';

type List = TtClient['audit']['list'];
type Page = Awaited<ReturnType<List>>;

/** Each call gets the next answer, when that is given. */
function storeWith(answers: (Page | Promise<Page> | TtError)[]): { store: HistoryStore; asked: unknown[] } {
  const asked: unknown[] = [];
  const list = async (search: unknown) => {
    asked.push(search);
    const answer = answers.shift();
    if (!answer) throw new Error('asked too often');
    if (answer instanceof TtError) throw answer;
    return answer;
  };
  return { store: new HistoryStore({ client: { audit: { list } } } as unknown as Bridge), asked };
}

const page = (ids: number[], next: number | null = null): Page => ({
  entries: ids.map((id) => entry(id)),
  next,
  keepDays: 90,
});
const shown = ({ entries }: HistoryStore) => entries?.map(({ id }) => id);

test('the newest come first, older ones behind them when they are asked for', async () => {
  const first = Array.from({ length: 100 }, (_, index) => 300 - index);
  const { store, asked } = storeWith([page(first, 201), page([200, 199])]);
  await store.load();
  expect([shown(store), store.hasMore, store.keepDays]).toEqual([first, true, 90]);
  await store.more();
  expect([shown(store), store.hasMore]).toEqual([[...first, 200, 199], false]);
  expect(asked).toEqual([{ limit: 100 }, { limit: 100, before: 201 }]);
  await store.more();
  expect(asked).toHaveLength(2);
});

test('pages with little in them are filled from the next ones', async () => {
  const { store, asked } = storeWith([page([], 50_000), page([7], 40_000), page([3])]);
  await store.load();
  expect([shown(store), store.hasMore]).toEqual([[7, 3], false]);
  expect(asked).toEqual([{ limit: 100 }, { limit: 100, before: 50_000 }, { limit: 99, before: 40_000 }]);
});

test('filters combine, and what is chosen while a call is under way is asked for next', async () => {
  const held = Promise.withResolvers<Page>();
  const { store, asked } = storeWith([held.promise, page([1])]);
  const loading = store.load();
  void store.choose({ userName: 'bob' });
  void store.choose({ noun: 'env', result: 'failed' });
  void store.choose({ about: ' demo ', span: 'hour' });
  expect(store.isFiltered).toBe(true);
  held.resolve(page([9]));
  await loading;
  expect(shown(store)).toEqual([1]);
  expect(asked).toEqual([
    { limit: 100 },
    { limit: 100, userName: 'bob', call: 'env', subject: 'demo', result: 'failed', since: expect.any(String) },
  ]);
});

test('a failure leaves what is known, and goes with the next answer', async () => {
  const { store } = storeWith([page([1]), new TtError('AGENT_UNREACHABLE', { url: 'x' }), page([2])]);
  await store.load();
  await store.load();
  expect([shown(store), store.error?.code, store.isBusy]).toEqual([[1], 'AGENT_UNREACHABLE', false]);
  await store.load();
  expect([shown(store), store.error]).toEqual([[2], null]);
});

test('all who were seen can be chosen', async () => {
  const { store } = storeWith([
    { ...page([]), entries: [entry(1), entry(2, { userName: 'bob' }), entry(3, { userName: null })] },
  ]);
  await store.load();
  expect([...store.userNames]).toEqual(['ann', 'bob']);
});

test('what was done is said in words, as far as there are any', () => {
  const subject = { envName: 'demo', vmName: 'web', vmId: 'id' };
  expect(historyTitle({ call: 'env.delete', subject })).toBe('Delete demo');
  expect(historyTitle({ call: 'stream.vnc', subject })).toBe('Screen of web');
  expect(historyTitle({ call: 'console.open', subject: {} })).toBe('Ask for a console of ?');
  expect(historyTitle({ call: 'host.tasks', subject })).toBe('host.tasks');
});

test('the history of one ENV asks for nothing else, whatever the filters', async () => {
  const asked: unknown[] = [];
  const list = async (search: unknown) => {
    asked.push(search);
    return page([1]);
  };
  const store = new HistoryStore({ client: { audit: { list } } } as unknown as Bridge, { envName: 'demo' });
  await store.load();
  await store.choose({ userName: 'ann' });
  expect(asked).toEqual([
    { envName: 'demo', limit: 100 },
    { envName: 'demo', userName: 'ann', limit: 100 },
  ]);
});

test('beginnings are not among what went well, and an operation that is heard of has ended', async () => {
  const begun = entry(1, { phase: 'begun', activityId: 'a', durationMs: null });
  const { store } = storeWith([
    { ...page([]), entries: [begun] },
    { ...page([]), entries: [entry(2), begun] },
  ]);
  await store.load();
  expect(store.lines?.map(({ end }) => end)).toEqual([null]);
  const operation = { id: 'a', state: 'succeeded', startedAt: begun.at, endedAt: begun.at, error: null } as Operation;
  store.hear(operation);
  expect(store.lines?.map(({ end }) => end?.result)).toEqual(['ok']);
  await store.choose({ result: 'ok' });
  expect(shown(store)).toEqual([2]);
});
