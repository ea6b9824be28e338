// Chooses the storage; the only module that knows all of them by name. Called once when the agent is assembled.
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { StorageError } from './errors.ts';
import { FakeStorage } from './fake-storage.ts';
import type { Storage } from './interface.ts';
import type { QemuImgOptions } from './qemu-img.ts';
import { fileSystemOf, formatOfDisks, hasReflink, probeKind } from './probe.ts';
import { Qcow2Storage } from './qcow2/qcow2-storage.ts';
import { ReflinkStorage } from './reflink/reflink-storage.ts';
import { ZfsStorage } from './zfs/zfs-storage.ts';
import { chooseVolumes, type VolumeChoice, type VolumePlaces } from './zfs/choose-volumes.ts';
import { type ZfsRunner, ZfsTool } from './zfs/zfs-tool.ts';

export type StorageKind = 'auto' | 'qcow2' | 'reflink' | 'zfs' | 'fake';

export interface StorageOptions extends QemuImgOptions {
  /** Absolute folder of the disks; created if missing. Not used by `zfs`, whose dataset has its own mount point. */
  directory: string;
  /** With it, `auto` chooses zfs. */
  zfsDataset?: string | null;
  /** Default: `auto`. */
  zfsVolumes?: VolumeChoice;
  /** Replaced by tests. */
  runZfs?: ZfsRunner;
  volumePlaces?: VolumePlaces;
}

/**
 * Chooses and creates a storage; call its `init` before anything else. Rejects with StorageError if the wanted one is not
 * possible here: a feature is missing, or the folder has disks of another.
 */
export async function loadStorage(kind: StorageKind, options: StorageOptions): Promise<Storage> {
  const { directory, qemuImg, toolUser, zfsDataset } = options;
  const common = { directory, qemuImg, toolUser };
  switch (kind) {
    case 'fake':
      return new FakeStorage({ directory });
    case 'zfs':
      return loadZfs(options);
    case 'auto':
      return loadStorage(zfsDataset ? 'zfs' : await probeKind(directory), options);
    case 'reflink':
      await mustHold(directory, 'raw');
      if (!(await hasReflink(directory))) {
        throw new StorageError(
          'STORAGE_FAILED',
          `${await fileSystemOf(directory)} at ${directory} has no reflink copies`,
        );
      }
      return new ReflinkStorage({ ...common, fileSystem: await fileSystemOf(directory) });
    case 'qcow2':
      await mustHold(directory, 'qcow2');
      return new Qcow2Storage(common);
    default:
      // The name comes from a config file, where a type can't help.
      throw new StorageError('STORAGE_FAILED', `there is no storage called ${String(kind satisfies never)}`);
  }
}

/** What {@link loadStorage} would choose, in words, without making the folder. */
export async function describeStorage(kind: StorageKind, options: StorageOptions): Promise<string> {
  if (existsSync(options.directory) || kind === 'zfs' || options.zfsDataset) {
    return (await loadStorage(kind, options)).describe();
  }
  let existing = path.dirname(options.directory);
  while (!existsSync(existing)) existing = path.dirname(existing);
  const isReflink = kind === 'reflink' || (kind === 'auto' && (await hasReflink(existing)));
  const fileSystem = await fileSystemOf(existing);
  if (isReflink) return new ReflinkStorage({ ...options, fileSystem }).describe();
  return new Qcow2Storage(options).describe();
}

/** Disks of another storage would be taken for VMs without any. */
async function mustHold(directory: string, format: 'qcow2' | 'raw'): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const found = await formatOfDisks(directory);
  if (found === null || found === format) return;
  throw new StorageError(
    'STORAGE_FAILED',
    `${directory} has ${found} disks: delete those ENVs before changing the storage`,
  );
}

async function loadZfs({
  qemuImg,
  toolUser,
  zfsDataset,
  zfsVolumes,
  runZfs,
  volumePlaces,
}: StorageOptions): Promise<Storage> {
  if (!zfsDataset) throw new StorageError('STORAGE_FAILED', 'storage.zfsDataset names no dataset');
  const directory = await mountOf(zfsDataset, runZfs);
  const volumes = await chooseVolumes(new ZfsTool(runZfs), zfsDataset, zfsVolumes ?? 'auto', volumePlaces);
  return new ZfsStorage({
    dataset: zfsDataset,
    directory,
    qemuImg,
    toolUser,
    ...(runZfs && { run: runZfs }),
    ...(volumes && { makeVolumes: () => volumes }),
  });
}

async function mountOf(dataset: string, run?: ZfsRunner): Promise<string> {
  const mountpoint = await new ZfsTool(run).get(dataset, 'mountpoint');
  if (mountpoint?.startsWith('/')) return mountpoint;
  throw new StorageError('STORAGE_FAILED', `the dataset ${dataset} has no folder it is mounted at: ${mountpoint}`);
}
