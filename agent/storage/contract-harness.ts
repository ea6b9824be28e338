// What a storage provides to the contract suite: an instance in a folder of the test, an image, and a way to read and write a
// disk like a guest.
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { runCommand } from '../host/run-command.ts';
import type { DiskOwner, DiskSource, Storage } from './interface.ts';
import { readWord, writeWord } from './test-disk-words.ts';

/** The user that reads foreign files if the tests run as root: unused on a typical host. */
export const toolUser: DiskOwner | null = process.geteuid?.() === 0 ? { uid: 2_001_000_780, gid: 2_001_000_780 } : null;

export type Word = 'apple' | 'pear';

export interface StorageHarness {
  storage: Storage;
  /** An image of 64 MiB, as every storage is given them: qcow2. */
  image: DiskSource & { format: 'qcow2' };
  /** The folder given to the storage. */
  directory: string;
  /** Another one of the same storage on the same folder, as after an agent restart. */
  reopen(): Storage;
  /** What the guest would do: write and read one word on a disk. */
  write(diskPath: string, word: Word): Promise<void>;
  read(diskPath: string): Promise<Word | 'nothing'>;
  remove(): Promise<void>;
}

/** Of a storage that keeps disks as files, in a folder of the test's own that the user of tools may pass. */
export async function makeFileHarness<Made extends Storage>(root: string, make: (directory: string) => Made) {
  const image = { path: path.join(root, 'image.qcow2'), format: 'qcow2' } as const;
  await runCommand('qemu-img', ['create', '-q', '-f', 'qcow2', image.path, '64M'], { timeoutMs: 60_000 });
  const directory = path.join(root, 'disks');
  return {
    storage: make(directory),
    image,
    directory,
    reopen: () => make(directory),
    write: writeWord,
    read: readWord,
    remove: () => rm(root, { recursive: true }),
  } satisfies StorageHarness;
}
