// Snapshots of one VM with fakes: RAM beside the disk, disks by the engine or by the storage, nothing left of a failed one.
import { existsSync } from 'node:fs';
import { copyFile, lstat, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeEngine } from '../engines/fake-engine.ts';
import type { RunningVm, VmSpec } from '../engines/interface.ts';
import { testSpec } from '../engines/test-spec.ts';
import { StorageError } from '../storage/errors.ts';
import { readFakeDisk, writeFakeDisk } from '../storage/fake-disk.ts';
import { FakeStorage } from '../storage/fake-storage.ts';
import type { Storage } from '../storage/interface.ts';
import type { SavedState } from './vm-live-save.ts';
import { VmSnapshots } from './vm-snapshots.ts';

let root: string;
let storage: FakeStorage;
let engine: FakeEngine;
let snapshots: VmSnapshots;
let vm: RunningVm;

/** Nobody stops it. */
const running = new AbortController().signal;

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'tt-vs-'));
  storage = new FakeStorage({ directory: path.join(root, 'disks') });
  await storage.init();
  engine = new FakeEngine();
  snapshots = new VmSnapshots(storage);
  const image = path.join(root, 'image');
  writeFakeDisk(image, { sizeMiB: 64, files: { '/word': 'apple' }, snapshots: [] });
  await storage.createImage('vm1', { path: image, format: 'qcow2' }, 64);
  vm = await engine.start(specOf('vm1'));
});
afterEach(async () => {
  await engine.crash('vm1');
  await rm(root, { recursive: true });
});

function specOf(id: string): VmSpec {
  return testSpec(id, {
    disks: [{ name: 'disk0', ...storage.diskOf(id), limits: null }],
    runDirectory: path.join(root, 'run', id),
  });
}

const ramFile = (id: string, tag: string, format = 'qcow2') => path.join(storage.folderOf(id), `ram-${tag}.${format}`);

function writeWord(word: string): void {
  writeFakeDisk(storage.diskOf('vm1').path, { ...readFakeDisk(storage.diskOf('vm1').path), files: { '/word': word } });
}

/** Saves it while it runs. */
async function saveLive(tag: string): Promise<SavedState> {
  const live = await snapshots.beginSave('vm1', tag, vm, {});
  if (!live) throw new Error('it is paused');
  await vm.pause();
  const saved = await live.finish();
  await vm.resume();
  return saved;
}

describe('a snapshot of a VM', () => {
  it('has its RAM in a file of its own, goes into a clone, and leaves nothing when deleted', async () => {
    const saved = await snapshots.save('vm1', 'tt-a', vm, {});
    await snapshots.flush('vm1', 'tt-a');
    expect(saved).toEqual({ hasRam: true, vmStateBytes: 65_536 });
    expect([existsSync(ramFile('vm1', 'tt-a')), await snapshots.tags('vm1')]).toEqual([true, ['tt-a']]);
    expect(await snapshots.bytes('vm1', 'tt-a')).toBeGreaterThanOrEqual(65_536);

    await snapshots.clone('vm1', 'tt-a', 'vm2', { signal: running, sharesMemory: false });
    expect(existsSync(ramFile('vm2', 'tt-a'))).toBe(true);
    const woken = await engine.start(specOf('vm2'), { load: await snapshots.loadInto('vm2', 'tt-a') });
    expect(await woken.isPaused()).toBe(false);
    await engine.crash('vm2');

    await snapshots.delete('vm1', 'tt-a', vm);
    await snapshots.delete('vm1', 'tt-a', vm);
    expect([existsSync(ramFile('vm1', 'tt-a')), await snapshots.tags('vm1')]).toEqual([false, []]);
    expect(await snapshots.tags('vm2')).toEqual(['tt-a']);
  });

  it('that fails leaves neither a tag nor a file', async () => {
    engine.failNext('saveState', 'DISK_FULL');
    await expect(snapshots.save('vm1', 'tt-a', vm, {})).rejects.toMatchObject({ code: 'DISK_FULL' });
    expect(await snapshots.tags('vm1')).toEqual([]);
  });

  it('that runs on is begun, finished while it is paused, and loaded into a new process only', async () => {
    const saved = await saveLive('tt-a');
    await snapshots.flush('vm1', 'tt-a');
    expect([saved, await vm.isPaused()]).toEqual([{ hasRam: true, vmStateBytes: 65_536 }, false]);
    expect([existsSync(ramFile('vm1', 'tt-a', 'flat')), existsSync(ramFile('vm1', 'tt-a'))]).toEqual([true, false]);
    expect([await snapshots.ramFormat('vm1', 'tt-a'), await snapshots.missingRamFile('vm1', 'tt-a')]).toEqual([
      'flat',
      null,
    ]);
    expect(await snapshots.bytes('vm1', 'tt-a')).toBeGreaterThanOrEqual(65_536);
    writeWord('pear');
    await snapshots.clone('vm1', 'tt-a', 'vm2', { signal: running, sharesMemory: false });
    expect(await snapshots.ramFormat('vm2', 'tt-a')).toBe('flat');
    // A copy that has never run is in the state already: nobody takes the time to put it there.
    const wordOfCopy = () => readFakeDisk(storage.diskOf('vm2').path).files['/word'];
    expect(wordOfCopy()).toBe('apple');
    storage.failNext('revertSnapshot', 'STORAGE_FAILED');
    expect(await snapshots.loadInto('vm2', 'tt-a', { isFresh: true })).toMatchObject({ format: 'flat' });
    await expect(snapshots.loadInto('vm2', 'tt-a')).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    await engine.crash('vm1');
    // Nobody has the disk open, so the storage puts it back, though the engine saved it.
    expect(await snapshots.loadInto('vm1', 'tt-a')).toMatchObject({
      format: 'flat',
      ramFile: ramFile('vm1', 'tt-a', 'flat'),
    });
    expect(readFakeDisk(storage.diskOf('vm1').path).files).toEqual({ '/word': 'apple' });
    await snapshots.delete('vm1', 'tt-a', null);
    expect([await snapshots.tags('vm1'), existsSync(ramFile('vm1', 'tt-a', 'flat'))]).toEqual([[], false]);
    expect(await snapshots.missingRamFile('vm1', 'tt-a')).toContain('ram-tt-a.');
  });

  it('is forked with one RAM file for all, which stays for those that wake when the original is gone', async () => {
    await saveLive('tt-a');
    const inode = async (id: string) => (await lstat(ramFile(id, 'tt-a', 'flat'))).ino;
    const own = await inode('vm1');
    for (const id of ['vm2', 'vm3']) await snapshots.clone('vm1', 'tt-a', id, { signal: running, sharesMemory: true });
    await snapshots.delete('vm1', 'tt-a', vm);
    const woken = await engine.start(specOf('vm3'), {
      load: await snapshots.loadInto('vm3', 'tt-a', { isFresh: true }),
    });
    expect([await woken.isPaused(), await inode('vm2'), await inode('vm3')]).toEqual([false, own, own]);
    await snapshots.forgetCopied('vm2', 'tt-a', null);
    await snapshots.forgetCopied('vm3', 'tt-a', woken);
    expect(['vm2', 'vm3'].map((id) => existsSync(ramFile(id, 'tt-a', 'flat')))).toEqual([false, false]);
    await engine.crash('vm3');
  });

  it('has no RAM in copies that get it from elsewhere', async () => {
    await saveLive('tt-a');
    const options = { signal: running, sharesMemory: true, withoutRam: true };
    await snapshots.clone('vm1', 'tt-a', 'vm2', options);
    expect(await snapshots.ramFormat('vm2', 'tt-a')).toBeNull();
    await snapshots.ramOfCopies.clone('vm1', 'tt-a', 'vm2', options);
    expect(await snapshots.ramFormat('vm2', 'tt-a')).toBe('flat');
  });

  it('has nothing of it in the disks of copies, unless their memory is loaded together with them', async () => {
    const tagsIn = async (id: string) => (await storage.listSnapshots(id)).map(({ tag }) => tag);
    const clone = (tag: string, id: string) =>
      snapshots.clone('vm1', tag, id, { signal: running, sharesMemory: false });
    await saveLive('tt-flat');
    await snapshots.save('vm1', 'tt-old', vm, {});
    await clone('tt-flat', 'vm2');
    await clone('tt-old', 'vm3');
    expect([await tagsIn('vm2'), await tagsIn('vm3')]).toEqual([[], ['tt-old']]);
    expect([await snapshots.tags('vm2'), await snapshots.tags('vm3')]).toEqual([['tt-flat'], ['tt-old']]);
    // So there is nothing to forget in them, and nobody asks the engine to.
    const woken = await engine.start(specOf('vm2'), {
      load: await snapshots.loadInto('vm2', 'tt-flat', { isFresh: true }),
    });
    engine.failNext('deleteState', 'COMMAND_FAILED');
    await snapshots.forgetCopied('vm2', 'tt-flat', woken);
    const older = await engine.start(specOf('vm3'), {
      load: await snapshots.loadInto('vm3', 'tt-old', { isFresh: true }),
    });
    await expect(snapshots.forgetCopied('vm3', 'tt-old', older)).rejects.toMatchObject({ code: 'COMMAND_FAILED' });
    await snapshots.forgetCopied('vm3', 'tt-old', older);
    await snapshots.forgetCopied('vm3', 'tt-old', older);
    expect([await snapshots.tags('vm2'), await snapshots.tags('vm3')]).toEqual([[], []]);
    for (const id of ['vm2', 'vm3', 'vm1']) await engine.crash(id);
    // Of one that is stopped there is nothing but its disks.
    await snapshots.save('vm1', 'tt-off', null, {});
    await clone('tt-off', 'vm4');
    expect([await tagsIn('vm4'), readFakeDisk(storage.diskOf('vm4').path).files]).toEqual([[], { '/word': 'apple' }]);
  });

  it('with something else in the place of its RAM leaves no copy', async () => {
    await saveLive('tt-b');
    await rm(ramFile('vm1', 'tt-b', 'flat'));
    await symlink('/etc/passwd', ramFile('vm1', 'tt-b', 'flat'));
    await expect(snapshots.clone('vm1', 'tt-b', 'vm3', { signal: running, sharesMemory: true })).rejects.toMatchObject({
      reason: { code: 'notPlainFile' },
    });
    expect(existsSync(storage.folderOf('vm3'))).toBe(false);
  });

  it('is deleted from the disks of a VM that ends meanwhile', async () => {
    await saveLive('tt-a');
    await engine.crash('vm1');
    await snapshots.delete('vm1', 'tt-a', vm);
    expect([await snapshots.tags('vm1'), existsSync(ramFile('vm1', 'tt-a', 'flat'))]).toEqual([[], false]);
  });

  it('that is paused is not begun; one that is cancelled or fails leaves nothing', async () => {
    await vm.pause();
    expect(await snapshots.beginSave('vm1', 'tt-a', vm, {})).toBeNull();
    await vm.resume();
    await (await snapshots.beginSave('vm1', 'tt-a', vm, {}))?.cancel();
    engine.failNext('beginSave', 'DISK_FULL');
    await expect(snapshots.beginSave('vm1', 'tt-a', vm, {})).rejects.toMatchObject({ code: 'DISK_FULL' });
    engine.failNext('saveState', 'DISK_FULL');
    await expect(saveLive('tt-a')).rejects.toMatchObject({ code: 'DISK_FULL' });
    await vm.resume();
    expect(await snapshots.tags('vm1')).toEqual([]);
    // Its engine pauses it between the question and the save.
    const begun = engine.holdNext('beginSave');
    const beginning = snapshots.beginSave('vm1', 'tt-a', vm, {});
    await begun.reached;
    await vm.pause();
    begun.release();
    expect(await beginning).toBeNull();
  });

  it('of a stopped one has no RAM', async () => {
    await engine.crash('vm1');
    expect(await snapshots.save('vm1', 'tt-a', null, {})).toEqual({ hasRam: false, vmStateBytes: 0 });
    expect(existsSync(ramFile('vm1', 'tt-a'))).toBe(false);
    await snapshots.loadStopped('vm1', 'tt-a');
    expect(readFakeDisk(storage.diskOf('vm1').path).files).toEqual({ '/word': 'apple' });
  });

  it('has its disks from the storage where that keeps them, of the moment in which the guest was paused', async () => {
    const disk = (generation: number) => path.join(root, `disk-${generation}.raw`);
    let now = 1;
    writeFakeDisk(disk(now), { sizeMiB: 64, files: { '/word': 'apple' }, snapshots: [] });
    let broken = false;
    const copies = {
      snapshotsBy: 'storage',
      folderOf: () => root,
      disks: async () => ['disk0'],
      diskOf: () => ({ path: disk(now), format: 'raw', backing: null }),
      createSnapshot: async (_vmId, tag) => {
        expect(await raw.isPaused()).toBe(true);
        if (broken) throw new StorageError('DISK_FULL', 'told to fail');
        await copyFile(disk(now), path.join(root, `${tag}.raw`));
      },
      revertSnapshot: async (_vmId, tag) => copyFile(path.join(root, `${tag}.raw`), disk(++now)),
    } satisfies Partial<Storage> as Partial<Storage> as Storage;
    const beside = new VmSnapshots(copies);
    const drive = { name: 'disk0', ...copies.diskOf('raw'), limits: null };
    const raw = await engine.start({
      ...specOf('vm1'),
      id: 'raw',
      runDirectory: path.join(root, 'raw'),
      disks: [drive],
    });
    const word = () => readFakeDisk(engine.drivesOf('raw').disks.get('disk0')?.path ?? '').files['/word'];

    await beside.save('raw', 'tt-a', raw, {});
    expect(await raw.isPaused()).toBe(false);
    writeFakeDisk(disk(now), { sizeMiB: 64, files: { '/word': 'pear' }, snapshots: [] });
    await beside.loadRunning('raw', 'tt-a', raw);
    expect([word(), await raw.isPaused(), engine.drivesOf('raw').disks.get('disk0')?.path]).toEqual([
      'apple',
      false,
      disk(2),
    ]);
    broken = true;
    await expect(beside.save('raw', 'tt-b', raw, {})).rejects.toMatchObject({ code: 'DISK_FULL' });
    expect([await raw.isPaused(), existsSync(path.join(root, 'ram-tt-b.qcow2'))]).toEqual([false, false]);
    engine.failNext('loadState', 'COMMAND_FAILED');
    await expect(beside.loadRunning('raw', 'tt-a', raw)).rejects.toMatchObject({ code: 'COMMAND_FAILED' });
    expect(await raw.isPaused()).toBe(true);
    await engine.crash('raw');
  });

  it('has no tag that leads elsewhere', async () => {
    await expect(snapshots.save('vm1', '../a', vm, {})).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    await expect(snapshots.delete('vm1', '../a', null)).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
  });
});
