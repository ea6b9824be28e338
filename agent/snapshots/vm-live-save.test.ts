// Saves of a fake guest whose disks the storage saves beside its RAM: both of one moment, or nothing of either.
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FakeEngine } from '../engines/fake-engine.ts';
import type { RunningVm } from '../engines/interface.ts';
import { testSpec } from '../engines/test-spec.ts';
import { StorageError } from '../storage/errors.ts';
import { writeFakeDisk } from '../storage/fake-disk.ts';
import type { Storage } from '../storage/interface.ts';
import { ramFileOf } from './ram-files.ts';
import { VmLiveSave } from './vm-live-save.ts';

const TAG = 'tt-a';
const SAVED = { hasRam: true, vmStateBytes: 65_536 };

let root: string;
let engine: FakeEngine;
let vm: RunningVm;
/** Whether the guest was paused when its disks were saved, each time. */
let disksSaved: boolean[];
let disksDestroyed: number;
let isDiskFull: boolean;

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'tt-live-'));
  await mkdir(folderOf());
  const disk = path.join(root, 'disk.raw');
  writeFakeDisk(disk, { sizeMiB: 64, files: {}, snapshots: [] });
  engine = new FakeEngine();
  const disks = [{ name: 'disk0', path: disk, format: 'raw', backing: null, limits: null } as const];
  vm = await engine.start(testSpec('vm1', { disks, runDirectory: path.join(root, 'run') }));
  disksSaved = [];
  disksDestroyed = 0;
  isDiskFull = false;
});
afterEach(async () => {
  await engine.crash('vm1');
  await rm(root, { recursive: true });
});

const folderOf = () => path.join(root, 'vm1');
const ramFile = () => ramFileOf(folderOf(), TAG, 'flat');

const storage = {
  snapshotsBy: 'storage',
  folderOf,
  createSnapshot: async () => {
    if (isDiskFull) throw new StorageError('DISK_FULL', 'told to fail');
    disksSaved.push(await vm.isPaused());
  },
  destroySnapshot: async () => void disksDestroyed++,
} satisfies Partial<Storage> as Partial<Storage> as Storage;

/** Of a guest that runs until it is finished, or is paused from the beginning. */
async function begin({ isPaused }: { isPaused: boolean }): Promise<VmLiveSave> {
  if (isPaused) await vm.pause();
  const live = await vm.beginSave(TAG, { ramFile: ramFile(), isPaused });
  if (!isPaused) await vm.pause();
  return new VmLiveSave(storage, 'vm1', TAG, { running: vm, live });
}

it('saves the rest of the RAM and the disks of a guest that is paused', async () => {
  const save = await begin({ isPaused: false });
  expect([await save.finish(), existsSync(ramFile()), disksSaved]).toEqual([SAVED, true, [true]]);
});

it('leaves neither RAM nor disks when one of them can’t be saved', async () => {
  isDiskFull = true;
  await expect((await begin({ isPaused: false })).finish()).rejects.toMatchObject({ code: 'DISK_FULL' });
  expect([existsSync(ramFile()), disksDestroyed]).toEqual([false, 0]);
  isDiskFull = false;
  await vm.resume();
  const save = await begin({ isPaused: false });
  engine.failNext('saveState', 'COMMAND_FAILED');
  await expect(save.finish()).rejects.toMatchObject({ code: 'COMMAND_FAILED' });
  expect([existsSync(ramFile()), disksSaved, disksDestroyed]).toEqual([false, [true], 1]);
});

it('is held with its disks, and has its RAM once that is finished', async () => {
  const held = await (await begin({ isPaused: true })).hold();
  expect(disksSaved).toEqual([true]);
  expect(await held?.finish()).toEqual(SAVED);
  await held?.close();
});

it('is held by an engine that can, with disks that could be saved, or not at all', async () => {
  isDiskFull = true;
  await expect((await begin({ isPaused: true })).hold()).rejects.toMatchObject({ code: 'DISK_FULL' });
  expect([existsSync(ramFile()), disksSaved]).toEqual([false, []]);
  isDiskFull = false;
  await vm.resume();
  // The guest ran until just now, so most of its memory is there: nothing is won by holding it.
  expect(await (await begin({ isPaused: false })).hold()).toBeNull();
  expect(disksSaved).toEqual([]);
});
