// Identity of real processes: odd names, ends, zombies, reused pids.
import { copyFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import {
  findProcess,
  identifyProcess,
  isRunning,
  memoryBytes,
  signalProcess,
  waitUntilGone,
} from './process-identity.ts';
import { spawnProcess } from './run-command.ts';

it('knows this process', async () => {
  const self = await identifyProcess(process.pid);
  expect(self?.startTicks).toBeGreaterThan(0);
  expect(await isRunning({ pid: process.pid, startTicks: self?.startTicks ?? 0 })).toBe(true);
  expect(await memoryBytes({ pid: process.pid, startTicks: self?.startTicks ?? 0 })).toBeGreaterThan(1024 * 1024);
});

it('never signals a process that only has the same pid', async () => {
  const child = await spawnProcess('sleep', ['60'], { detached: false });
  const identity = await identifyProcess(child.pid ?? 0);
  if (!identity) throw new Error('sleep is not running');
  const another = { ...identity, startTicks: identity.startTicks - 1 };
  expect(await signalProcess(another, 'SIGKILL')).toBe(false);
  expect(await isRunning(identity)).toBe(true);
  expect(await waitUntilGone(identity, 20)).toBe(false);
  expect(await signalProcess(identity, 'SIGKILL')).toBe(true);
  expect(await waitUntilGone(identity, 5_000)).toBe(true);
  expect(await signalProcess(identity, 'SIGKILL')).toBe(false);
  expect(await memoryBytes(identity)).toBe(0);
});

it('reads past a name with spaces and parentheses', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'tt-identity-'));
  const program = path.join(folder, 'a) Z (b');
  await copyFile('/bin/sleep', program);
  const child = await spawnProcess(program, ['60'], { detached: false });
  const identity = await identifyProcess(child.pid ?? 0);
  const self = await identifyProcess(process.pid);
  expect(identity?.startTicks).toBeGreaterThanOrEqual(self?.startTicks ?? Number.NaN);
  child.kill('SIGKILL');
  await rm(folder, { recursive: true });
});

it('finds a process by its whole arguments', async () => {
  const child = await spawnProcess('sleep', ['60', '1234567'], { detached: false });
  expect(await findProcess(['60', '1234567'])).toEqual(await identifyProcess(child.pid ?? 0));
  expect(await findProcess(['60', '123456'])).toBeNull();
  child.kill('SIGKILL');
});

it('finds a process by its arguments in one working folder only', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'tt-identity-'));
  const child = await spawnProcess('sleep', ['60', '1234568'], { detached: false, cwd: folder });
  expect(await findProcess(['1234568'], folder)).toEqual(await identifyProcess(child.pid ?? 0));
  expect(await findProcess(['1234568'], tmpdir())).toBeNull();
  child.kill('SIGKILL');
  await rm(folder, { recursive: true });
});

it('counts a killed process as running until its last thread has let go of everything', async () => {
  const script = 'globalThis.held = Buffer.alloc(200_000_000, 1); setInterval(() => {}, 1000)';
  for (let round = 0; round < 3; round++) {
    const child = await spawnProcess(process.execPath, ['-e', script], { detached: false });
    const identity = await identifyProcess(child.pid ?? 0);
    if (!identity) throw new Error('node is not running');
    await expect.poll(() => memoryBytes(identity), { timeout: 10_000 }).toBeGreaterThan(200_000_000);
    child.kill('SIGKILL');
    expect(await waitUntilGone(identity, 5_000)).toBe(true);
    const threads = await readdir(`/proc/${identity.pid}/task`).catch(() => []);
    expect(threads.length).toBeLessThanOrEqual(1);
  }
});

it('counts a zombie as gone', async () => {
  // The shell's child ends at once, but the `sleep` the shell turns into never waits for it.
  const parent = await spawnProcess('sh', ['-c', 'true & exec sleep 60'], { detached: false });
  const identity = await identifyProcess(parent.pid ?? 0);
  expect(identity).not.toBeNull();
  const childPid = async () => {
    const text = await readFile(`/proc/${parent.pid}/task/${parent.pid}/children`, 'utf8');
    return Number(text.trim());
  };
  await expect.poll(async () => (await childPid()) > 0).toBe(true);
  const zombie = await childPid();
  await expect.poll(() => readFile(`/proc/${zombie}/stat`, 'utf8')).toContain(' Z ');
  expect(await identifyProcess(zombie)).toBeNull();
  parent.kill('SIGKILL');
});
