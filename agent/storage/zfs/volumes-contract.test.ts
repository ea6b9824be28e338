// The storage contract for ZFS on volumes, with a fake pool (`fake-zfs.ts`) and the real qemu-img.
// @module-tag deep
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { it } from 'vitest';
import { describeStorageContract } from '../storage.contract.ts';
import type { StorageHarness } from '../contract-harness.ts';
import { someSeed, walkRandomTree } from '../random-trees.ts';
import { readWord, writeWord } from '../test-disk-words.ts';
import { run } from '../test-loop-mount.ts';
import { FakeZfs } from './fake-zfs.ts';
import { DeviceVolumes } from './volumes.ts';
import { ZfsStorage } from './zfs-storage.ts';

async function makeHarness(): Promise<StorageHarness> {
  const root = await mkdtemp(path.join(tmpdir(), 'tt zfs,volumes-'));
  const directory = path.join(root, 'mount');
  await mkdir(directory);
  const zfs = new FakeZfs(root, 'p', directory);
  for (const folder of [root, zfs.devices, path.join(zfs.devices, 'p')]) await chmod(folder, 0o711);
  const image = { path: path.join(root, 'image.qcow2'), format: 'qcow2' } as const;
  await run('qemu-img', 'create', '-q', '-f', 'qcow2', image.path, '64M');
  const makeVolumes = (tool: ConstructorParameters<typeof DeviceVolumes>[0]) => new DeviceVolumes(tool, zfs.devices);
  const reopen = () => new ZfsStorage({ dataset: 'p', directory, run: zfs.run, makeVolumes });
  const remove = () => rm(root, { recursive: true });
  return { storage: reopen(), image, directory, reopen, write: writeWord, read: readWord, remove };
}

describeStorageContract('zfs, volumes', makeHarness, { disksAreDevices: true });

it('is what a model says it is, through a random tree', async () => {
  const harness = await makeHarness();
  await walkRandomTree(harness, { seed: someSeed(), steps: 25 });
  await harness.remove();
});
