// Disks removed from a VM while snapshots inside them are still needed, for storages whose snapshots are inside the disk's own
// file (qcow2, fake): stored as `<vm>/removed/<number>.<disk's file>`, and restored when the VM is reverted to such a snapshot.
import { lchown, mkdir, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { type DiskFormat, diskNameOf } from './disk-name.ts';
import { openFolder, ownerOf } from './disk-owner.ts';
import { hasCode } from './file-errors.ts';

export interface AsideDisk {
  name: string;
  path: string;
}

const FOLDER = 'removed';

/** Moves a disk's file away. The folder may belong to a compromised process, so `removed` must not lead elsewhere. */
export async function setAside(folder: string, fileName: string): Promise<void> {
  const removed = path.join(folder, FOLDER);
  const { uid, gid } = await ownerOf(folder);
  await mkdir(removed, { mode: 0o700 }).catch((error: unknown) => {
    if (!hasCode(error, 'EEXIST')) throw error;
  });
  await lchown(removed, uid, gid);
  await using opened = await openFolder(removed);
  const numbers = (await readdir(opened.inside)).map((name) => Number.parseInt(name, 10)).filter(Number.isInteger);
  await rename(path.join(folder, fileName), `${opened.inside}/${Math.max(0, ...numbers) + 1}.${fileName}`);
}

/** The newest of each name first. */
export async function asideDisks(folder: string, format: DiskFormat): Promise<AsideDisk[]> {
  const removed = path.join(folder, FOLDER);
  const files = await readdir(removed).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  });
  return files
    .map((file) => ({ file, number: Number.parseInt(file, 10), name: diskNameOf(file.replace(/^\d+\./, ''), format) }))
    .sort((one, other) => other.number - one.number)
    .flatMap(({ file, name }) => (name === null ? [] : { name, path: path.join(removed, file) }));
}

export async function dropAside(disk: AsideDisk): Promise<void> {
  await rm(disk.path, { force: true });
}
