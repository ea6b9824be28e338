// What a kill in a guest must never take for its own: the script finds processes, and here it only says which. And what becomes of a
// command whose output has no place from its first piece on.
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { runCommand, spawnProcess } from '../../host/run-command.ts';
import { DRAIN, KILL } from './linux-scripts.ts';

const DRY = `kill() { echo "$*"; }\n${KILL}`;
const MARK = '0123456789abcdef';

async function found(mark: string, session: string): Promise<string> {
  const { stdout } = await runCommand('/bin/sh', ['-c', DRY, 'sh', mark, session], { timeoutMs: 30_000 });
  return stdout;
}

it.each([
  // All that have no session of their own, kernel threads among them.
  ['the session 0', MARK, '0'],
  ['that of the first process', MARK, '1'],
  ['a session that is no number', MARK, '2 3'],
  ['no mark', '', ''],
  ['a mark that matches anything', '.*', ''],
  ['a mark that is too short', 'a', ''],
])('nothing by %s', async (_what, mark, session) => {
  expect(await found(mark, session)).toBe('');
});

it('what has the mark, and no other', async () => {
  const child = await spawnProcess('/bin/sleep', ['1000'], { detached: false, env: { TT_RUN: MARK } });
  try {
    // Its environment is its own from when it runs its program.
    await expect.poll(() => readFile(`/proc/${child.pid}/environ`, 'utf8')).toContain(MARK);
    expect(await found(MARK, '')).toBe(`-s STOP ${child.pid}\n-s KILL ${child.pid}\n`);
    expect(await found('fedcba9876543210', '')).toBe('');
  } finally {
    child.kill('SIGKILL');
  }
});

it('what is in the session, and no other', async () => {
  const leader = await spawnProcess('/bin/sh', ['-c', 'sleep 1000 & wait'], { detached: true });
  const pid = leader.pid ?? 0;
  try {
    const children = () => readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
    await expect.poll(children, { timeout: 30_000 }).not.toBe('');
    const child = (await children()).trim();
    const lines = (await found(MARK, String(pid))).trim().split('\n');
    expect(lines.slice(0, -1).sort()).toEqual([`-s STOP ${pid}`, `-s STOP ${child}`].sort());
    expect(lines.at(-1)?.split(' ').sort()).toEqual(['-s', 'KILL', String(pid), child].sort());
  } finally {
    process.kill(-pid, 'SIGKILL');
  }
});

it('a command that begins to print when there is no place for it ends by that', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'tt-drain-'));
  const fifo = path.join(folder, 'o');
  await runCommand('mkfifo', [fifo], { timeoutMs: 30_000 });
  // Where its first piece would be written.
  await mkdir(`${fifo}.new`);
  const drain = 'exec 3<> "$1"; exec /bin/sh -c "$2" sh "$1"';
  const child = await spawnProcess('/bin/sh', ['-c', drain, 'sh', fifo, DRAIN], { detached: true });
  try {
    await expect.poll(() => existsSync(`${fifo}.failed`), { timeout: 30_000 }).toBe(true);
    const print = 'exec head -c 3000000 /dev/zero > "$1"';
    const printed = runCommand('/bin/sh', ['-c', print, 'sh', fifo], { timeoutMs: 30_000 });
    await expect(printed).rejects.toMatchObject({ signal: 'SIGPIPE', timedOut: false });
  } finally {
    try {
      process.kill(-(child.pid ?? 0), 'SIGKILL');
    } catch {
      // It has ended, as it should.
    }
    await rm(folder, { recursive: true });
  }
});
