// `tt audit`, against a test agent with the fake engine.
import { auditEntrySchema } from '@tt/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { until } from '../agent/testing/until.ts';
import { timeFrom } from './commands/audit.ts';
import { startTestTt, type TestTt } from './test-tt.ts';

const WAIT_MS = 30_000;
let running: TestTt;
const answer = z.object({ entries: z.array(auditEntrySchema) });

beforeAll(async () => {
  running = await startTestTt({ config: { network: 'user' } });
  await running.agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny' }] });
  await running.agent.client.env.create({ name: 'other', groups: [{ osPrefix: 'tiny' }] });
  await expect(running.agent.client.env.delete({ name: 'nowhere' })).rejects.toMatchObject({ code: 'ENV_NOT_FOUND' });
}, 60_000);
afterAll(async () => {
  await running.removeEnvs();
  await running.stop();
});

const calls = async (args: string) =>
  (await running.json(`audit ${args}`, answer)).entries.map(({ call, phase, subject }) => [
    call,
    phase,
    subject.envName,
  ]);

it('shows who did what, oldest first', async () => {
  const text = await running.text('audit');
  expect(text).toMatch(/^TIME +WHO +FROM +WHAT +ABOUT +RESULT +TOOK\n/);
  const begun = text.search(/local +\S*127\.0\.0\.1 +env\.create begun +demo +-/);
  const ended = text.search(/local +\S*127\.0\.0\.1 +env\.create ended +demo +ok +\d/);
  expect(begun).toBeGreaterThan(0);
  expect(ended).toBeGreaterThan(begun);
});

it('shows what was chosen, by filters that combine', async () => {
  expect(await calls('--env demo')).toEqual([
    ['env.create', 'begun', 'demo'],
    ['env.create', 'ended', 'demo'],
  ]);
  expect(await calls('--code ENV_NOT_FOUND')).toEqual([['env.delete', 'done', 'nowhere']]);
  expect(await calls('--code failed --call env --user local --since 1h')).toHaveLength(1);
  expect(await calls('--about other --limit 1')).toEqual([['env.create', 'ended', 'other']]);
  expect(await calls('--user nobody-there')).toEqual([]);
  expect(await calls('--until 2020-01-01')).toEqual([]);
});

it('takes lengths of time and times, and nothing else', async () => {
  expect(timeFrom('2026-11-21T10:00:00+01:00')).toBe('2026-11-21T09:00:00.000Z');
  const hourAgo = Date.now() - Date.parse(timeFrom('1h'));
  expect(Math.round(hourAgo / 60_000)).toBe(60);
  expect(await running.endings('audit --since yesterday', 'audit --limit 0', 'audit --until 2026-13-45')).toEqual(
    [2, 2, 2].map((exitCode) => [exitCode, undefined]),
  );
});

it('follows what comes, until an interruption', async () => {
  const said: string[] = [];
  const following = running.tt('audit --follow --json --call env.update', {}, (text) => said.push(text));
  // It does not say when it follows; an entry that it shows does.
  const change = () => running.agent.client.env.update({ name: 'demo', title: `title ${said.length}` });
  await until(
    'it follows',
    async () => {
      await change();
      return said.join('').includes('env.update');
    },
    WAIT_MS,
  );
  process.emit('SIGINT');
  const { exitCode, stdout, stderr } = await following;
  expect([exitCode, stderr]).toEqual([0, '']);
  const entries = stdout
    .trimEnd()
    .split('\n')
    .map((line) => auditEntrySchema.parse(JSON.parse(line)));
  expect(new Set(entries.map(({ call }) => call))).toEqual(new Set(['env.update']));
  const ids = entries.map(({ id }) => id);
  expect(ids).toEqual([...new Set(ids)].toSorted((one, other) => one - other));
});
