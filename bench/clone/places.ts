// Where the clone section measures: each storage on a place of its own, with the bare tool that does the same. Needs root.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { runCommand } from '../../agent/host/run-command.ts';
import type { DiskSource, Storage } from '../../agent/storage/interface.ts';
import { overlayArguments } from '../overlay-arguments.ts';
import { Qcow2Storage } from '../../agent/storage/qcow2/qcow2-storage.ts';
import { ReflinkStorage } from '../../agent/storage/reflink/reflink-storage.ts';
import { mountLoop } from '../../agent/storage/test-loop-mount.ts';
import { makePool, poolProblem } from '../../agent/storage/zfs/test-pool.ts';
import { ZfsStorage } from '../../agent/storage/zfs/zfs-storage.ts';

export interface Place {
  name: string;
  storage: Storage;
  /** Makes what `bare` needs of an image. */
  prepareBare(image: DiskSource): Promise<void>;
  /** What one would type instead of asking us; `index` tells its results apart. */
  bare(image: DiskSource, index: number): Promise<void>;
  bareCommand: string;
}

const TIMEOUT_MS = 300_000;
/** Space for two raw copies of the largest image. */
const PLACE_MIB = 4096;

export function run(command: string, ...args: string[]): Promise<unknown> {
  return runCommand(command, args, { timeoutMs: TIMEOUT_MS });
}

export async function makePlaces(
  folder: string,
  resources: AsyncDisposableStack,
): Promise<{ places: Place[]; notes: string[] }> {
  const places = [await qcow2Place(folder)];
  const notes: string[] = [];
  if (process.geteuid?.() !== 0) {
    return { places, notes: ['reflink and zfs were not measured: mounting needs root'] };
  }
  for (const kind of ['xfs', 'btrfs'] as const) {
    const mounted = await mountLoop(kind, PLACE_MIB);
    resources.defer(() => mounted.remove());
    places.push(await reflinkPlace(kind, mounted.directory));
  }
  if (poolProblem !== null) return { places, notes: [`zfs was not measured: it ${poolProblem}`] };
  const pool = await makePool(PLACE_MIB);
  resources.defer(() => pool.remove());
  const { dataset, directory } = await pool.makeDataset();
  places.push(zfsPlace(dataset, directory));
  notes.push('file systems and pool are in loopback files; zfs is zfs-fuse, in user space');
  return { places, notes };
}

async function qcow2Place(folder: string): Promise<Place> {
  const bareFolder = path.join(folder, 'bare');
  await mkdir(bareFolder);
  return {
    name: 'qcow2',
    storage: new Qcow2Storage({ directory: path.join(folder, 'qcow2') }),
    prepareBare: async () => {},
    bare: async (image, index) => {
      await run('qemu-img', ...overlayArguments(path.join(bareFolder, `${index}.qcow2`), image, 1024));
    },
    bareCommand: 'qemu-img create -q -f qcow2 -F qcow2 -b IMAGE CLONE 1024M',
  };
}

async function reflinkPlace(kind: string, mount: string): Promise<Place> {
  const raw = (image: DiskSource) => path.join(mount, `${path.basename(image.path)}.raw`);
  return {
    name: `reflink on ${kind}`,
    storage: new ReflinkStorage({ directory: path.join(mount, 'disks'), fileSystem: kind }),
    prepareBare: async (image) => {
      await run('qemu-img', 'convert', '-f', 'qcow2', '-O', 'raw', image.path, raw(image));
    },
    bare: async (image, index) => {
      await run('cp', '--reflink=always', raw(image), path.join(mount, `clone-${index}`));
    },
    bareCommand: `cp --reflink=always IMAGE.raw CLONE  (${kind})`,
  };
}

function zfsPlace(dataset: string, directory: string): Place {
  const nameOf = (image: DiskSource) => `bare-${path.basename(image.path, '.qcow2')}`;
  return {
    name: 'zfs',
    storage: new ZfsStorage({ dataset, directory }),
    prepareBare: async (image) => {
      const name = nameOf(image);
      await run('zfs', 'create', `${dataset}/${name}`);
      const file = path.join(directory, name, 'disk.raw');
      await run('qemu-img', 'convert', '-f', 'qcow2', '-O', 'raw', image.path, file);
      await run('zfs', 'snapshot', `${dataset}/${name}@base`);
    },
    bare: async (image, index) => {
      await run('zfs', 'clone', `${dataset}/${nameOf(image)}@base`, `${dataset}/clone-${index}`);
    },
    bareCommand: 'zfs clone IMAGE@base CLONE',
  };
}
