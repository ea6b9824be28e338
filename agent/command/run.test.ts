// The running agent (fake engine, a separate process) and its configuration file: SIGHUP applies what can change, users are
// added and removed with it, and an invalid file changes nothing.
import type { ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { open, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { findPrivateAgent, type PrivateAgent } from '@tt/client/node';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type ConfigFolder, makeConfigFolder } from '../config/test-config.ts';
import { spawnProcess } from '../host/run-command.ts';
import { until } from '../testing/until.ts';

const main = path.resolve(import.meta.dirname, '../main.ts');
let files: ConfigFolder;
let child: ChildProcess | null = null;

beforeEach(async () => {
  files = await makeConfigFolder();
});
afterEach(async () => {
  if (child !== null && child.exitCode === null && child.signalCode === null) {
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }
  await files.remove();
});

type Line = Record<string, unknown>;
const logFile = () => path.join(files.folder, 'agent.log');
/** What it writes to standard output and error. */
const outputFile = () => path.join(files.folder, 'output');
const log = async () =>
  (await readFile(logFile(), 'utf8'))
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Line);

async function start(config: string): Promise<PrivateAgent> {
  await files.write(config);
  const file = await open(outputFile(), 'a');
  const flags = ['--engine', 'fake', '--no-prepare', '--network', 'user', '--log-file', logFile()];
  const args = [main, '--home', files.folder, ...flags];
  const started = await spawnProcess(process.execPath, args, { detached: false, stdoutFd: file.fd, stderrFd: file.fd });
  await file.close();
  child = started;
  return until(
    'the agent says where it is',
    () =>
      findPrivateAgent(files.folder).then(
        (agent) => (agent.pid === started.pid ? agent : null),
        () => null,
      ),
    60_000,
  );
}

/** Sends SIGHUP and waits for the line that says what came of it. */
async function reload(config: string): Promise<Line> {
  const before = (await log()).length;
  await files.write(config);
  child?.kill('SIGHUP');
  return until('the file is read again', async () =>
    (await log())
      .slice(before)
      .find(({ msg }) => /^(configuration read again|the configuration is wrong)/.test(String(msg))),
  );
}

const hashOf = (token: string) => createHash('sha256').update(token).digest('hex');
const withUsers = (...names: string[]) =>
  `log: { level: info }\nusers:${names.length === 0 ? ' []' : ''}\n${names
    .map((name) => `  - { name: ${name}, tokenSha256: "${hashOf(`${name}-token`)}" }\n`)
    .join('')}`;

it('lets users in and out by SIGHUP, with their open sockets', async () => {
  const agent = await start(withUsers());
  const statusOf = async (token: string) =>
    (await fetch(`${agent.url}/api/host`, { headers: { authorization: `Bearer ${token}` } })).status;
  expect([await statusOf('ann-token'), await statusOf(agent.token)]).toEqual([401, 200]);

  expect(await reload(withUsers('ann', 'bob'))).toMatchObject({ msg: 'configuration read again', changed: ['users'] });
  expect([await statusOf('ann-token'), await statusOf('bob-token')]).toEqual([200, 200]);
  const socket = new WebSocket(`${agent.url.replace('http', 'ws')}/api/rpc`, {
    headers: { authorization: 'Bearer ann-token' },
  });
  socket.on('error', () => {});
  await once(socket, 'open');
  const closed = once(socket, 'close');

  await reload(withUsers('bob'));
  await closed;
  expect([await statusOf('ann-token'), await statusOf('bob-token'), await statusOf(agent.token)]).toEqual([
    401, 200, 200,
  ]);
  const text = await readFile(logFile(), 'utf8');
  expect([await readFile(outputFile(), 'utf8'), (await stat(logFile())).mode & 0o777]).toEqual(['', 0o600]);
  expect(
    ['ann-token', 'bob-token', agent.token, hashOf('ann-token')].filter((secret) => text.includes(secret)),
  ).toEqual([]);
});

it('keeps what it has when the file is wrong, says where, and takes the next good one over', async () => {
  const agent = await start('log: { level: info }\n');
  const refused = await reload('log: { level: info }\nlisten:\n  prot: 80\n');
  expect(refused).toMatchObject({ level: 50, code: 'CONFIG_INVALID' });
  expect(refused['msg']).toContain('agent.yaml:3:3: listen.prot: there is no such key; did you mean listen.port?');
  expect(await reload('log: { level: info }\nlisten: { port: 80 }\nlifetime: { maxS: 600 }\n')).toMatchObject({
    changed: ['lifetime.defaultS', 'lifetime.maxS'],
  });
  expect(await log()).toContainEqual(expect.objectContaining({ level: 40, needRestart: ['listen.port'] }));
  expect((await fetch(agent.url)).status).toBeGreaterThan(0);

  // From now on only warnings are written: the end of the agent is none.
  await files.write('log: { level: warn }\n');
  child?.kill('SIGHUP');
  const asked = { headers: { authorization: `Bearer ${agent.token}` } };
  await until('calls are answered', async () => (await fetch(`${agent.url}/api/host`, asked)).ok);
  if (child === null) throw new Error('there is no agent');
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
});

it('does not start with a file that is wrong', async () => {
  await files.write('capacity: { cpuTotal: many }\n');
  const file = await open(logFile(), 'a');
  const args = [main, '--home', files.folder];
  child = await spawnProcess(process.execPath, args, { detached: false, stdoutFd: file.fd, stderrFd: file.fd });
  await file.close();
  expect(await once(child, 'exit')).toEqual([1, null]);
  const text = await readFile(logFile(), 'utf8');
  expect(text).toContain(`error: CONFIG_INVALID\n${path.join(files.folder, 'agent.yaml')}:1:23: capacity.cpuTotal: `);
});

it('does not start on the state of a newer TT, and says so to whoever reads its log', async () => {
  const database = new DatabaseSync(path.join(files.folder, 'state.sqlite'));
  database.exec('PRAGMA user_version = 99');
  database.close();
  await writeFile(path.join(files.folder, 'fake-drivers'), '');
  const file = await open(logFile(), 'a');
  const args = [main, '--home', files.folder, '--engine', 'fake', '--no-prepare', '--network', 'user'];
  child = await spawnProcess(process.execPath, args, { detached: false, stdoutFd: file.fd, stderrFd: file.fd });
  await file.close();
  expect(await once(child, 'exit')).toEqual([1, null]);
  expect((await log()).at(-1)).toMatchObject({
    level: 60,
    code: 'STATE_TOO_NEW',
    msg: expect.stringContaining(`The state in ${files.folder} was written by a newer TT (schema 99, this one knows `),
    fix: 'Install that newer TT again, or set TT_HOME to another folder.',
  });
});
