// Test support: QEMU of Debian 13 on a machine of Debian 12, from its packages, unpacked below /var/cache and run with their own
// libraries. Needs root, mmdebstrap and the mirrors of this machine's apt; a minute the first time, then it is there.
import { chmod, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { isThere } from '../host/is-there.ts';
import { runCommand } from '../host/run-command.ts';
import { debianSources } from '../images/recipes/debian-12/apt-sources.ts';

/** Outside of any checkout, and passable for the users of guests. */
const CACHE = '/var/cache/tt-tests';
const SUITE = 'trixie';
const PACKAGES = ['qemu-system-x86'];
const PROGRAM = 'qemu-system-x86_64';
const LIBRARIES = 'usr/lib/x86_64-linux-gnu';
const MAKE_TIMEOUT_MS = 20 * 60_000;

/** Why it can't be made here; null if it can. */
export const newerQemuProblem = process.geteuid?.() === 0 ? null : 'unpacking Debian 13 needs root';

export interface NewerQemu {
  /** A folder for PATH: its `qemu-system-x86_64` is that QEMU. */
  binDirectory: string;
  binary: string;
}

export async function newerQemu(): Promise<NewerQemu> {
  const root = path.join(CACHE, `qemu-${SUITE}`);
  const binDirectory = path.join(root, 'tt-bin');
  if (!(await isThere(binDirectory))) {
    await mkdir(CACHE, { recursive: true, mode: 0o755 });
    const building = await mkdtemp(path.join(CACHE, 'building-'));
    try {
      await make(building, root);
      await rename(building, root).catch(async (error: unknown) => {
        // Two test processes may build at once: the rename of the slower one fails, and it is there.
        if (!(await isThere(binDirectory))) throw error;
      });
    } finally {
      await rm(building, { recursive: true, force: true });
    }
  }
  return { binDirectory, binary: path.join(binDirectory, PROGRAM) };
}

/** Only unpacked, no package is configured: nothing of it runs but QEMU, its libraries and its firmware. */
async function make(folder: string, root: string): Promise<void> {
  const sources = (await debianSources(AbortSignal.timeout(MAKE_TIMEOUT_MS))).flatMap((line) => {
    const [, uri] = /^deb (\S+) bookworm main$/.exec(line) ?? [];
    return uri === undefined ? [] : [`deb ${uri} ${SUITE} main`];
  });
  const args = [
    '--mode=root',
    '--variant=extract',
    '--architectures=amd64',
    '--format=directory',
    `--include=${PACKAGES.join(',')}`,
    '--aptopt=APT::Install-Recommends "false"',
    '--dpkgopt=path-exclude=/usr/share/doc/*',
    '--skip=output/dev',
    SUITE,
    folder,
    ...sources,
  ];
  await runCommand('mmdebstrap', args, { timeoutMs: MAKE_TIMEOUT_MS });
  await chmod(folder, 0o755);
  await mkdir(path.join(folder, 'tt-bin'));
  const program = path.join(folder, 'tt-bin', PROGRAM);
  await writeFile(program, starter(root));
  await chmod(program, 0o755);
}

/** It replaces itself by QEMU: the process that is started is the guest's. */
function starter(root: string): string {
  const firmware = ['usr/share/qemu', 'usr/share/seabios'].map((place) => `-L ${root}/${place}`);
  return [
    '#!/bin/sh',
    `export QEMU_MODULE_DIR=${root}/${LIBRARIES}/qemu`,
    `exec ${root}/usr/lib64/ld-linux-x86-64.so.2 --library-path ${root}/${LIBRARIES} --argv0 ${PROGRAM} \\`,
    `  ${root}/usr/bin/${PROGRAM} ${firmware.join(' ')} "$@"`,
    '',
  ].join('\n');
}
