// Writes a new image into the image folder: complete under its name, or not at all, also after a power failure.
import { link, mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { TtError } from '@tt/protocol';
import { type ImageManifest, imageManifestSchema } from './manifest.ts';

export const DISK_FILE = 'disk.qcow2';
export const MANIFEST_FILE = 'image.json';

export interface NewImage {
  /** Made; its parent must be there. */
  folder: string;
  manifest: ImageManifest;
  /** The qcow2, on the same file system: moved away. */
  disk: string;
  /** Kernel and initrd, by the names they get; moved as the disk is. */
  bootFiles?: Readonly<Record<string, string>>;
}

/** Rejects with EEXIST or ENOTEMPTY if `folder` exists. */
export async function writeImage({ folder, manifest, disk, bootFiles = {} }: NewImage): Promise<void> {
  const building = path.join(path.dirname(folder), `.${path.basename(folder)}.building-${process.pid}`);
  await rm(building, { recursive: true, force: true });
  await mkdir(building, { mode: 0o755 });
  try {
    for (const [name, source] of Object.entries(bootFiles)) await rename(source, path.join(building, name));
    await rename(disk, path.join(building, DISK_FILE));
    await writeFile(path.join(building, MANIFEST_FILE), manifestText(manifest));
    for (const name of [...Object.keys(bootFiles), DISK_FILE, MANIFEST_FILE]) await sync(path.join(building, name));
    await sync(building);
    await rename(building, folder);
    await sync(path.dirname(folder));
  } catch (error) {
    await rm(building, { recursive: true, force: true });
    throw error;
  }
}

/**
 * Puts a medium into the image folder, as `<name>.iso`. IMAGE_NAME_TAKEN if there is a file of that name: one that is still
 * being copied is in no list yet, and must not be overwritten.
 */
export async function putMedium(file: string, directory: string, name: string): Promise<void> {
  const target = path.join(directory, `${name}.iso`);
  try {
    // Unlike rename, link never replaces what is there.
    await link(file, target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new TtError('IMAGE_NAME_TAKEN', { imageName: `qemu:${name}:iso` });
  }
  await rm(file);
}

/** Replaces the manifest of an image in one step. */
export async function replaceManifest(folder: string, manifest: ImageManifest): Promise<void> {
  const file = path.join(folder, MANIFEST_FILE);
  await writeFile(`${file}.new`, manifestText(manifest));
  await sync(`${file}.new`);
  await rename(`${file}.new`, file);
  await sync(folder);
}

function manifestText(manifest: ImageManifest): string {
  return `${JSON.stringify(imageManifestSchema.parse(manifest), null, 2)}\n`;
}

async function sync(target: string): Promise<void> {
  await using handle = await open(target, 'r');
  await handle.sync();
}
