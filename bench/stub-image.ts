// An image for agents with the fake engine: a manifest and an empty disk. Sections that measure the agent alone use it.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ImageManifest } from '../agent/images/manifest.ts';

export const STUB_OS = 'stub-1';

/** Makes the image below `folder`; returns the folder of images. */
export async function makeStubImages(folder: string): Promise<string> {
  const images = path.join(folder, 'images');
  const manifest: ImageManifest = {
    name: `qemu:${STUB_OS}:default`,
    memo: 'Nothing at all.',
    defaultLogin: null,
    minMemoryMiB: 1,
    minDiskMiB: 1,
    features: ['vnc', 'serial'],
    disk: { file: 'disk.qcow2', format: 'qcow2', virtualSizeMiB: 1 },
    firmware: 'bios',
    owner: null,
    boot: null,
    sha256: {},
    builtFrom: [],
  };
  await mkdir(path.join(images, STUB_OS), { recursive: true });
  await writeFile(path.join(images, STUB_OS, 'image.json'), JSON.stringify(manifest));
  await writeFile(path.join(images, STUB_OS, 'disk.qcow2'), '');
  return images;
}
