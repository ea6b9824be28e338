// What becomes of a command that runs in a real guest when that guest is copied: it goes on in the original, and has ended in the fork, whose
// helper nobody has greeted yet. And a machine that wakes from a warm image runs commands by the helper that its image brought.
// @module-tag long
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { RunDetail, Vm } from '@tt/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildGuestHelper } from '../testing/build-guest-helper.ts';
import { type RealAgent, startRealAgent } from '../testing/real-agent.ts';
import { countOfProcesses, RealRuns, sh } from '../testing/real-runs.ts';
import { until } from '../testing/until.ts';

const PATIENCE_MS = 240_000;
const IMAGE = 'tiny';
/** Of the command that runs at the instant. */
const CHILD = 'sleep 1238';
const COMMAND = sh(`echo begun; ${CHILD} & until [ -e /tmp/go ]; do sleep 0.2; done; kill $!; echo ended`);
let folder: string;
let agent: RealAgent;
let original: Vm;
let runs: RealRuns;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-helper-'));
  const helper = path.join(folder, 'helper');
  await buildGuestHelper(helper);
  agent = await startRealAgent({ helper });
  const groups = [{ osPrefix: IMAGE, memoryMiB: 128 }];
  const { vms } = await agent.client.env.create({ name: 'demo', groups });
  original = vms[0] ?? expect.unreachable('no VM');
  runs = new RealRuns({ agent: () => agent, vmId: () => original.id, patienceMs: PATIENCE_MS });
}, PATIENCE_MS);
afterAll(async () => {
  await agent.remove();
  await rm(folder, { recursive: true });
});

/** In another ENV than the one that `runs` is for. */
async function ran(envName: string, text: string): Promise<RunDetail> {
  const { run } = await agent.client.run.start({ envName, command: sh(text), waitMs: PATIENCE_MS });
  return runs.ended(run.id);
}

/** Over the serial port: the helper is not greeted. */
async function countUnnoticed(vm: Vm): Promise<string> {
  const shell = await agent.shell(vm);
  try {
    return (await shell.run(countOfProcesses(CHILD))).trim();
  } finally {
    shell.close();
  }
}

it('goes on in the original, and ends in the fork before anybody asks that', { timeout: PATIENCE_MS * 2 }, async () => {
  const { run: begun } = await runs.start(COMMAND);
  await runs.printed(begun.id);
  await agent.client.snapshot.create({ envName: 'demo', name: 'ripe' });
  const { envs } = await agent.client.snapshot.fork({ envName: 'demo', name: 'ripe', newName: 'copy' });
  const copy = envs[0]?.vms[0] ?? expect.unreachable('no copy');
  await until('it has ended in the copy', async () => (await countUnnoticed(copy)) === '0', PATIENCE_MS);
  expect(await countUnnoticed(original)).toBe('1');

  // The copy has a run of its own, which touches nothing of the other.
  const inCopy = await ran('copy', `touch /tmp/go; [ ! -e /run/.tt-guest-helper ] && ${countOfProcesses(CHILD)}`);
  expect(inCopy.vms).toMatchObject([{ state: 'exited', exitCode: 0, via: 'helper', failure: null }]);
  expect((await agent.client.run.show({ runId: begun.id })).vms).toMatchObject([{ state: 'running', failure: null }]);

  await runs.run(sh('touch /tmp/go'));
  const ended = await runs.ended(begun.id);
  expect(ended.vms).toMatchObject([{ state: 'exited', exitCode: 0, failure: null }]);
  expect((await runs.output(ended, 'stdout')).toString()).toBe('begun\nended\n');
  await agent.client.env.delete({ name: 'copy' });
});

it('is by the helper of the image in a machine that wakes from a warm one', { timeout: PATIENCE_MS * 2 }, async () => {
  await agent.client.image.warm({ name: original.image, memoryMiB: 128 });
  const groups = [{ osPrefix: IMAGE, memoryMiB: 128 }];
  const { vms } = await agent.client.env.create({ name: 'woken', groups });
  expect(vms.map(({ origin }) => [origin?.how, origin?.reason])).toEqual([['woken', null]]);
  const { vms: found } = await ran('woken', '[ ! -e /run/.tt-guest-helper ]');
  expect(found).toMatchObject([{ state: 'exited', exitCode: 0, via: 'helper' }]);
});
