// Resolves symbolic links in paths. A confined QEMU gets relative paths, which the file system resolves: `..` of a linked folder
// is not the parent of the link.
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import type { BackingFile, VmDisk } from '../../storage/interface.ts';
import type { VmSpec } from '../interface.ts';
import { pathForQemu } from './command-line.ts';

/** Resolves the existing part of a path: the rest has no links yet, and QEMU itself reports a missing file. */
export async function realPath(file: string): Promise<string> {
  try {
    return await realpath(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    const folder = path.dirname(file);
    return folder === file ? file : path.join(await realPath(folder), path.basename(file));
  }
}

/** The spec with which a confined VM must be started. */
export async function withoutLinks(spec: VmSpec): Promise<VmSpec> {
  const { boot, firmware, seed } = spec;
  return {
    ...spec,
    runDirectory: await realPath(spec.runDirectory),
    disks: await Promise.all(spec.disks.map(diskWithoutLinks)),
    cds: await Promise.all(
      spec.cds.map(async (cd) => ({ ...cd, path: cd.path === null ? null : await realPath(cd.path) })),
    ),
    ...(seed ? { seed: await realPath(seed) } : {}),
    boot: boot && { ...boot, kernel: await realPath(boot.kernel), initrd: await realPath(boot.initrd) },
    firmware:
      firmware.kind === 'bios'
        ? firmware
        : {
            kind: 'uefi',
            code: await realPath(firmware.code),
            variables: await diskWithoutLinks(firmware.variables),
          },
  };
}

export async function diskWithoutLinks<Disk extends VmDisk>(disk: Disk): Promise<Disk> {
  const { backing } = disk;
  const real: BackingFile | null = backing && { ...backing, path: await realPath(backing.path) };
  return { ...disk, path: await realPath(disk.path), backing: real };
}

/** One more path for a running VM. */
export async function placeForQemu(spec: VmSpec, absolutePath: string): Promise<string> {
  if (!spec.confinement) return absolutePath;
  return pathForQemu({ ...spec, runDirectory: await realPath(spec.runDirectory) }, await realPath(absolutePath));
}
