// Paths without symbolic links. A confined QEMU gets relative ones, which are walked by the file system, where `..` of a linked
// folder is not where the link stands.
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import type { BackingFile, VmDisk } from '../../storage/interface.ts';
import type { VmSpec } from '../interface.ts';
import { pathForQemu } from './command-line.ts';

/** As far as the path exists: the rest of it has no links yet, and QEMU says best that a file is missing. */
export async function realPath(file: string): Promise<string> {
  try {
    return await realpath(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    const folder = path.dirname(file);
    return folder === file ? file : path.join(await realPath(folder), path.basename(file));
  }
}

/** What a confined VM has to be started with. */
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
