// Test support: what storages that keep disks as files provide to the contract suite, and to tests of their own.
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { runCommand } from '../host/run-command.ts';
import type { StorageHarness } from './contract-harness.ts';
import type { Storage } from './interface.ts';
import { readWord, writeWord } from './test-disk-words.ts';

/** In `root`, a folder of the test's own that the user of tools may pass; `make`: a storage whose disks are in this folder. */
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
