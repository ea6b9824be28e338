// The process of switches: the contract, with `tt-agent` itself, and how it is found and ended.
// @module-tag deep
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { identifyProcess, isRunning, signalProcess, waitUntilGone } from '../../host/process-identity.ts';
import { askControl } from './control.ts';
import { FolderFiles, networkFolder } from './network-files.ts';
import { SwitchProcess } from './switch-process.ts';
import { describeSwitchedContract } from './switched.contract.ts';
import { socketHarness } from './test-switched-harness.ts';

const MAIN = path.join(import.meta.dirname, '../../main.ts');
const command: [string, ...string[]] = [process.execPath, MAIN];

async function pidOf(runner: SwitchProcess) {
  const identity = await identifyProcess(Number.parseInt((await runner.run()) ?? '', 10));
  if (!identity) throw new Error('no switches run');
  return identity;
}

async function kill(runner: SwitchProcess, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
  const identity = await pidOf(runner);
  await signalProcess(identity, signal);
  expect(await waitUntilGone(identity, 10_000)).toBe(true);
}

describeSwitchedContract('switch process', () =>
  socketHarness((directory) => new SwitchProcess({ directory, command }), kill),
);

let directory: string;
let runner: SwitchProcess;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'tt-sw-'));
  runner = new SwitchProcess({ directory, command });
});
afterEach(async () => {
  await runner.end();
  await rm(directory, { recursive: true, force: true });
});

it('starts once, is found by another agent, and ends when told to', async () => {
  expect(await runner.run()).toBeNull();
  await runner.apply([]);
  const started = await pidOf(runner);
  const next = new SwitchProcess({ directory, command });
  await next.apply([]);
  expect(await next.run()).toBe(await runner.run());
  await next.end();
  expect(await isRunning(started)).toBe(false);
  expect(await runner.run()).toBeNull();
  await next.end();
});

it('ends by SIGTERM, and one that hangs is ended by force', async () => {
  await runner.apply([]);
  await kill(runner, 'SIGTERM');
  await runner.apply([]);
  const started = await pidOf(runner);
  await signalProcess(started, 'SIGSTOP');
  // Its socket still takes connections.
  await new SwitchProcess({ directory, command, answerTimeoutMs: 100 }).apply([]);
  expect(await runner.run()).not.toBeNull();
  expect(await isRunning(started)).toBe(false);
}, 60_000);

it('says what is wrong with a file, and serves the others', async () => {
  const files = new FolderFiles(networkFolder(directory));
  const fine = { version: 1, number: 1, cidr: '10.213.0.0/24', domain: 'a.tt', isFenced: false, nics: [] } as const;
  await files.write({ ...fine, nics: [] });
  await writeFile(path.join(networkFolder(directory), '2.json'), '{}');
  const change = runner.apply([1, 2]);
  await expect(change).rejects.toMatchObject({ code: 'COMMAND_FAILED', message: expect.stringContaining('2.json') });
  expect(await askControl(directory, { do: 'tell' })).toMatchObject({ problems: [] });
  await runner.apply([1]);
  await files.remove(2);
  await runner.apply([2]);
});
