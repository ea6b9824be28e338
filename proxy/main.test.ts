// The proxy as a process: ends on each signal, and says in one sentence why it can't start.
import { once } from 'node:events';
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runCommand, spawnProcess } from '../agent/host/run-command.ts';
import { until } from '../agent/testing/until.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-proxy-'));
  await writeFile(path.join(folder, 'agent-token'), 'secret');
});
afterEach(() => rm(folder, { recursive: true }));

// Nobody listens there: a proxy starts before its agent.
const argsFor = (port: string) => {
  const [agentToken, token] = ['agent-token', 'token'].map((name) => path.join(folder, name));
  const flags = `--server-set http://127.0.0.1:1 --server-token-file ${agentToken} --token-file ${token} --proxy-port ${port}`;
  return [path.join(import.meta.dirname, 'main.ts'), ...flags.split(' ')];
};

it('refuses a port that is taken, and ends on SIGHUP', async () => {
  const logFile = path.join(folder, 'log');
  await using log = await open(logFile, 'w');
  const proxy = await spawnProcess(process.execPath, argsFor('0'), { detached: false, stdoutFd: log.fd });
  const ended = once(proxy, 'exit');
  try {
    const ready = /"url":"http:\/\/127\.0\.0\.1:(\d+)"/;
    const [, port = ''] =
      (await until('it is ready', async () => ready.exec(await readFile(logFile, 'utf8')), 20_000)) ?? [];
    const options = { timeoutMs: 20_000, okExitCodes: [1] };
    const { stderr } = await runCommand(process.execPath, argsFor(port), options);
    expect(stderr).toMatch(/^tt-proxy: Can’t listen on port \d+ of 127\.0\.0\.1: .*\.\n {4}.* \[LISTEN_FAILED\]\n$/);
    proxy.kill('SIGHUP');
    expect(await ended).toEqual([0, null]);
  } finally {
    proxy.kill('SIGKILL');
  }
});
