// Whether disks in ZFS are volumes or files: as configured, otherwise like the existing disks, otherwise what the host's ZFS
// supports. Used by `../load.ts`.
import { existsSync } from 'node:fs';
import { StorageError } from '../errors.ts';
import { DeviceVolumes, type ZfsVolumes } from './volumes.ts';
import { ZfsDatasets } from './zfs-datasets.ts';
import type { ZfsTool } from './zfs-tool.ts';

/** `auto`: like the existing disks, otherwise volumes if the pool supports them. */
export type VolumeChoice = 'auto' | 'always' | 'never';

/** The device of the kernel's ZFS; zfs-fuse has none, and no devices for volumes either. */
const KERNEL_DEVICE = '/dev/zfs';

export interface VolumePlaces {
  kernelDevice?: string;
  /** Where volumes have their devices. */
  devices?: string;
}

/** Null: files. STORAGE_FAILED if the wanted kind is not possible, or if there are disks of the other kind. */
export async function chooseVolumes(
  zfs: ZfsTool,
  dataset: string,
  choice: VolumeChoice,
  { kernelDevice = KERNEL_DEVICE, devices }: VolumePlaces = {},
): Promise<ZfsVolumes | null> {
  const volumes = new DeviceVolumes(zfs, devices);
  const there = await typeOfDisks(zfs, dataset);
  if (choice === 'never') return mustBe(there, 'filesystem', null);
  const isKernel = existsSync(kernelDevice);
  if (choice === 'always') {
    if (!isKernel) throw new StorageError('STORAGE_FAILED', `this ZFS has no volumes: there is no ${kernelDevice}`);
    return mustBe(there, 'volume', volumes);
  }
  if (there !== null) return there === 'volume' ? volumes : null;
  return isKernel && (await hasDevices(zfs, dataset, volumes)) ? volumes : null;
}

/** The kind of the VMs' disks; null if there are none. */
async function typeOfDisks(zfs: ZfsTool, dataset: string): Promise<string | null> {
  const [line] = await new ZfsDatasets(zfs, dataset).lines();
  return line ? zfs.get(`${dataset}/${line.name}`, 'type') : null;
}

function mustBe<Kind>(there: string | null, wanted: string, kind: Kind): Kind {
  if (there === null || there === wanted) return kind;
  const found = there === 'volume' ? 'volumes' : 'files';
  throw new StorageError(
    'STORAGE_FAILED',
    `the disks that are there are ${found}: delete those ENVs before changing storage.zfsVolumes`,
  );
}

/** Tried with a temporary volume: in a container the kernel's ZFS may answer while its devices are not visible. */
async function hasDevices(zfs: ZfsTool, dataset: string, volumes: DeviceVolumes): Promise<boolean> {
  const name = `${dataset}/${new ZfsDatasets(zfs, dataset).newStaging()}`;
  await zfs.create(name, 1024 * 1024);
  try {
    await volumes.device(name);
    return true;
  } catch (error) {
    if (error instanceof StorageError && error.code === 'STORAGE_FAILED') return false;
    throw error;
  } finally {
    await zfs.destroy(name);
  }
}
