// `tt agent stop` with an agent as a process of its own (fake drivers).
import { once } from 'node:events';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findPrivateAgent } from '@tt/client/node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { spawnProcess } from '../agent/host/run-command.ts';
import { until } from '../agent/testing/until.ts';
import { codeOf, startTestTt, type TestTt } from './test-tt.ts';

let running: TestTt;
let home: string;

beforeAll(async () => {
  running = await startTestTt({});
  home = await mkdtemp(path.join(tmpdir(), 'tt-agent-stop-'));
});
afterAll(async () => {
  await running.stop();
  await rm(home, { recursive: true });
});

it('ends the private agent and waits for its end; without one it says so', async () => {
  const log = await open(path.join(home, 'agent.log'), 'w');
  const main = path.join(import.meta.dirname, '../agent/main.ts');
  const flags = ['--home', home, '--engine', 'fake', '--no-prepare', '--network', 'nat'];
  const child = await spawnProcess(process.execPath, [main, ...flags], {
    detached: false,
    stdoutFd: log.fd,
    stderrFd: log.fd,
  });
  await log.close();
  const ended = once(child, 'exit');
  const found = () => findPrivateAgent(home).catch(() => null);
  await until('the agent listens', async () => (await found()) !== null, 20_000);
  const { exitCode, stdout, stderr } = await running.tt('agent stop --json', { TT_HOME: home });
  expect([exitCode, stderr, JSON.parse(stdout)]).toEqual([0, '', { pid: child.pid, stateDirectory: home }]);
  expect(await ended).toEqual([0, null]);
  expect(await found()).toBeNull();
  const again = await running.tt('agent stop', { TT_HOME: home });
  expect([again.exitCode, codeOf(again.stderr)]).toEqual([6, 'AGENT_NOT_RUNNING']);
});
