// Images that are ready in the image folder: disks that VMs are cloned from, and media for their CD drives.
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { imageNamePart, parseImageName } from '@tt/protocol';
import { type ImageManifest, imageManifestSchema } from './manifest.ts';

export interface ReadyImage {
  kind: 'disk';
  manifest: ImageManifest;
  disk: { path: string; format: 'qcow2' };
  /** Absolute paths; null boots the disk by `firmware`. */
  boot: { kernel: string; initrd: string; append: string } | null;
  firmware: 'bios' | 'uefi';
  sizeBytes: number;
}

export interface ReadyMedium {
  kind: 'iso';
  /** `qemu:<file name without .iso>:iso` */
  name: string;
  /** Absolute path, read only for everybody. */
  path: string;
  sizeBytes: number;
}

/** Reads a folder with an `image.json`; rejects when anything of it is not as it must be. */
export async function readImage(directory: string): Promise<ReadyImage> {
  const text = await readFile(path.join(directory, 'image.json'), 'utf8');
  const manifest = imageManifestSchema.parse(JSON.parse(text));
  const parts = parseImageName(manifest.name);
  if (!parts) throw new Error(`“${manifest.name}” is no image name (engine:os-version:variant)`);
  if (manifest.engine !== undefined && manifest.engine !== parts.engine) {
    throw new Error(`its name says engine ${parts.engine}, its manifest says ${manifest.engine}`);
  }
  const { disk, boot } = manifest;
  const files = [disk.file, ...(boot ? [boot.kernel, boot.initrd] : [])].map((file) => path.join(directory, file));
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).blocks * 512));
  return {
    kind: 'disk',
    manifest,
    disk: { path: path.join(directory, disk.file), format: disk.format },
    boot: boot && {
      kernel: path.join(directory, boot.kernel),
      initrd: path.join(directory, boot.initrd),
      append: boot.append,
    },
    firmware: manifest.firmware,
    sizeBytes: sizes.reduce((sum, size) => sum + size, 0),
  };
}

/** The name in a folder's manifest, if at least that can be read; otherwise null. */
export async function readName(directory: string): Promise<string | null> {
  try {
    const { name } = JSON.parse(await readFile(path.join(directory, 'image.json'), 'utf8')) as { name?: unknown };
    return typeof name === 'string' && parseImageName(name) ? name : null;
  } catch {
    // Why it can't be read is said where the whole manifest is.
    return null;
  }
}

/** A file `*.iso` of the image folder. */
export async function readMedium(file: string): Promise<ReadyMedium> {
  const { blocks } = await stat(file);
  return { kind: 'iso', name: mediumName(file), path: file, sizeBytes: blocks * 512 };
}

/** Of `debian 12.iso`: `qemu:debian-12:iso`. */
export function mediumName(file: string): string {
  return `qemu:${imageNamePart(path.basename(file, path.extname(file)))}:iso`;
}
