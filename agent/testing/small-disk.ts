// Test support: file systems that can be filled to their last byte: of a few MiB in memory (tmpfs), or like that of a host, for guests
// (ext4 in a file). Both need root.
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isDiskFull } from '../host/disk-full.ts';
import { runCommand } from '../host/run-command.ts';
import { mountLoop } from '../storage/test-loop-mount.ts';

export const canMount = process.getuid?.() === 0;
/** For the name of a suite that is left out. */
export const whyNoMount = canMount ? '' : ' (skipped: mounting a tmpfs needs root)';

export interface Filler {
  /** Writes a file until not one byte more fits. */
  fill(): void;
  /** Removes that file, as somebody else who frees space. */
  empty(): void;
}

export interface SmallDisk extends Filler {
  readonly folder: string;
  unmount(): Promise<void>;
}

export async function mountSmallDisk(sizeMiB: number): Promise<SmallDisk> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tt-full-'));
  await runCommand('mount', ['-t', 'tmpfs', '-o', `size=${sizeMiB}m,mode=0700`, 'tt-test', folder], {
    timeoutMs: 10_000,
  });
  return {
    folder,
    ...fillerOf(path.join(folder, 'filler')),
    async unmount() {
      await runCommand('umount', [folder], { timeoutMs: 10_000 });
      await rm(folder, { recursive: true });
    },
  };
}

/** Large enough for disks of guests and their memory. */
export async function mountGuestDisk(sizeMiB = 1024): Promise<SmallDisk> {
  const { directory, remove } = await mountLoop('ext4', sizeMiB);
  return { folder: directory, ...fillerOf(path.join(directory, 'filler')), unmount: remove };
}

/** Fills the file system that `file` is on. Needs no root, but then leaves what the file system keeps for root. */
export function fillerOf(file: string): Filler {
  return {
    fill() {
      const descriptor = openSync(file, 'a');
      for (let bytes = 1024 * 1024; bytes >= 1; ) {
        try {
          // Fewer bytes than asked for: the next call says that it is full.
          writeSync(descriptor, Buffer.alloc(bytes));
        } catch (error) {
          if (!isDiskFull(error)) throw error;
          bytes = Math.floor(bytes / 4);
        }
      }
      closeSync(descriptor);
    },
    empty: () => rmSync(file, { force: true }),
  };
}
