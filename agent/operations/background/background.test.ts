// The agent's background tasks: each runs on its own timer, so one that fails or hangs does not delay the others; the state of
// each can be read.
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeStorage } from '../../storage/fake-storage.ts';
import { startTestAgent, type TestAgent } from '../../testing/in-process-agent.ts';
import { until } from '../../testing/until.ts';
import { agentTasks } from './agent-tasks.ts';
import { BackgroundTasks } from './background-tasks.ts';

const START = Date.parse('2026-11-21T10:00:00Z');
const DAY_MS = 86_400_000;

let now: number;
let storage: FailingStorage;
let agent: TestAgent;

class FailingStorage extends FakeStorage {
  fails = false;

  override async space(): ReturnType<FakeStorage['space']> {
    if (this.fails) throw new Error('the disk does not answer');
    return super.space();
  }
}

describe('the tasks of an agent', () => {
  beforeEach(async () => {
    now = START;
    // Sockets and promises go on as they are; only the agent's periodic tasks wait for the test.
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    agent = await startTestAgent({
      now: () => new Date(now),
      warmTaskMs: 5_000,
      readinessLookMs: 5_000,
      makeStorage: (directory) => (storage = new FailingStorage({ directory })),
    });
  });
  afterEach(async () => {
    await agent.stop();
    vi.useRealTimers();
  });

  it('a task that fails keeps no other from running', async () => {
    await agent.client.transfer.begin({ fileName: 'left.ttc', sizeBytes: 10 });
    storage.fails = true;
    now += 30 * DAY_MS;
    vi.advanceTimersByTime(5_000);
    await until('the upload that was left alone is gone', async () => {
      return (await agent.client.transfer.list()).transfers.length === 0;
    });
    expect(agent.takeFaults().map(({ err }) => (err as Error).message)).toEqual(['the disk does not answer']);
  });

  it('are all shown, in metrics too, with the error of one that fails until it works again', async () => {
    const tasks = async () => (await agent.client.host.tasks()).tasks;
    const stateOf = async (name: string) => (await tasks()).find((task) => task.name === name);
    const atStart = ['stored-bytes', 'partial-downloads', 'old-runs', 'audit-trail'];
    const later = (await tasks()).filter(({ name }) => !atStart.includes(name));
    expect(new Set(later.map(({ state }) => state))).toEqual(new Set(['waiting']));
    storage.fails = true;
    vi.advanceTimersByTime(15_000);
    await until('every task has run', async () => (await tasks()).every(({ state }) => state !== 'waiting'));
    expect((await tasks()).filter(({ state }) => state !== 'ok').map(({ name }) => name)).toEqual(['free-space']);
    expect(await stateOf('free-space')).toMatchObject({ state: 'failing', lastError: 'the disk does not answer' });
    const scrape = await fetch(`${agent.url}/metrics`, { headers: { authorization: `Bearer ${agent.token}` } });
    const text = await scrape.text();
    for (const { name } of await tasks()) expect(text).toContain(`tt_task_failures_total{task="${name}"}`);
    storage.fails = false;
    vi.advanceTimersByTime(5_000);
    await until('it works again', async () => (await stateOf('free-space'))?.state === 'ok');
    expect(agent.takeFaults()).toHaveLength(1);
  });

  it('have names of their own, and are for administrators to see', async () => {
    const { tasks } = await agent.client.host.tasks();
    expect(new Set(tasks.map(({ name }) => name)).size).toBe(tasks.length);
    expect(tasks.map(({ name }) => name)).toContain('env-expiry');
  });
});

describe('background tasks', () => {
  let nowMs = 0;
  const lines: { level: number; task: string; msg: string }[] = [];
  const logger = pino({ base: null }, { write: (line) => lines.push(JSON.parse(line) as (typeof lines)[number]) });
  let background: BackgroundTasks;
  const settle = () => vi.advanceTimersByTimeAsync(0);

  beforeEach(() => {
    vi.useFakeTimers();
    nowMs = 0;
    lines.length = 0;
    background = new BackgroundTasks({ logger, now: () => new Date(START + nowMs), monotonicMs: () => nowMs });
  });
  afterEach(() => vi.useRealTimers());

  const tick = async (ms: number) => {
    nowMs += ms;
    await vi.advanceTimersByTimeAsync(ms);
  };

  it('run beside one that hangs and one that throws at once; each change of state is logged once', async () => {
    let hung = Promise.withResolvers<void>();
    let runs = 0;
    let fails = true;
    background.start([
      { name: 'hangs', periodMs: 1_000, stuckAfterMs: 3_500, run: () => hung.promise },
      {
        name: 'throws',
        periodMs: 1_000,
        run() {
          if (fails) throw new Error('no luck');
        },
      },
      { name: 'works', periodMs: 1_000, run: () => void runs++ },
    ]);
    for (let second = 0; second < 6; second++) await tick(1_000);
    expect(runs).toBe(6);
    expect(background.list()).toMatchObject([
      { name: 'hangs', state: 'stuck', periodS: 1, lastSuccessAt: null, failureCount: 0 },
      { name: 'throws', state: 'failing', lastError: 'no luck', failureCount: 6, lastSuccessAt: null },
      { name: 'works', state: 'ok', lastError: null, failureCount: 0, lastDurationMs: 0 },
    ]);
    hung.resolve();
    hung = Promise.withResolvers<void>();
    fails = false;
    await settle();
    await tick(1_000);
    expect(background.list().map(({ state }) => state)).toEqual(['ok', 'ok', 'ok']);
    expect(lines.map(({ task, msg }) => `${task}: ${msg}`)).toEqual([
      'throws: a background task failed',
      'hangs: a background task hangs: it does not run again until it ends',
      'hangs: a background task succeeds again',
      'throws: a background task succeeds again',
    ]);
  });

  it('end with what is under way, but not with what hangs', async () => {
    const slow = Promise.withResolvers<void>();
    let ended = false;
    background.start([{ name: 'slow', periodMs: 1_000, run: () => slow.promise }]);
    await tick(1_000);
    const stopping = background.stop(5_000).then(() => (ended = true));
    await tick(1_000);
    expect(ended).toBe(false);
    await tick(4_000);
    await stopping;
    expect(ended).toBe(true);
    slow.resolve();
  });

  it('compare nothing with the time of day when the clock could not be looked at', () => {
    const looked: string[] = [];
    const clocks = {
      look() {
        throw new Error('the state can’t be written');
      },
    };
    const services = new Proxy({}, { get: (_target, name) => looked.push(String(name)) });
    const parts = { services, host: {}, clocks } as unknown as Parameters<typeof agentTasks>[0];
    const byTheClock = ['env-expiry', 'bin-expiry', 'expiry-warnings', 'scheduled-snapshots', 'snapshot-expiry'];
    for (const { name, run } of agentTasks(parts).filter((task) => byTheClock.includes(task.name))) {
      expect(run, name).toThrow('can’t be written');
    }
    expect(looked).toEqual([]);
  });
});
