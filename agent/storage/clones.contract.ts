// The part of the storage contract about clones: new VMs with the disks of another at a snapshot, and what is put beside them.
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { type StorageHarness, wordsOf } from './contract-harness.ts';
import { ownUser } from './disk-owner.ts';
import type { CloneSnapshotOptions, Storage } from './interface.ts';

export function describeClonesContract(current: () => StorageHarness): void {
  describe('with clones at a snapshot', () => {
    let storage: Storage;

    beforeEach(async () => {
      const { image } = current();
      storage = current().storage;
      await storage.createImage('vm1', image, 64);
    });

    const { write, read, words } = wordsOf(current);

    it('clones a VM at a snapshot, with the snapshot, and neither feels the other', async () => {
      await storage.addDisk('vm1', 'disk1', 64);
      await write('apple');
      await write('apple', 'disk1');
      await storage.createSnapshot('vm1', 'first');
      await write('pear');
      await storage.resizeImage('vm1', 128);
      await storage.cloneSnapshot('vm1', 'first', 'vm2');
      expect(await words('vm2')).toEqual(['disk0 apple', 'disk1 apple']);
      expect(await storage.sizeMiB('vm2')).toBe(64);
      expect(await storage.listSnapshots('vm2')).toEqual([{ tag: 'first', vmStateBytes: 0 }]);
      expect(await words()).toEqual(['disk0 pear', 'disk1 apple']);

      await write('pear', 'disk1', 'vm2');
      await storage.destroySnapshot('vm1', 'first');
      await storage.destroyImage('vm1');
      await storage.revertSnapshot('vm2', 'first');
      expect(await words('vm2')).toEqual(['disk0 apple', 'disk1 apple']);
      expect(await storage.list()).toEqual(['vm2']);
    });

    it('clones the disks of a VM at a snapshot alone, where that is asked for', async () => {
      await write('apple');
      await storage.createSnapshot('vm1', 'first');
      await write('pear');
      await storage.cloneSnapshot('vm1', 'first', 'vm2', { withSnapshot: false });
      await storage.destroyImage('vm1');
      expect([await words('vm2'), await storage.listSnapshots('vm2')]).toEqual([['disk0 apple'], []]);
    });

    it('puts more beside the disks of a clone, or makes no clone', async () => {
      await write('apple');
      await storage.createSnapshot('vm1', 'first');
      const clone = (alongside: NonNullable<CloneSnapshotOptions['alongside']>) =>
        storage.cloneSnapshot('vm1', 'first', 'vm2', { withSnapshot: false, alongside });
      const refused = new Error('refused');
      await expect(clone(async () => Promise.reject(refused))).rejects.toBe(refused);
      expect(await storage.list()).toEqual(['vm1']);
      await clone(async (folder) => {
        // Nobody sees it before it is whole.
        expect([path.isAbsolute(folder), await storage.list()]).toEqual([true, ['vm1']]);
        await writeFile(path.join(folder, 'ram-first.flat'), 'pear');
      });
      expect([await words('vm2'), await storage.disks('vm2')]).toEqual([['disk0 apple'], ['disk0']]);
      const beside = path.join(storage.folderOf('vm2'), 'ram-first.flat');
      const { uid, gid } = await stat(beside);
      expect([await readFile(beside, 'utf8'), { uid, gid }]).toEqual(['pear', ownUser()]);
      // What is there already stays as it is, and gets nothing.
      await expect(clone(async (folder) => writeFile(path.join(folder, 'more'), ''))).rejects.toMatchObject({
        code: 'DISK_EXISTS',
      });
      expect((await readdir(storage.folderOf('vm2'))).filter((name) => name === 'more')).toEqual([]);
    });

    it('stops what is put beside the disks of a clone when somebody stops it', async () => {
      await storage.createSnapshot('vm1', 'first');
      const stop = new AbortController();
      const alongside = (_folder: string, signal: AbortSignal) => {
        stop.abort(new Error('stopped'));
        return new Promise<void>((_, reject) => {
          if (signal.aborted) reject(signal.reason as Error);
          else signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
        });
      };
      const cloned = storage.cloneSnapshot('vm1', 'first', 'vm2', { signal: stop.signal, alongside });
      await expect(cloned).rejects.toThrow('stopped');
      expect(await storage.list()).toEqual(['vm1']);
    });

    it('refuses clones of what is not there, or in place of what is', async () => {
      await storage.createSnapshot('vm1', 'first');
      const missing = { code: 'SNAPSHOT_NOT_FOUND' };
      await expect(storage.cloneSnapshot('vm1', 'none', 'vm2')).rejects.toMatchObject(missing);
      await expect(storage.snapshotBytes('vm1', 'none')).rejects.toMatchObject(missing);
      await expect(storage.cloneSnapshot('none', 'first', 'vm2')).rejects.toMatchObject({ code: 'DISK_NOT_FOUND' });
      await storage.createImage('vm2', null, 64);
      await write('pear', 'disk0', 'vm2');
      await expect(storage.cloneSnapshot('vm1', 'first', 'vm2')).rejects.toMatchObject({ code: 'DISK_EXISTS' });
      expect(await read('disk0', 'vm2')).toBe('pear');
      expect(await storage.list()).toEqual(['vm1', 'vm2']);
      expect(await storage.snapshotBytes('vm1', 'first')).toBeGreaterThanOrEqual(0);
    });
  });
}
