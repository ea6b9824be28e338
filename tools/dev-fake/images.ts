// Images for an agent with fake drivers: stand-ins with the names and sizes of real systems.
import path from 'node:path';
import { makeTestImage } from '../../agent/testing/image-folder.ts';

/** os-version, least memory in MiB, disk in MiB. */
const systems: [os: string, minMemoryMiB: number, diskMiB: number][] = [
  ['alpine-3.20', 128, 512],
  ['centos-7.1', 512, 8192],
  ['debian-12', 256, 4096],
  ['tiny-1', 64, 64],
  ['ubuntu-20.04', 512, 8192],
];

/** Fills the image folder of an agent that has not started yet. */
export async function makeFakeImages(directory: string): Promise<void> {
  for (const [os, minMemoryMiB, diskMiB] of systems) {
    await makeTestImage(path.join(directory, os), {
      name: `qemu:${os}:default`,
      memo: os === 'tiny-1' ? 'Boots in two seconds; busybox, ssh' : '',
      minMemoryMiB,
      minDiskMiB: diskMiB,
      disk: { file: 'disk.qcow2', format: 'qcow2', virtualSizeMiB: diskMiB },
    });
  }
}
