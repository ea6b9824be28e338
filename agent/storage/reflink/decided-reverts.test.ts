// Reverts of disks in plain files, stopped anywhere: all new disks, or all old ones, at the next start at the latest.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { DiskFolders } from '../disk-folders.ts';
import { DecidedReverts } from './decided-reverts.ts';

let root: string;
let folders: DiskFolders;
let reverts: DecidedReverts;

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'tt-reverts-'));
  folders = new DiskFolders(root, 'raw');
  await folders.init();
  reverts = new DecidedReverts(folders);
  await folders.create('vm1', (folder) => fill(folder, 'pear'));
});
afterEach(() => rm(root, { recursive: true }));

async function fill(folder: string, word: string): Promise<void> {
  for (const name of ['disk0', 'disk1']) await writeFile(path.join(folder, folders.fileName(name)), word);
}

const words = () => Promise.all(['disk0', 'disk1'].map((name) => readFile(folders.diskPath('vm1', name), 'utf8')));

it('put all new disks in place, and leave nothing else', async () => {
  await reverts.revert('vm1', (staging) => fill(staging, 'apple'));
  expect([await words(), await readdir(root)]).toEqual([['apple', 'apple'], ['vm1']]);
});

it('change nothing when the new disks can’t be made', async () => {
  const half = reverts.revert('vm1', async (staging) => {
    await writeFile(path.join(staging, folders.fileName('disk0')), 'apple');
    throw new Error('told to fail');
  });
  await expect(half).rejects.toThrow('told to fail');
  expect([await words(), await readdir(root)]).toEqual([['pear', 'pear'], ['vm1']]);
});

it('are completed by the next agent once they were decided; those of VMs that are gone are forgotten', async () => {
  // As it is after the first of two disks was put in place.
  await mkdir(path.join(root, '.applying-vm1'));
  await writeFile(folders.diskPath('vm1'), 'apple');
  await writeFile(path.join(root, '.applying-vm1', folders.fileName('disk1')), 'apple');
  await mkdir(path.join(root, '.applying-gone'));
  await fill(path.join(root, '.applying-gone'), 'plum');
  await new DecidedReverts(folders).init();
  expect([await words(), await readdir(root)]).toEqual([['apple', 'apple'], ['vm1']]);
});

it('end an earlier one first, whose disks would come over the new ones', async () => {
  await mkdir(path.join(root, '.applying-vm1'));
  await fill(path.join(root, '.applying-vm1'), 'plum');
  let before: string[] = [];
  await reverts.revert('vm1', async (staging) => {
    before = await words();
    await fill(staging, 'apple');
  });
  expect([before, await words(), await readdir(root)]).toEqual([['plum', 'plum'], ['apple', 'apple'], ['vm1']]);
});
