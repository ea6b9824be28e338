// Test support: CDs that install a system or boot Debian's own installer, by BIOS and by UEFI, made by grub-mkrescue from the
// tiny image's kernel and from Debian's netboot files. Needs grub-common, grub-pc-bin, grub-efi-amd64-bin, mtools, xorriso.
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { runCommand } from '../host/run-command.ts';
import { writeCpio } from '../archives/cpio.ts';
import { file, withParents } from '../archives/file-entry.ts';
import { testImage } from '../images/test-image.ts';

/** What the system says on its first serial port each time it starts, once it is installed. */
export const INSTALLED = 'THIS SYSTEM WAS INSTALLED FROM A CD';
const NETBOOT = '/usr/lib/debian-installer/images/12/amd64/text/debian-installer/amd64';
const MKRESCUE_TIMEOUT_MS = 120_000;

const start = '#!/bin/busybox sh\nb=/bin/busybox\n$b mount -t devtmpfs dev /dev\nexec >/dev/ttyS0 2>&1\n';
const installed = `${start}echo '${INSTALLED}'\nwhile :; do $b sleep 60; done\n`;
/** Writes the system over the first disk and switches the machine off, as installers do. */
const installer = `${start}$b modprobe -a virtio_pci virtio_blk
until [ -b /dev/vda ]; do $b sleep 0.1; done
echo installing
$b gunzip -c /system.gz | $b dd of=/dev/vda bs=1M conv=fsync && $b poweroff -f
`;

/** A CD that installs a system that starts by itself from its disk, by BIOS and by UEFI. */
export async function makeInstallerCd(folder: string, target: string): Promise<void> {
  const { directory, manifest } = await testImage();
  const kernel = path.join(directory, manifest.boot?.kernel ?? '');
  // Archives of an initrd may follow each other; a later one replaces the files of the one before.
  const base = await readFile(path.join(directory, manifest.boot?.initrd ?? ''));
  const initrdWith = (init: string, more: Readonly<Record<string, Buffer>> = {}) => {
    const files = Object.entries(more).map(([name, content]) => file(name, content));
    return Buffer.concat([base, writeCpio(withParents([file('/init', init, 0o755), ...files]))]);
  };
  const system = path.join(folder, 'system.img');
  const options = 'console=ttyS0 quiet cryptomgr.notests no_timer_check';
  await makeBootable(path.join(folder, 'system'), system, { kernel, initrd: initrdWith(installed), options });
  const initrd = initrdWith(installer, { '/system.gz': gzipSync(await readFile(system), { level: 1 }) });
  await makeBootable(path.join(folder, 'installer'), target, { kernel, initrd, options });
}

/** Debian's own installer, asking on the serial port. */
export async function makeDebianCd(folder: string, target: string): Promise<void> {
  const initrd = await readFile(path.join(NETBOOT, 'initrd.gz'));
  const options = 'console=ttyS0 quiet no_timer_check';
  await makeBootable(path.join(folder, 'debian'), target, { kernel: path.join(NETBOOT, 'linux'), initrd, options });
}

/** What grub-mkrescue writes boots as a CD and as a disk, by both firmwares. */
async function makeBootable(
  folder: string,
  target: string,
  { kernel, initrd, options }: { kernel: string; initrd: Buffer; options: string },
): Promise<void> {
  await mkdir(path.join(folder, 'boot', 'grub'), { recursive: true });
  await copyFile(kernel, path.join(folder, 'kernel'));
  await writeFile(path.join(folder, 'initrd'), initrd);
  const menu = `set timeout=0\nmenuentry start {\n  linux /kernel ${options}\n  initrd /initrd\n}\n`;
  await writeFile(path.join(folder, 'boot', 'grub', 'grub.cfg'), menu);
  await runCommand('grub-mkrescue', ['-o', target, folder], { timeoutMs: MKRESCUE_TIMEOUT_MS });
}
