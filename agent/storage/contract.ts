// The one suite every storage passes: `fake-storage.test.ts` and `qcow2/qcow2.real.test.ts` call it with their own harness.
import { stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DiskSource, Storage } from './interface.ts';

export interface StorageHarness {
  storage: Storage;
  /** An image of 64 MiB. */
  image: DiskSource;
  /** The folder given to the storage. */
  directory: string;
  /** Another one of the same storage on the same folder, as after an agent restart. */
  reopen(): Storage;
  /** What the guest would do: write and read one word on a disk. */
  write(diskPath: string, word: 'apple' | 'pear'): Promise<void>;
  read(diskPath: string): Promise<'apple' | 'pear' | 'nothing'>;
  remove(): Promise<void>;
}

export function describeStorageContract(name: string, makeHarness: () => Promise<StorageHarness>): void {
  describe(`storage contract: ${name}`, () => {
    let harness: StorageHarness;
    let storage: Storage;

    beforeEach(async () => {
      harness = await makeHarness();
      storage = harness.storage;
      await storage.init();
    });
    afterEach(() => harness.remove());

    const create = (vmId: string) => storage.createImage(vmId, harness.image, 128);

    it('clones an image and leaves it untouched by what the guest writes', async () => {
      const before = await harness.read(harness.image.path);
      const disk = await create('vm1');
      await create('vm2');
      await harness.write(disk.path, 'pear');
      expect(disk).toEqual(storage.diskOf('vm1'));
      expect(await harness.read(disk.path)).toBe('pear');
      expect(await harness.read(storage.diskOf('vm2').path)).toBe(before);
      expect(await harness.read(harness.image.path)).toBe(before);
      expect(await storage.list()).toEqual(['vm1', 'vm2']);
      expect(await storage.usedBytes('vm1')).toBeGreaterThan(0);
    });

    it('refuses a second disk for a VM and keeps the first', async () => {
      const disk = await create('vm1');
      await harness.write(disk.path, 'pear');
      await expect(create('vm1')).rejects.toMatchObject({ code: 'DISK_EXISTS' });
      expect(await harness.read(disk.path)).toBe('pear');
    });

    it('lets exactly one of two creations at once win', async () => {
      const results = await Promise.allSettled([create('vm1'), create('vm1')]);
      expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected']);
      expect(await storage.list()).toEqual(['vm1']);
    });

    it('leaves nothing when an image is missing, no image, or larger than the disk', async () => {
      const missing = { path: path.join(harness.directory, 'no-image'), format: 'qcow2' } as const;
      await expect(storage.createImage('vm1', missing, 128)).rejects.toMatchObject({ code: 'DISK_NOT_FOUND' });
      await expect(storage.createImage('vm1', harness.image, 32)).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
      expect(await storage.exists('vm1')).toBe(false);
      expect(await storage.list()).toEqual([]);
    });

    it('says false only for a disk that certainly is not there', async () => {
      expect(await storage.exists('vm1')).toBe(false);
      await create('vm1');
      expect(await storage.exists('vm1')).toBe(true);
      // A file where the VM's folder should be: the answer is trouble, not "no disk".
      await writeFile(path.join(harness.directory, 'odd'), '');
      await expect(storage.exists('odd')).rejects.toMatchObject({ code: 'ENOTDIR' });
    });

    it('removes a disk, twice if asked', async () => {
      const disk = await create('vm1');
      await storage.destroyImage('vm1');
      await storage.destroyImage('vm1');
      await expect(stat(disk.path)).rejects.toMatchObject({ code: 'ENOENT' });
      expect(await storage.list()).toEqual([]);
      await expect(storage.usedBytes('vm1')).rejects.toMatchObject({ code: 'DISK_NOT_FOUND' });
      await expect(storage.listSnapshots('vm1')).rejects.toMatchObject({ code: 'DISK_NOT_FOUND' });
    });

    it('brings the content back with a snapshot, again and again', async () => {
      const { path: disk } = await create('vm1');
      await harness.write(disk, 'apple');
      await storage.createSnapshot('vm1', 'first');
      await harness.write(disk, 'pear');
      await storage.createSnapshot('vm1', 'second');
      await storage.applySnapshot('vm1', 'first');
      expect(await harness.read(disk)).toBe('apple');
      await storage.applySnapshot('vm1', 'second');
      expect(await harness.read(disk)).toBe('pear');
      expect(await storage.listSnapshots('vm1')).toEqual([
        { tag: 'first', vmStateBytes: 0 },
        { tag: 'second', vmStateBytes: 0 },
      ]);
      await storage.destroySnapshot('vm1', 'first');
      await storage.destroySnapshot('vm1', 'first');
      await expect(storage.applySnapshot('vm1', 'first')).rejects.toMatchObject({ code: 'SNAPSHOT_NOT_FOUND' });
    });

    it('refuses a tag that is taken, or that a tool would misread', async () => {
      await create('vm1');
      await storage.createSnapshot('vm1', 'first');
      await expect(storage.createSnapshot('vm1', 'first')).rejects.toMatchObject({ code: 'SNAPSHOT_EXISTS' });
      // `1` would mean the snapshot with the id 1 to qemu-img, which is `first`.
      for (const tag of ['1', '-c', '', 'a b', '../x']) {
        await expect(storage.destroySnapshot('vm1', tag)).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
      }
      expect(await storage.listSnapshots('vm1')).toHaveLength(1);
    });

    it('refuses ids that lead out of its folder', async () => {
      for (const vmId of ['../vm', '.', '', 'a/b']) {
        await expect(create(vmId)).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
      }
    });

    it('goes on after a restart of the agent', async () => {
      const disk = await create('vm1');
      await harness.write(disk.path, 'pear');
      const again = harness.reopen();
      await again.init();
      expect(await again.list()).toEqual(['vm1']);
      expect(await harness.read(again.diskOf('vm1').path)).toBe('pear');
    });

    it('knows the space below it', async () => {
      const space = await storage.space();
      expect(space.freeBytes).toBeGreaterThan(0);
      expect(space.totalBytes).toBeGreaterThanOrEqual(space.freeBytes);
    });
  });
}
