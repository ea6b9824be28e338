// The root file system of the guest: programs and libraries from the packages, kernel modules, the guest helper, and the hand-written
// files of guest/ (init scripts, banner, settings).
import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { directory, type FileEntry, file, symlink, withParents } from '../../../archives/file-entry.ts';
import type { KernelModules } from './kernel-modules.ts';

/** Packages beside the kernel. */
export const rootfsPackages = [
  'busybox-static',
  'dropbear-bin',
  'e2fsprogs',
  'openssh-sftp-server',
  'qemu-guest-agent',
  'libc6',
  'libcom-err2',
  'libcrypt1',
  'libext2fs2',
  'libglib2.0-0',
  'libgmp10',
  'libnuma1',
  'libpcre2-8-0',
  'libtomcrypt1',
  'libtommath1',
  'libudev1',
  'liburing2',
  'zlib1g',
];

/** Where a file is in the packages, by where it goes in the guest. */
const packagedFiles: Record<string, string> = {
  '/usr/bin/busybox': 'bin/busybox',
  '/usr/bin/dropbear': 'usr/sbin/dropbear',
  '/usr/bin/dropbearkey': 'usr/bin/dropbearkey',
  '/usr/bin/dbclient': 'usr/bin/dbclient',
  '/usr/bin/qemu-ga': 'usr/sbin/qemu-ga',
  '/usr/bin/resize2fs': 'sbin/resize2fs',
  // Where dropbear looks for it; scp and sftp clients need it.
  '/usr/lib/sftp-server': 'usr/lib/openssh/sftp-server',
  '/usr/lib64/ld-linux-x86-64.so.2': 'lib64/ld-linux-x86-64.so.2',
};

/** What the programs above are linked with, all the way down. */
const libraries = [
  'libc.so.6',
  'libcom_err.so.2',
  'libcrypt.so.1',
  'libe2p.so.2',
  'libext2fs.so.2',
  'libglib-2.0.so.0',
  'libgmodule-2.0.so.0',
  'libgmp.so.10',
  'libm.so.6',
  'libnuma.so.1',
  'libpcre2-8.so.0',
  'libtomcrypt.so.1',
  'libtommath.so.1',
  'libudev.so.1',
  'liburing.so.2',
  'libz.so.1',
];
const packageLibraryDirectories = ['lib/x86_64-linux-gnu', 'usr/lib/x86_64-linux-gnu'];

/** Drivers for every device TT can give a guest; /etc/init.d/services loads those whose device is there, /usr/lib/tt/hotplug those of later ones. */
const rootfsModules = [
  'virtio_pci',
  'virtio_blk',
  'virtio_net',
  'virtio_console',
  'virtio_rng',
  'virtio_balloon',
  'virtio_input',
  'virtio_scsi',
  'virtiofs',
  'button',
  'evdev',
  'ata_piix',
  'sd_mod',
  'sr_mod',
  'isofs',
  'vfat',
  'nls_cp437',
  'nls_ascii',
  'qemu_fw_cfg',
];

/** Every directory a guest starts with that contains no file of ours. */
const emptyDirectories: [path: string, mode: number][] = [
  ['/boot', 0o755],
  ['/etc/dropbear', 0o700],
  ['/home', 0o755],
  ['/media', 0o755],
  ['/mnt', 0o755],
  ['/opt', 0o755],
  ['/proc', 0o555],
  ['/root', 0o700],
  ['/run', 0o755],
  ['/srv', 0o755],
  ['/sys', 0o555],
  ['/tmp', 0o1777],
  ['/usr/local/bin', 0o755],
  ['/var/log', 0o755],
  ['/var/tmp', 0o1777],
];

const links: [path: string, target: string][] = [
  ['/bin', 'usr/bin'],
  ['/sbin', 'usr/bin'],
  ['/usr/sbin', 'bin'],
  ['/lib', 'usr/lib'],
  ['/lib64', 'usr/lib64'],
  // The same program under the name people type.
  ['/usr/bin/ssh', 'dbclient'],
  ['/var/run', '../run'],
  ['/etc/mtab', '../proc/self/mounts'],
  ['/etc/resolv.conf', '../run/resolv.conf'],
];

export async function rootfsEntries(options: {
  packageRoot: string;
  guestDirectory: string;
  modules: KernelModules;
  /** Names busybox answers to; each becomes a link to it. */
  applets: readonly string[];
  /** What the file system is made for; the guest grows it when its disk turns out to be larger. */
  virtualSizeMiB: number;
  /** The program that /etc/init.d/services starts, if there is one. */
  guestHelper: Uint8Array | null;
}): Promise<FileEntry[]> {
  const fromPackages = Object.entries(packagedFiles).map(async ([path, source]) =>
    file(path, await readFile(join(options.packageRoot, source)), 0o755),
  );
  const fromLibraries = libraries.map(async (name) =>
    file(`/usr/lib/${name}`, await readLibrary(options.packageRoot, name), 0o755),
  );
  const handWritten = await guestFiles(join(options.guestDirectory, 'rootfs'));
  const taken = new Set(handWritten.map((entry) => entry.path).concat('/usr/bin/busybox'));
  const applets = options.applets.map((name) => `/usr/bin/${name}`).filter((path) => !taken.has(path));
  return withParents([
    ...(await Promise.all([...fromPackages, ...fromLibraries])),
    ...handWritten,
    ...applets.map((path) => symlink(path, 'busybox')),
    ...emptyDirectories.map(([path, mode]) => directory(path, mode)),
    ...(options.guestHelper ? [file('/usr/bin/tt-guest-helper', Buffer.from(options.guestHelper), 0o755)] : []),
    file('/var/lib/tt/root-sectors', `${options.virtualSizeMiB * 2048}\n`),
    // init opens it before anything is mounted on /dev.
    { kind: 'characterDevice', path: '/dev/console', mode: 0o600, major: 5, minor: 1 },
    ...links.map(([path, target]) => symlink(path, target)),
    ...(await options.modules.entries(rootfsModules)),
  ]);
}

async function readLibrary(packageRoot: string, name: string): Promise<Buffer> {
  for (const libraryDirectory of packageLibraryDirectories) {
    try {
      return await readFile(join(packageRoot, libraryDirectory, name));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  throw new Error(`The packages hold no library ${name}`);
}

/** All files under `source`. Git only stores the executable bit of a mode, so only that is used. */
async function guestFiles(source: string): Promise<FileEntry[]> {
  const found = await readdir(source, { recursive: true, withFileTypes: true });
  const files = found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return await Promise.all(
    files.map(async (path) => {
      const { mode } = await lstat(path);
      const guestPath = path.slice(source.length);
      return file(guestPath, await readFile(path), modeInGuest(guestPath, (mode & 0o100) !== 0));
    }),
  );
}

function modeInGuest(guestPath: string, executable: boolean): number {
  if (guestPath === '/etc/shadow') return 0o600;
  return executable ? 0o755 : 0o644;
}
