// The fake storage passes the contract of all storages, and fails on demand.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { describeStorageContract } from './storage.contract.ts';
import { changeFakeDisk, readFakeDisk, writeFakeDisk } from './fake-disk.ts';
import { FakeStorage } from './fake-storage.ts';
import { someSeed, walkRandomTree } from './random-trees.ts';

async function makeHarness() {
  const root = await mkdtemp(path.join(tmpdir(), 'tt-fake-storage-'));
  const image = { path: path.join(root, 'image.qcow2'), format: 'qcow2' } as const;
  writeFakeDisk(image.path, { sizeMiB: 64, files: {}, snapshots: [] });
  const directory = path.join(root, 'disks');
  return {
    storage: new FakeStorage({ directory }),
    image,
    directory,
    reopen: () => new FakeStorage({ directory }),
    write: async (disk: string, word: 'apple' | 'pear') =>
      changeFakeDisk(disk, (content) => {
        content.files = { '/word': word };
      }),
    read: async (disk: string) => (readFakeDisk(disk).files['/word'] ?? 'nothing') as 'apple' | 'pear' | 'nothing',
    remove: () => rm(root, { recursive: true }),
  };
}

describeStorageContract('fake', makeHarness);

it('fails once when told to, and changes nothing', async () => {
  const { storage, image, remove } = await makeHarness();
  await storage.init();
  storage.failNext('createImage', 'DISK_FULL');
  await expect(storage.createImage('vm1', image, 64)).rejects.toMatchObject({ code: 'DISK_FULL' });
  expect(await storage.list()).toEqual([]);
  await storage.createImage('vm1', image, 64);
  await remove();
});

it('is what a model says it is, through random trees', async () => {
  for (let walk = 0; walk < 10; walk++) {
    const harness = await makeHarness();
    await walkRandomTree(harness, { seed: someSeed(), steps: 60 });
    await harness.remove();
  }
});
