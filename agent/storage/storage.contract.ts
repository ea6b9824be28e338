// The contract suite for all storages: `fake-storage.test.ts` and the drivers’ own tests run it with their own harness.
// `disks.contract.ts` is its second half.
import { link, lstat, mkdir, rename, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StorageHarness } from './contract-harness.ts';
import { describeClonesContract } from './clones.contract.ts';
import { describeDisksContract } from './disks.contract.ts';
import type { DiskOwner, Storage } from './interface.ts';

/** Root can give a disk to any user, others can only keep their own. */
const SOMEBODY: DiskOwner =
  process.geteuid?.() === 0
    ? { uid: 1_900_000_001, gid: 1_900_000_002 }
    : { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 };

/** Who may do what with each of these, not following links: `uid:gid mode`. */
function owners(...paths: string[]): Promise<string[]> {
  return Promise.all(
    paths.map(async (file) => {
      const { uid, gid, mode } = await lstat(file);
      return `${uid}:${gid} ${(mode & 0o777).toString(8)}`;
    }),
  );
}

/** `disksAreDevices`: they are where only root can replace them. */
export function describeStorageContract(
  name: string,
  makeHarness: () => Promise<StorageHarness>,
  { disksAreDevices = false } = {},
): void {
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
    // Where the disk is now: with some storages it moves.
    const write = (word: 'apple' | 'pear') => harness.write(storage.diskOf('vm1').path, word);
    const read = () => harness.read(storage.diskOf('vm1').path);
    /** Overlays need their image, copies need nothing. */
    const backing = () => (storage.format === 'qcow2' ? harness.image : null);

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
      expect(disk.backing).toEqual(backing());
      expect(storage.diskOf('none').backing).toBeNull();
      expect(storage.describe()).toContain(harness.directory);
    });

    it('grows a disk and keeps what is on it and its snapshots', async () => {
      await create('vm1');
      expect(await storage.sizeMiB('vm1')).toBe(128);
      await write('apple');
      await storage.createSnapshot('vm1', 'small');
      await write('pear');
      await storage.resizeImage('vm1', 256);
      await storage.resizeImage('vm1', 256);
      expect(await storage.sizeMiB('vm1')).toBe(256);
      expect(await read()).toBe('pear');
      await expect(storage.resizeImage('vm1', 255)).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
      await storage.createSnapshot('vm1', 'large');

      // A snapshot is the whole disk of then, so also its size.
      await storage.revertSnapshot('vm1', 'small');
      expect([await storage.sizeMiB('vm1'), await read()]).toEqual([128, 'apple']);
      await storage.revertSnapshot('vm1', 'large');
      expect([await storage.sizeMiB('vm1'), await read()]).toEqual([256, 'pear']);
      await expect(storage.resizeImage('none', 256)).rejects.toMatchObject({ code: 'DISK_NOT_FOUND' });
      await expect(storage.sizeMiB('none')).rejects.toMatchObject({ code: 'DISK_NOT_FOUND' });
    });

    it('gives a disk to a user, whatever is done to it afterwards, and takes it back', async () => {
      await create('vm1');
      const looked = () => owners(storage.folderOf('vm1'), storage.diskOf('vm1').path);
      const before = await looked();
      await storage.setOwner('vm1', SOMEBODY);
      const { uid, gid } = SOMEBODY;
      const given = [`${uid}:${gid} 700`, `${uid}:${gid} 600`];
      expect(await looked()).toEqual(given);

      await write('apple');
      await storage.createSnapshot('vm1', 'first');
      await write('pear');
      await storage.resizeImage('vm1', 256);
      await storage.revertSnapshot('vm1', 'first');
      expect(await read()).toBe('apple');
      expect(await storage.listSnapshots('vm1')).toEqual([{ tag: 'first', vmStateBytes: 0 }]);
      await storage.destroySnapshot('vm1', 'first');
      expect(await looked()).toEqual(given);
      expect(storage.diskOf('vm1').backing).toEqual(backing());

      await storage.setOwner('vm1', null);
      expect((await looked()).map((text) => text.split(' ')[0])).toEqual(before.map((text) => text.split(' ')[0]));
      await expect(storage.setOwner('none', SOMEBODY)).rejects.toMatchObject({ code: 'DISK_NOT_FOUND' });
      await storage.setOwner('vm1', SOMEBODY);
      await storage.destroyImage('vm1');
      expect(await storage.list()).toEqual([]);
    });

    it.skipIf(disksAreDevices)('gives nobody a file that was put in place of the disk', async () => {
      const { path: disk } = await create('vm1');
      const secret = path.join(path.dirname(disk), 'secret');
      await writeFile(secret, 'secret', { mode: 0o640 });
      const before = await owners(secret);
      await rename(disk, `${disk}.aside`);
      for (const place of [symlink, link, (_: string, at: string) => mkdir(at)]) {
        await place(secret, disk);
        await expect(storage.setOwner('vm1', SOMEBODY)).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
        expect(await owners(secret)).toEqual(before);
        await rename(disk, `${disk}.tried-${place.name}`);
      }
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
      // An overlay as an image: what is below it would be read for whoever brought it.
      const overlay = { path: (await create('vm0')).path, format: 'qcow2' } as const;
      await expect(storage.createImage('vm1', overlay, 128)).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
      await storage.destroyImage('vm0');
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
      await create('vm1');
      await write('apple');
      await storage.createSnapshot('vm1', 'first');
      await write('pear');
      await storage.createSnapshot('vm1', 'second');
      await storage.revertSnapshot('vm1', 'first');
      expect(await read()).toBe('apple');
      await storage.revertSnapshot('vm1', 'second');
      expect(await read()).toBe('pear');
      expect(await storage.listSnapshots('vm1')).toEqual([
        { tag: 'first', vmStateBytes: 0 },
        { tag: 'second', vmStateBytes: 0 },
      ]);
      await storage.destroySnapshot('vm1', 'first');
      await storage.destroySnapshot('vm1', 'first');
      await expect(storage.revertSnapshot('vm1', 'first')).rejects.toMatchObject({ code: 'SNAPSHOT_NOT_FOUND' });
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

    describeDisksContract(() => harness);
    describeClonesContract(() => harness);
  });
}
