// Volumes: the `zfs` commands for them, and when they are chosen.
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadStorage } from '../load.ts';
import { FakeZfs } from './fake-zfs.ts';
import { DeviceVolumes } from './volumes.ts';
import { ZfsTool } from './zfs-tool.ts';

const MIB = 1024 * 1024;
let root: string;
let zfs: FakeZfs;

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'tt-volumes-'));
  zfs = new FakeZfs(root, 'p', path.join(root, 'mount'));
});
afterEach(() => rm(root, { recursive: true }));

it('asks for volumes as for files', async () => {
  const volumes = new DeviceVolumes(new ZfsTool(zfs.run), zfs.devices);
  await volumes.create('p/vm1:disk0:aa', 8 * MIB - 512);
  expect(volumes.diskPath('p/vm1:disk0:aa')).toBe(path.join(zfs.devices, 'p/vm1:disk0:aa'));
  expect(await volumes.bytes('p/vm1:disk0:aa')).toBe(8 * MIB);
  await volumes.grow('p/vm1:disk0:aa', 8 * MIB);
  await volumes.grow('p/vm1:disk0:aa', 16 * MIB);
  await expect(volumes.grow('p/vm1:disk0:aa', 1024)).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
  expect(zfs.calls).toEqual([
    'create -s -V 8388608 p/vm1:disk0:aa',
    'get -H -p -o value volsize p/vm1:disk0:aa',
    'get -H -p -o value volsize p/vm1:disk0:aa',
    'get -H -p -o value volsize p/vm1:disk0:aa',
    'set volsize=16777216 p/vm1:disk0:aa',
    'get -H -p -o value volsize p/vm1:disk0:aa',
  ]);
});

it('is chosen by the configuration, by what is there, or by what the host can', async () => {
  const kernelDevice = path.join(root, 'zfs');
  const load = (zfsVolumes: 'auto' | 'always' | 'never') =>
    loadStorage('zfs', {
      directory: root,
      zfsDataset: 'p',
      zfsVolumes,
      runZfs: zfs.run,
      volumePlaces: { kernelDevice, devices: zfs.devices },
    });
  const chosen = async (choice: 'auto' | 'always' | 'never') => (await load(choice)).describe().split(' below')[0];
  // A ZFS without the kernel's device has no volumes, and none is tried.
  expect([await chosen('auto'), await chosen('never')]).toEqual(['zfs, files in datasets', 'zfs, files in datasets']);
  await expect(load('always')).rejects.toThrow('has no volumes');
  expect(zfs.calls.filter((call) => call.startsWith('create'))).toEqual([]);

  await writeFile(kernelDevice, '');
  expect([await chosen('auto'), await chosen('always')]).toEqual(['zfs, volumes', 'zfs, volumes']);
  expect([await chosen('never'), await readdir(path.join(zfs.devices, 'p'))]).toEqual(['zfs, files in datasets', []]);

  await zfs.run(['create', '-s', '-V', String(MIB), 'p/vm1:disk0:aa']);
  await expect(load('never')).rejects.toThrow('the disks that are there are volumes');
  await rm(kernelDevice);
  expect(await chosen('auto')).toBe('zfs, volumes');
});
