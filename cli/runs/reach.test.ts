// `tt env run` by plain calls, and over the link where these have no answer: whatever is lost, a command runs once.
import { PlainCalls } from '@tt/client/node';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { startTestAgent, type TestAgent } from '../../agent/testing/in-process-agent.ts';
import type { Reach } from '../server-choice.ts';
import { beginRuns } from './begin-runs.ts';
import { showRuns } from './show-runs.ts';

let agent: TestAgent;
let links = 0;

beforeAll(async () => {
  agent = await startTestAgent({ config: { network: 'user' } });
  await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny', copies: 2 }] });
});
afterAll(() => agent.stop());
beforeEach(() => {
  links = 0;
});

/** `loses`: what becomes of answers to plain calls. */
function reachOf(loses: 'nothing' | 'answers' | 'calls'): Reach {
  const { url, token } = agent;
  const plain = new PlainCalls({ url, token });
  const asked = plain.ask.bind(plain);
  plain.ask = async (...question) => {
    const answer = loses === 'calls' ? null : await asked(...question);
    return loses === 'nothing' ? answer : null;
  };
  const link = async () => {
    links++;
    return agent.connection;
  };
  return { plain, link };
}

async function runBy(reach: Reach, names: readonly string[], options: Parameters<typeof beginRuns>[3] = {}) {
  const before = (await agent.client.run.list()).runs.length;
  const { details } = await beginRuns(reach, names, { argv: ['hostname'] }, options, true);
  const { ended } = await showRuns(reach, details, { stream: false, json: true });
  reach.plain.close();
  const begun = (await agent.client.run.list()).runs.length - before;
  return { begun, counts: ended.map(({ run }) => run.counts.succeeded), states: ended.map(({ run }) => run.state) };
}

it('needs no link for a short command', async () => {
  expect(await runBy(reachOf('nothing'), ['demo'])).toEqual({ begun: 1, counts: [2], states: ['ended'] });
  expect((await runBy(reachOf('nothing'), ['demo'], { osPrefix: ['tiny'] })).counts).toEqual([2]);
  expect(links).toBe(0);
});

it('runs once where its answer was lost, and where there is none', async () => {
  expect(await runBy(reachOf('answers'), ['demo'])).toEqual({ begun: 1, counts: [2], states: ['ended'] });
  expect(await runBy(reachOf('calls'), ['demo'])).toEqual({ begun: 1, counts: [2], states: ['ended'] });
  expect(links).toBeGreaterThan(0);
});

it('is refused as over the link', async () => {
  for (const loses of ['nothing', 'calls'] as const) {
    await expect(runBy(reachOf(loses), ['demmo'])).rejects.toMatchObject({
      code: 'ENV_NOT_FOUND',
      data: { suggestions: ['demo'] },
    });
    await expect(runBy(reachOf(loses), ['demo'], { osPrefix: ['tinny'] })).rejects.toMatchObject({
      code: 'SYSTEM_NOT_IN_ENV',
      data: { suggestions: ['tiny-2'] },
    });
  }
});

it('asks for what its flags say', async () => {
  const asked: unknown[] = [];
  const reach = reachOf('nothing');
  reach.plain.ask = async (...question) => {
    asked.push(question);
    return { run: {}, vms: [] };
  };
  const begin = (options: Parameters<typeof beginRuns>[3]) =>
    beginRuns(reach, ['demo', 'demo'], { argv: ['true'] }, options, true);
  await begin({ wait: true });
  await begin({ wait: 5, timeOut: 90, user: 'kim', cwd: '/tmp', env: [['A', 'b']], useSsh: true, osPrefix: ['tiny'] });
  const common = { runId: expect.any(String), envName: 'demo', command: { argv: ['true'] } };
  const more = { timeoutMs: 90_000, user: 'kim', cwd: '/tmp', environment: { A: 'b' }, via: 'ssh' };
  expect(asked).toEqual([
    ['POST', '/runs', { body: { ...common, waitMs: 300_000 } }],
    ['POST', '/runs', { body: { ...common, ...more, waitMs: 5_000, osPrefixes: ['tiny'] } }],
  ]);
});
