// The last step of a recipe whose image boots its own kernel: writes the manifest beside disk, kernel and initrd.
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { digestOf } from './import/checksum.ts';
import type { ImageManifest } from './manifest.ts';
import type { Recipe } from './recipe.ts';
import { DISK_FILE, MANIFEST_FILE } from './write-image.ts';

export const KERNEL_FILE = 'vmlinuz';
export const INITRD_FILE = 'initrd';

interface Built {
  append: string;
  virtualSizeMiB: number;
  /** Packages, as `package=version`. */
  builtFrom: readonly string[];
  /** The program that was put into it. */
  guestHelper: Uint8Array | null;
}

/** `folder` contains the three files. */
export async function writeBuiltManifest(
  folder: string,
  recipe: Omit<Recipe, 'build'>,
  { append, virtualSizeMiB, builtFrom, guestHelper }: Built,
  signal: AbortSignal,
): Promise<ImageManifest> {
  const { name, memo, features, defaultLogin, minMemoryMiB, minDiskMiB, firmware } = recipe;
  const sha256: Record<string, string> = {};
  for (const file of [KERNEL_FILE, INITRD_FILE, DISK_FILE]) {
    sha256[file] = await digestOf(path.join(folder, file), 'sha256', { signal });
  }
  const manifest: ImageManifest = {
    name,
    memo,
    defaultLogin,
    minMemoryMiB,
    minDiskMiB,
    features,
    disk: { file: DISK_FILE, format: 'qcow2', virtualSizeMiB },
    firmware,
    owner: null,
    boot: { kernel: KERNEL_FILE, initrd: INITRD_FILE, append },
    sha256,
    builtFrom: [...builtFrom, ...(guestHelper ? [`tt-guest-helper=${digestOfHelper(guestHelper)}`] : [])],
  };
  await writeFile(path.join(folder, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

/** It has no version but its content: what it can do it says itself. */
function digestOfHelper(program: Uint8Array): string {
  return createHash('sha256').update(program).digest('hex').slice(0, 12);
}
