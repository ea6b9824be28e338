// `tearDownOnExit` with real namespaces (as root): however the agent ends, nothing it started remains, neither guests nor
// daemons; from outside it behaves like any other process.
// @module-tag deep
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findPrivateAgent } from '@tt/client/node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  findProcess,
  isRunning,
  type ProcessIdentity,
  signalProcess,
  waitUntilGone,
} from '../host/process-identity.ts';
import { runCommand, spawnProcess } from '../host/run-command.ts';
import { until } from '../testing/until.ts';

const entry = path.join(import.meta.dirname, 'test-tear-down-entry.ts');
/** Seconds to sleep that no other process on this host has among its arguments. */
const mark = `00000.${process.pid}`;
const GONE_MS = 10_000;

let folder: string;
let file: string;
const children: ChildProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-tear-down-'));
  file = path.join(folder, 'seen.json');
});
afterEach(async () => {
  for (const child of children.splice(0))
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  const left = await Promise.all([findProcess(['sleep', `1${mark}`]), findProcess(['sleep', `2${mark}`])]);
  for (const identity of left) if (identity) await signalProcess(identity, 'SIGKILL');
  await rm(folder, { recursive: true });
});

interface Seen {
  pid: number;
  publicPid: number;
  guest: ProcessIdentity | null;
  heard: string[];
}

const readSeen = async () => JSON.parse((await readFile(file, 'utf8').catch(() => '')) || 'null') as Seen | null;

async function spawnEntry(): Promise<ChildProcess> {
  const log = await open(path.join(folder, 'log'), 'a');
  const args = [entry, file, mark];
  const child = await spawnProcess(process.execPath, args, { detached: false, stdoutFd: log.fd, stderrFd: log.fd });
  await log.close();
  children.push(child);
  return child;
}

/** The agent's stand-in, and what runs inside as it is seen from outside. */
async function start(): Promise<{ child: ChildProcess; inside: ProcessIdentity[]; seen: Seen }> {
  const child = await spawnEntry();
  const seen = await until('it runs inside', readSeen, 20_000);
  const found = await Promise.all([
    findProcess(['sleep', `1${mark}`]),
    findProcess(['sleep', `2${mark}`]),
    findProcess(['unshare', entry, mark]),
    // The agent inside is the one that was not started with setpriv's or unshare's own words.
    findInside(entry, mark),
  ]);
  const inside = found.filter((identity) => identity !== null);
  expect(inside).toHaveLength(4);
  return { child, inside, seen };
}

async function findInside(...wanted: string[]): Promise<ProcessIdentity | null> {
  const unsharer = await findProcess(['unshare', ...wanted]);
  const children = await readFile(`/proc/${unsharer?.pid}/task/${unsharer?.pid}/children`, 'utf8');
  const pid = Number(children.trim());
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  return { pid, startTicks: Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]) };
}

/** Where /proc is mounted on the host; other tests may mount other things meanwhile. */
async function procMounts(): Promise<string[]> {
  const text = await readFile('/proc/self/mountinfo', 'utf8');
  return text.split('\n').filter((line) => line.includes(' - proc '));
}

const stillThere = (identities: readonly ProcessIdentity[]) => Promise.all(identities.map(isRunning));
const goneInTime = (identities: readonly ProcessIdentity[]) =>
  Promise.all(identities.map((identity) => waitUntilGone(identity, GONE_MS)));
const allOf = <Value>(identities: readonly unknown[], value: Value) => identities.map(() => value);

describe('what was started inside', () => {
  it('is gone when the agent is killed from outside, and nothing of the host is changed', async () => {
    const mounts = await procMounts();
    const { child, inside, seen } = await start();
    expect(seen).toEqual({
      pid: 1,
      publicPid: child.pid,
      guest: { pid: expect.any(Number) as number, startTicks: expect.any(Number) as number },
      heard: [],
    });
    expect(await stillThere(inside)).toEqual(allOf(inside, true));
    expect(await procMounts()).toEqual(mounts);
    child.kill('SIGKILL');
    expect(await goneInTime(inside)).toEqual(allOf(inside, true));
  });

  it('is gone when the agent ends on SIGTERM, whose exit code comes out', async () => {
    const { child, inside } = await start();
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await exited).toEqual([7, null]);
    // By the time the outside ends the inside has ended: nobody has to wait for it.
    expect(await stillThere(inside)).toEqual(allOf(inside, false));
  });

  it.each(['the agent inside', 'unshare'])('is gone when %s is killed', async (what) => {
    const { child, inside } = await start();
    const exited = once(child, 'exit');
    const victim = what === 'unshare' ? inside[2] : inside[3];
    if (!victim) throw new Error('there is nobody to kill');
    expect(await signalProcess(victim, 'SIGKILL')).toBe(true);
    // unshare(1) of util-linux 2.38 says 1 where its child was killed by SIGKILL.
    const [code] = (await exited) as [number];
    expect([1, 137]).toContain(code);
    expect(await goneInTime(inside)).toEqual(allOf(inside, true));
  });

  it('hears SIGHUP, and goes on', async () => {
    const { child, inside } = await start();
    child.kill('SIGHUP');
    await until('SIGHUP came inside', async () => (await readSeen())?.heard.includes('SIGHUP'));
    expect(await stillThere(inside)).toEqual(allOf(inside, true));
  });

  it('never stays when SIGTERM comes while it still starts', async () => {
    for (const reached of ['nothing', 'unshare', 'inside'] as const) {
      const child = await spawnEntry();
      const exited = once(child, 'exit');
      if (reached === 'unshare') await until('unshare runs', () => findProcess(['unshare', entry, mark]));
      if (reached === 'inside') await until('the inside runs', () => findInside(entry, mark).catch(() => null));
      child.kill('SIGTERM');
      const [code, signal] = (await exited) as [number | null, string | null];
      // Ended in order, while it started, or before it listened at all.
      expect([7, 143, 'SIGTERM']).toContain(code ?? signal);
      const left = [findProcess(['sleep', `1${mark}`]), findProcess(['sleep', `2${mark}`]), findProcess([entry, mark])];
      expect(await Promise.all(left)).toEqual([null, null, null]);
      await rm(file, { force: true });
    }
  });
});

describe('it refuses', () => {
  it('to start without root', async () => {
    const asNobody = ['--reuid', '65534', '--regid', '65534', '--clear-groups', process.execPath, entry, file, mark];
    const { exitCode, stderr } = await runCommand('setpriv', asNobody, { timeoutMs: 20_000, okExitCodes: [3] });
    expect([exitCode, stderr]).toEqual([3, expect.stringMatching(/^TEAR_DOWN_NEEDS_ROOT: /)]);
  });

  it('to run inside when nobody outside watches over it', async () => {
    const dead = await spawnProcess('true', [], { detached: false });
    if (dead.exitCode === null) await once(dead, 'exit');
    const args = ['--pid', '--mount', '--fork', process.execPath, entry, file, mark];
    const { stderr } = await runCommand('unshare', args, {
      timeoutMs: 20_000,
      okExitCodes: [3],
      env: { TT_AGENT_SUPERVISOR: `${dead.pid}:1` },
    });
    expect(stderr).toMatch(/^TEAR_DOWN_ORPHANED: /);
    expect(await findProcess(['sleep', `1${mark}`])).toBeNull();
  });
});

it('holds for the agent itself, which clients find by the process outside', async () => {
  const log = await open(path.join(folder, 'log'), 'a');
  const flags = ['--home', folder, '--engine', 'fake', '--no-prepare', '--network', 'user', '--tear-down-on-exit'];
  const main = path.resolve(import.meta.dirname, '../main.ts');
  const start = async () => {
    const child = await spawnProcess(process.execPath, [main, ...flags], {
      detached: false,
      stdoutFd: log.fd,
      stderrFd: log.fd,
    });
    children.push(child);
    const found = await until(
      'the agent says where it is',
      () =>
        findPrivateAgent(folder).then(
          (agent) => (agent.pid === child.pid ? agent : null),
          () => null,
        ),
      20_000,
    );
    return { child, found };
  };
  try {
    const first = await start();
    const inside = await until('the agent is inside', () => findInside(main, ...flags).catch(() => null));
    const exited = once(first.child, 'exit');
    first.child.kill('SIGKILL');
    await exited;
    expect(await waitUntilGone(inside, GONE_MS)).toBe(true);
    await expect(findPrivateAgent(folder)).rejects.toMatchObject({ code: 'AGENT_NOT_RUNNING' });
    // The one killed holds nothing back, and the next one ends in order.
    const { child } = await start();
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    await expect(findPrivateAgent(folder)).rejects.toMatchObject({ code: 'AGENT_NOT_RUNNING' });
    expect(await readFile(path.join(folder, 'log'), 'utf8')).toContain('ending, with all VMs');
  } finally {
    await log.close();
  }
});
