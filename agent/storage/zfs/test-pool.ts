// Test support: a ZFS pool in a file, by zfs-fuse (package zfs-fuse) or the kernel's ZFS. Needs root.
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { identifyProcess, signalProcess } from '../../host/process-identity.ts';
import { runCommand, spawnProcess } from '../../host/run-command.ts';
import { until } from '../../testing/until.ts';
import { QUICK_FOLDER, run } from '../test-loop-mount.ts';

const MIB = 1024 * 1024;
const POOL = `tt-test-${process.pid}`;
const PID_FILE = path.join(QUICK_FOLDER, 'tt-test-zfs-fuse.pid');

/** Why there can be no pool here; null when there can. */
export const poolProblem: string | null =
  process.geteuid?.() !== 0
    ? 'needs root'
    : existsSync('/usr/sbin/zfs') || existsSync('/sbin/zfs')
      ? null
      : 'needs zfs-fuse';

export interface TestPool {
  /** A new dataset with the folder it is mounted at. */
  makeDataset(): Promise<{ dataset: string; directory: string }>;
  /** A folder beside, on the pool, that everybody may walk through. */
  readonly directory: string;
  remove(): Promise<void>;
}

export async function makePool(sizeMiB = 192): Promise<TestPool> {
  let current = await createPool(sizeMiB);
  let count = 0;
  return {
    get directory() {
      return current.directory;
    },
    async makeDataset() {
      // zfs-fuse has died of a full pool before, once in dozens of runs: that costs the test its try, and no other test anything.
      if (!(await succeeds('zpool', 'list', POOL))) {
        await abandon(current);
        current = await createPool(sizeMiB);
      }
      const name = `agent${count++}`;
      await run('zfs', 'create', `${POOL}/${name}`);
      return { dataset: `${POOL}/${name}`, directory: path.join(current.directory, name) };
    },
    async remove() {
      await until('the pool is gone', () => succeeds('zpool', 'destroy', '-f', POOL), 20_000);
      await rm(current.root, { recursive: true });
      await endDaemon();
    },
  };
}

interface PoolPlace {
  root: string;
  /** Where the pool is mounted. */
  directory: string;
}

async function createPool(sizeMiB: number): Promise<PoolPlace> {
  await startDaemon();
  const root = await mkdtemp(path.join(QUICK_FOLDER, 'tt zfs,pool-'));
  await chmod(root, 0o711);
  const device = path.join(root, 'device');
  const directory = path.join(root, 'mount');
  await writeFile(device, '');
  await truncate(device, sizeMiB * MIB);
  // Remembered nowhere: after a daemon that died the next one must not look for it.
  await run('zpool', 'create', '-o', 'cachefile=none', '-m', directory, POOL, device);
  await chmod(directory, 0o711);
  return { root, directory };
}

/** What a daemon that died has left: mounts that nobody answers for, of which the first takes the others with it, and its file. */
async function abandon({ root, directory }: PoolPlace): Promise<void> {
  await runCommand('umount', ['-l', directory], { timeoutMs: 20_000, okExitCodes: [0, 32] });
  await rm(root, { recursive: true, force: true });
}

/** Starts zfs-fuse if no ZFS answers. Another test may start to use it too, so the one with the last pool ends it. */
async function startDaemon(): Promise<void> {
  if (await succeeds('zpool', 'list')) return;
  // In a session of its own: what ends a test by a signal to its group must not take the pools from under the others.
  const daemon = await spawnProcess('zfs-fuse', ['--no-daemon'], { detached: true });
  await writeFile(PID_FILE, String(daemon.pid));
  await until('zfs-fuse answers', () => succeeds('zpool', 'list'), 20_000);
}

async function endDaemon(): Promise<void> {
  const { stdout } = await run('zpool', 'list', '-H', '-o', 'name');
  // Without any it prints a sentence.
  if (/^tt-test-/m.test(stdout) || !existsSync(PID_FILE)) return;
  const daemon = await identifyProcess(Number(await readFile(PID_FILE, 'utf8')));
  await rm(PID_FILE, { force: true });
  if (!daemon) return;
  await signalProcess(daemon, 'SIGTERM');
  await until('zfs-fuse has ended', async () => (await identifyProcess(daemon.pid)) === null, 20_000);
}

async function succeeds(command: string, ...args: string[]): Promise<boolean> {
  const { exitCode } = await runCommand(command, args, { timeoutMs: 20_000, okExitCodes: [0, 1, 2] });
  return exitCode === 0;
}
