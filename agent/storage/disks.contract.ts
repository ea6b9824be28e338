// The second half of the storage contract: several disks of a VM, exports, and maintenance of the chain.
import { chmod, copyFile, open, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { until } from '../testing/until.ts';
import { type StorageHarness, wordsOf } from './contract-harness.ts';
import type { DiskOwner, DiskUse, Storage } from './interface.ts';

const SOMEBODY: DiskOwner = { uid: 1_900_000_001, gid: 1_900_000_002 };
const isRoot = process.geteuid?.() === 0;

export function describeDisksContract(current: () => StorageHarness): void {
  describe('with several disks and exports', () => {
    let harness: StorageHarness;
    let storage: Storage;

    beforeEach(async () => {
      harness = current();
      storage = harness.storage;
      await storage.createImage('vm1', harness.image, 64);
    });

    const { write, read, words } = wordsOf(current);

    it('adds disks, from nothing or from an image, and keeps what was there', async () => {
      await storage.destroyImage('vm1');
      await harness.write(harness.image.path, 'pear');
      await storage.createImage('vm1', harness.image, 64);
      await storage.addDisk('vm1', 'disk1', 96);
      await storage.addDisk('vm1', 'nvram', 64, harness.image);
      expect(await words()).toEqual(['disk0 pear', 'disk1 nothing', 'nvram pear']);
      expect(await storage.sizeMiB('vm1', 'disk1')).toBe(96);
      await storage.resizeImage('vm1', 128, 'disk1');
      expect([await storage.sizeMiB('vm1', 'disk1'), await storage.sizeMiB('vm1')]).toEqual([128, 64]);
      await write('apple', 'disk1');
      await expect(storage.addDisk('vm1', 'disk1', 64)).rejects.toMatchObject({ code: 'DISK_EXISTS' });
      expect(await words()).toEqual(['disk0 pear', 'disk1 apple', 'nvram pear']);
      for (const name of ['disk', '../disk1', 'disk100', 'sda', '']) {
        await expect(storage.addDisk('vm1', name, 64)).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
      }
      await expect(storage.addDisk('none', 'disk1', 64)).rejects.toMatchObject({ code: 'DISK_NOT_FOUND' });
      await expect(storage.disks('none')).rejects.toMatchObject({ code: 'DISK_NOT_FOUND' });
      expect(await storage.list()).toEqual(['vm1']);
    });

    it('makes an empty VM, and one that does not need its image any more', async () => {
      await harness.write(harness.image.path, 'pear');
      await storage.createImage('empty', null, 32);
      await storage.createImage('alone', harness.image, 128, { standalone: true });
      expect(storage.diskOf('alone').backing).toBeNull();
      expect(await storage.sizeMiB('alone')).toBe(128);
      await storage.destroyImage('vm1');
      await rm(harness.image.path);
      expect([await read('disk0', 'empty'), await read('disk0', 'alone')]).toEqual(['nothing', 'pear']);
    });

    it('makes sources ready, twice if asked, and says what is no source', async () => {
      await storage.prepareSource(harness.image);
      await storage.prepareSource(harness.image);
      expect(await storage.list()).toEqual(['vm1']);
      const missing = { path: path.join(harness.directory, 'no-image'), format: 'qcow2' } as const;
      await expect(storage.prepareSource(missing)).rejects.toMatchObject({ code: 'DISK_NOT_FOUND' });
    });

    it('keeps nothing of images that are gone, once no disk needs it, and nothing at all of one disk alone', async () => {
      const second = `${harness.image.path}.second`;
      await copyFile(harness.image.path, second);
      const source = { path: second, format: 'qcow2' } as const;
      await storage.createImage('alone', source, 64, { standalone: true });
      await storage.addDisk('alone', 'disk1', 64, source, { standalone: true });
      expect(await storage.sources()).not.toContain(second);
      await storage.prepareSource(source);
      const kept = await storage.sources();
      // Those that clone the image itself keep nothing; all others a copy of each.
      expect([[], [harness.image.path, second]]).toContainEqual(kept);
      await storage.sweepSources();
      expect(await storage.sources()).toEqual(kept);

      await rm(second);
      await storage.sweepSources();
      await storage.sweepSources();
      expect(await storage.sources()).toEqual(kept.filter((image) => image !== second));
      expect(await words('alone')).toEqual(['disk0 nothing', 'disk1 nothing']);

      await write('apple');
      await rm(harness.image.path);
      await storage.sweepSources();
      if (storage.diskOf('vm1').backing === null) expect(await read()).toBe('apple');
      await storage.destroyImage('vm1');
      expect(await storage.sources()).toEqual([]);
    });

    it('forgets a snapshot while a guest has what was made from it open, and takes its tag again', async () => {
      await write('apple');
      await storage.createSnapshot('vm1', 'first');
      await storage.cloneSnapshot('vm1', 'first', 'vm2');
      await storage.revertSnapshot('vm1', 'first');
      const guests = [await open(storage.diskOf('vm1').path), await open(storage.diskOf('vm2').path)];
      await storage.destroySnapshot('vm1', 'first');
      await storage.destroySnapshot('vm2', 'first');
      expect([await storage.listSnapshots('vm1'), await storage.listSnapshots('vm2')]).toEqual([[], []]);
      await expect(storage.revertSnapshot('vm1', 'first')).rejects.toMatchObject({ code: 'SNAPSHOT_NOT_FOUND' });
      for (const guest of guests) await guest.close();
      await write('pear');
      await storage.createSnapshot('vm1', 'first');
      await write('apple');
      await storage.revertSnapshot('vm1', 'first');
      expect([await read(), await read('disk0', 'vm2')]).toEqual(['pear', 'apple']);
    });

    it('makes what clones come from anew when an image is another', async () => {
      await storage.destroyImage('vm1');
      await harness.write(harness.image.path, 'pear');
      await storage.sweepSources();
      await storage.createImage('vm1', harness.image, 64);
      expect(await read()).toBe('pear');
    });

    it('covers all disks with a snapshot, and leaves alone those it does not hold', async () => {
      await storage.addDisk('vm1', 'disk1', 64);
      await write('apple');
      await write('apple', 'disk1');
      await storage.createSnapshot('vm1', 'first');
      await storage.addDisk('vm1', 'disk2', 64);
      for (const name of ['disk0', 'disk1', 'disk2']) await write('pear', name);
      await storage.revertSnapshot('vm1', 'first');
      expect(await words()).toEqual(['disk0 apple', 'disk1 apple', 'disk2 pear']);
    });

    it('brings a removed disk back with a snapshot that holds it', async () => {
      await storage.addDisk('vm1', 'disk1', 64);
      await write('apple', 'disk1');
      await storage.createSnapshot('vm1', 'first');
      await storage.removeDisk('vm1', 'disk1');
      await storage.removeDisk('vm1', 'disk1');
      expect(await storage.disks('vm1')).toEqual(['disk0']);
      // Its name is free again, and what has it now gives way to what the snapshot holds.
      await storage.addDisk('vm1', 'disk1', 96);
      await write('pear', 'disk1');
      await storage.createSnapshot('vm1', 'second');
      await storage.revertSnapshot('vm1', 'first');
      expect([await read('disk1'), await storage.sizeMiB('vm1', 'disk1')]).toEqual(['apple', 64]);
      await storage.revertSnapshot('vm1', 'second');
      expect([await read('disk1'), await storage.sizeMiB('vm1', 'disk1')]).toEqual(['pear', 96]);
      await storage.cloneSnapshot('vm1', 'first', 'vm2');
      expect(await words('vm2')).toEqual(['disk0 nothing', 'disk1 apple']);
      await expect(storage.removeDisk('vm1', 'disk0')).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    });

    it('says what each VM takes: its disks now, and what is there for its snapshots only', async () => {
      // A look flushes nothing, so what the guest wrote is put on the disk for it; ZFS counts it with the next snapshot.
      const flushed = async (tag: string) => {
        await using disk = await open(storage.diskOf('vm1').path, 'r');
        await disk.sync();
        await storage.createSnapshot('vm1', tag);
      };
      const comesTo = (what: string, check: (use: DiskUse) => boolean) =>
        until(what, async () => check((await storage.diskUse(['vm1'])).get('vm1') as DiskUse), 20_000);
      await comesTo('no snapshot is counted', ({ snapshotBytes }) => snapshotBytes === 0);
      await write('apple');
      await flushed('first');
      await comesTo('the disk is counted', ({ diskBytes }) => diskBytes > 0);
      await write('pear');
      await flushed('second');
      await comesTo('the snapshot is counted', ({ snapshotBytes }) => snapshotBytes > 0);
      await storage.addDisk('vm1', 'disk1', 64);
      await storage.createImage('vm2', null, 64);
      const both = await storage.diskUse(['vm2', 'none', 'vm1']);
      expect([...both.keys()]).toEqual(['vm2', 'vm1']);
      expect([...both.values()].filter((use) => use instanceof Error)).toEqual([]);
      await storage.destroySnapshot('vm1', 'first');
      await storage.destroySnapshot('vm1', 'second');
      await comesTo('the snapshots are gone', ({ snapshotBytes }) => snapshotBytes === 0);
    });

    it('says at most how much two snapshots differ by, also across a revert', async () => {
      await write('apple');
      await storage.createSnapshot('vm1', 'first');
      await storage.createSnapshot('vm1', 'same');
      await write('pear');
      await storage.addDisk('vm1', 'disk1', 64);
      await storage.createSnapshot('vm1', 'second');
      const same = await storage.changedBytes('vm1', 'first', 'same');
      const [there, back] = [
        await storage.changedBytes('vm1', 'first', 'second'),
        await storage.changedBytes('vm1', 'second', 'first'),
      ];
      // disk1 is in one of them only.
      expect([same, there, back].map((changed) => [...changed.keys()])).toEqual([['disk0'], ['disk0'], ['disk0']]);
      expect(same.get('disk0')).toBe(0);
      expect(there).toEqual(back);
      expect(there.get('disk0')).toBeGreaterThan(0);
      expect(there.get('disk0')).toBeLessThanOrEqual(64 * 1024 * 1024);
      // On another branch, that of the first one’s contents.
      await storage.revertSnapshot('vm1', 'first');
      await storage.createSnapshot('vm1', 'branch');
      expect(await storage.changedBytes('vm1', 'first', 'branch')).toEqual(new Map([['disk0', 0]]));
      const across = await storage.changedBytes('vm1', 'second', 'branch');
      expect(across).toEqual(await storage.changedBytes('vm1', 'branch', 'second'));
      expect(across.get('disk0')).toBeGreaterThan(0);
      for (const [tag, other] of [
        ['none', 'first'],
        ['first', 'none'],
      ] as const) {
        await expect(storage.changedBytes('vm1', tag, other)).rejects.toMatchObject({ code: 'SNAPSHOT_NOT_FOUND' });
      }
    });

    it('exports a disk as a file that needs no other, as it is or was', async () => {
      await write('apple');
      await storage.createSnapshot('vm1', 'first');
      await write('pear');
      await storage.resizeImage('vm1', 128);
      const shares: number[] = [];
      const target = (name: string) => path.join(harness.directory, '..', name);
      const { signal } = new AbortController();
      await storage.exportDisk('vm1', 'disk0', 'first', target('first.qcow2'), { signal });
      await storage.exportDisk('vm1', 'disk0', null, target('now.qcow2'), {
        signal,
        onProgress: (done, total) => shares.push(done / total),
      });
      expect(shares.every((share) => share >= 0 && share <= 1)).toBe(true);
      await storage.destroyImage('vm1');
      // As images are: whoever reads them for a copy owns nothing.
      for (const name of ['first.qcow2', 'now.qcow2']) await chmod(target(name), 0o644);
      await storage.createImage('then', { path: target('first.qcow2'), format: 'qcow2' }, 64);
      await storage.createImage('now', { path: target('now.qcow2'), format: 'qcow2' }, 128);
      expect([await read('disk0', 'then'), await read('disk0', 'now')]).toEqual(['apple', 'pear']);
      const away = storage.exportDisk('now', 'disk1', null, target('none.qcow2'), { signal });
      await expect(away).rejects.toMatchObject({ code: 'DISK_NOT_FOUND' });
      await expect(storage.exportDisk('now', 'disk0', 'none', target('none.qcow2'), { signal })).rejects.toMatchObject({
        code: 'SNAPSHOT_NOT_FOUND',
      });
      const stopped = { signal: AbortSignal.abort(new Error('stopped')) };
      await expect(storage.exportDisk('now', 'disk0', null, target('none.qcow2'), stopped)).rejects.toThrow();
      await expect(stat(target('none.qcow2'))).rejects.toMatchObject({ code: 'ENOENT' });
    });

    it('forgets any snapshot without hurting the others', async () => {
      for (const [tag, word] of [
        ['a', 'apple'],
        ['b', 'pear'],
        ['c', 'apple'],
      ] as const) {
        await write(word);
        await storage.createSnapshot('vm1', tag);
      }
      await storage.revertSnapshot('vm1', 'a');
      await write('pear');
      await storage.createSnapshot('vm1', 'd');
      await storage.destroySnapshot('vm1', 'a');
      await storage.destroySnapshot('vm1', 'c');
      await storage.revertSnapshot('vm1', 'b');
      expect(await read()).toBe('pear');
      await write('apple');
      await storage.revertSnapshot('vm1', 'd');
      expect(await read()).toBe('pear');
      expect((await storage.listSnapshots('vm1')).map(({ tag }) => tag).sort()).toEqual(['b', 'd']);
    });

    it('keeps everything while it gives space back', async () => {
      await write('apple');
      await storage.createSnapshot('vm1', 'first');
      await write('pear');
      expect((await storage.compact('vm1')).freedBytes).toBeGreaterThanOrEqual(0);
      expect(await read()).toBe('pear');
      await storage.revertSnapshot('vm1', 'first');
      await storage.destroySnapshot('vm1', 'first');
      expect((await storage.compact('vm1')).freedBytes).toBeGreaterThanOrEqual(0);
      expect(await read()).toBe('apple');
    });

    it.skipIf(!isRoot)(
      `does all of that on disks of another user${isRoot ? '' : ' (skipped: changing the user needs root)'}`,
      async () => {
        await storage.addDisk('vm1', 'disk1', 64);
        await storage.setOwner('vm1', SOMEBODY);
        await storage.addDisk('vm1', 'disk2', 64);
        await write('apple', 'disk1');
        await storage.createSnapshot('vm1', 'first');
        await write('pear', 'disk1');
        await storage.removeDisk('vm1', 'disk2');
        await storage.cloneSnapshot('vm1', 'first', 'vm2');
        expect(await words('vm2')).toEqual(['disk0 nothing', 'disk1 apple', 'disk2 nothing']);
        await storage.exportDisk('vm1', 'disk1', 'first', path.join(harness.directory, '..', 'first.qcow2'), {
          signal: new AbortController().signal,
        });
        await storage.compact('vm1');
        await storage.revertSnapshot('vm1', 'first');
        const owners = async (vmId: string) => {
          const paths = (await storage.disks(vmId)).map((name) => storage.diskOf(vmId, name).path);
          return Promise.all(paths.map(async (file) => (await stat(file)).uid));
        };
        expect(await owners('vm1')).toEqual([SOMEBODY.uid, SOMEBODY.uid, SOMEBODY.uid]);
        expect(await owners('vm2')).toEqual([0, 0, 0]);
        expect(await words()).toEqual(['disk0 nothing', 'disk1 apple', 'disk2 nothing']);
        await storage.setOwner('vm1', null);
        expect(await owners('vm1')).toEqual([0, 0, 0]);
      },
    );
  });
}
