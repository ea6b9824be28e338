// Runs in the window, with a real agent and fake guests: begun, followed, stopped, run again on the failed ones, read again after a
// link that was down, deleted.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../../agent/testing/until.ts';
import { translate } from '../i18n/index.ts';
import { startTestStores, type TestStores } from '../testing/test-stores.ts';
import { runActions } from './actions.ts';
import type { RunSpec } from './run-store.ts';
import { countWords } from './run-words.ts';

const ENV = 'tiny';

let running: TestStores;
beforeAll(async () => {
  running = await startTestStores();
});
afterAll(() => running.stop());

async function begin(text: string, about: Partial<RunSpec> = {}) {
  const { runs } = running.stores;
  const outcome = await runs.begin({ envName: ENV, command: { script: { text } }, ...about });
  if (!outcome.ok) throw outcome.error;
  return outcome.value.id;
}

const words = (id: string) => {
  const run = running.stores.runs.items.get(id);
  return run && countWords(run, translate);
};
const actionsOf = (id: string) => {
  const run = running.stores.runs.items.get(id);
  if (!run) throw new Error(`no run ${id}`);
  return runActions(running.stores, run, translate);
};
const ended = (id: string) => until('it has ended', () => running.stores.runs.items.get(id)?.state === 'ended');

test('one that is begun is shown and followed to its end; what failed runs again', async () => {
  const { runs, vms } = running.stores;
  const count = vms.ofEnv(ENV).length;
  const id = await begin('false');
  expect(runs.shownOf(ENV)?.id).toBe(id);
  expect(runs.vmIdsOf(id)).toEqual(vms.idsOfEnv(ENV));
  expect(actionsOf(id).again.whyNot ?? 'alreadyRuns').toBe('alreadyRuns');
  await ended(id);
  expect(words(id)).toBe(`${count} failed`);
  expect(runs.vmsOf(id)?.map(({ state, exitCode }) => [state, exitCode])).toEqual(
    Array.from({ length: count }, () => ['exited', 1]),
  );
  const { stop, againFailed } = actionsOf(id);
  expect([stop.whyNot, againFailed.whyNot]).toEqual(['notRunning', null]);
  againFailed.run();
  await until('another is shown', () => runs.shownOf(ENV)?.id !== id);
  expect(runs.ofEnv(ENV).map((run) => run.title)).toEqual(['false', 'false']);
});

test('one that is stopped ends', async () => {
  const { runs } = running.stores;
  const id = await begin('sleep 600');
  await until('it runs', () => (runs.items.get(id)?.counts.running ?? 0) > 0);
  expect(actionsOf(id).againFailed.whyNot).toBe('alreadyRuns');
  actionsOf(id).stop.run();
  expect(runs.stopping.has(id)).toBe(true);
  await ended(id);
  expect(words(id)).toMatch(/stopped$/);
  expect(runs.stopping.has(id)).toBe(false);
});

test('after a link that was down runs are asked for again, and those that are gone go', async () => {
  const { runs } = running.stores;
  const id = await begin('true');
  await ended(id);
  const { generation } = runs;
  running.link.cut();
  await running.agent.connection.client.run.delete({ runId: id });
  await runs.load(ENV);
  expect([runs.failures.get(ENV)?.code, runs.items.has(id)]).toEqual(['AGENT_UNREACHABLE', true]);
  running.link.restore();
  await until('the link is up', () => running.stores.link.up);
  runs.stale();
  expect(runs.generation).toBeGreaterThan(generation);
  await runs.load(ENV);
  expect([runs.failures.has(ENV), runs.items.has(id)]).toEqual([false, false]);
});

test('what the agent refuses comes back to the form; a deleted run goes', async () => {
  const { runs } = running.stores;
  const refused = await runs.begin({ envName: 'nowhere', command: { script: { text: 'true' } } });
  expect(refused.ok ? null : refused.error.code).toBe('ENV_NOT_FOUND');
  const id = await begin('true');
  await ended(id);
  actionsOf(id).delete.run();
  await until('it is gone', () => !runs.items.has(id));
  expect(runs.vmsOf(id)).toBeUndefined();
});
