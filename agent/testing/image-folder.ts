// Test support: an image folder with small stand-ins for real images, sufficient for the fake engine.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ImageManifest } from '../images/manifest.ts';
import { writeFakeDisk } from '../storage/fake-disk.ts';

export const TINY_IMAGE = 'qemu:tiny-2:default';
export const DEBIAN_IMAGE = 'qemu:debian-12:default';

/** Fills `directory` with two images: the tiny one, and one that needs more memory. */
export async function makeTestImages(directory: string): Promise<void> {
  await makeTestImage(path.join(directory, 'tiny-2'), { name: TINY_IMAGE, minMemoryMiB: 96 });
  await makeTestImage(path.join(directory, 'debian-12'), { name: DEBIAN_IMAGE, minMemoryMiB: 256 });
}

/** Makes one image folder; `about` replaces fields of its manifest. Returns the manifest. */
export async function makeTestImage(directory: string, about: Partial<ImageManifest> = {}): Promise<ImageManifest> {
  await mkdir(directory, { recursive: true });
  const manifest: ImageManifest = {
    name: TINY_IMAGE,
    memo: 'A stand-in for tests.',
    defaultLogin: { user: 'root', password: 'tt' },
    minMemoryMiB: 96,
    minDiskMiB: 1024,
    features: ['vnc', 'serial', 'ssh', 'guestAgent'],
    disk: { file: 'disk.qcow2', format: 'qcow2', virtualSizeMiB: 1024 },
    firmware: 'bios',
    owner: null,
    boot: { kernel: 'vmlinuz', initrd: 'initrd', append: 'console=ttyS0' },
    sha256: {},
    builtFrom: ['stand-in=1'],
    ...about,
  };
  writeFakeDisk(path.join(directory, 'disk.qcow2'), {
    sizeMiB: manifest.disk.virtualSizeMiB,
    files: {},
    snapshots: [],
  });
  await writeFile(path.join(directory, 'vmlinuz'), 'kernel');
  await writeFile(path.join(directory, 'initrd'), 'initrd');
  await writeFile(path.join(directory, 'image.json'), JSON.stringify(manifest));
  return manifest;
}
