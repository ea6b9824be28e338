// Test support: a file system in a file, mounted while a test runs. Needs root.
import { existsSync } from 'node:fs';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runCommand } from '../host/run-command.ts';
import { until } from '../testing/until.ts';

const MIB = 1024 * 1024;

/** In memory if there is such a folder: a file system that waits for a disk after each change makes tests slow. */
export const QUICK_FOLDER = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

export interface LoopMount {
  /** Where it is mounted; made with mode 0711, as an agent's home. */
  directory: string;
  remove(): Promise<void>;
}

export const canMount = process.geteuid?.() === 0;

export function run(command: string, ...args: string[]): Promise<{ stdout: string }> {
  return runCommand(command, args, { timeoutMs: 60_000 });
}

/** xfs needs at least 300 MiB. The file is sparse and only uses what is written. */
export async function mountLoop(
  kind: 'xfs' | 'btrfs' | 'ext4',
  sizeMiB = 400,
  mountOptions: readonly string[] = [],
): Promise<LoopMount> {
  const root = await mkdtemp(path.join(QUICK_FOLDER, `tt ${kind},mount-`));
  const device = path.join(root, 'device');
  const directory = path.join(root, 'mount');
  await writeFile(device, '');
  await truncate(device, sizeMiB * MIB);
  await run(`mkfs.${kind}`, '-q', device);
  await run('mkdir', directory);
  await run('mount', '-o', ['loop', ...mountOptions].join(','), device, directory);
  await run('chmod', '711', root, directory);
  return {
    directory,
    remove: async () => {
      // Guests that were ended let go of their files a moment later.
      await until('the file system is let go of', () => unmounted(directory), 20_000);
      await rm(root, { recursive: true });
    },
  };
}

async function unmounted(directory: string): Promise<boolean> {
  const { exitCode } = await runCommand('umount', [directory], { timeoutMs: 60_000, okExitCodes: [0, 32] });
  return exitCode === 0;
}
