// Which storage a folder gets, on the file system of the temporary folder; xfs, btrfs and zfs are in the real tests.
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeStorage, loadStorage } from './load.ts';
import { hasReflink } from './probe.ts';

let root: string;
let directory: string;
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'tt-load-storage-'));
  directory = path.join(root, 'home/disks');
});
afterEach(() => rm(root, { recursive: true }));

async function addDisk(file: string): Promise<void> {
  await mkdir(path.join(directory, 'vm1'), { recursive: true });
  await writeFile(path.join(directory, 'vm1', file), '');
}

it('chooses by what the folder can, and says so before and after without leaving anything', async () => {
  const expected = (await hasReflink(root)) ? 'reflink' : 'qcow2';
  expect(await describeStorage('auto', { directory })).toContain(`${expected} `);
  expect(await readdir(root)).toEqual([]);
  const storage = await loadStorage('auto', { directory });
  expect(storage.name).toBe(expected);
  expect(storage.describe()).toContain(directory);
  expect(await readdir(directory)).toEqual([]);
});

it('stays with what the disks that are there were made with', async () => {
  await addDisk('disk.qcow2');
  expect((await loadStorage('auto', { directory })).name).toBe('qcow2');
  await expect(loadStorage('reflink', { directory })).rejects.toThrow('has qcow2 disks');
  await rm(directory, { recursive: true });
  await addDisk('disk.raw');
  const canClone = await hasReflink(root);
  const chosen = loadStorage('auto', { directory });
  // Raw disks that were moved to a file system that can't clone them: nothing else will do.
  if (canClone) expect((await chosen).name).toBe('reflink');
  else await expect(chosen).rejects.toThrow('has no reflink copies');
  await expect(loadStorage('qcow2', { directory })).rejects.toThrow('has raw disks');
});

it('asks zfs where its dataset is mounted, and takes no failure for an answer', async () => {
  await expect(loadStorage('zfs', { directory })).rejects.toThrow('names no dataset');
  const answering = (text: string) => ({ directory, zfsDataset: 'tank/tt', runZfs: async () => text });
  expect((await loadStorage('auto', answering('/tank/tt\n'))).describe()).toContain('tank/tt at /tank/tt');
  await expect(loadStorage('zfs', answering('legacy\n'))).rejects.toThrow('no folder');
  const failing = { ...answering(''), runZfs: () => Promise.reject(new Error('the pool is suspended')) };
  await expect(loadStorage('auto', failing)).rejects.toThrow('suspended');
});
