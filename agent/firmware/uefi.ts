// UEFI firmware of the host (OVMF), found where distributions install it, and the empty variables file that is copied for each
// VM.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { DiskSource } from '../storage/interface.ts';

const BYTES_PER_MIB = 1024 * 1024;

export interface UefiPlace {
  /** Absolute path of the firmware's program. */
  code: string;
  /** Absolute path of the variables it starts with, built for the same size of flash. */
  variables: string;
}

/** Size of the disk `nvram`; storages count in MiB, while the variables of OVMF take 528 KiB. */
export const VARIABLES_MIB = 1;

/** Builds for 4 MiB of flash, without Secure Boot keys: any medium boots. */
export const UEFI_PLACES: readonly UefiPlace[] = [
  // Debian, Ubuntu: ovmf
  { code: '/usr/share/OVMF/OVMF_CODE_4M.fd', variables: '/usr/share/OVMF/OVMF_VARS_4M.fd' },
  // Arch: edk2-ovmf
  { code: '/usr/share/edk2/x64/OVMF_CODE.4m.fd', variables: '/usr/share/edk2/x64/OVMF_VARS.4m.fd' },
  // openSUSE: qemu-ovmf-x86_64
  { code: '/usr/share/qemu/ovmf-x86_64-4m-code.bin', variables: '/usr/share/qemu/ovmf-x86_64-4m-vars.bin' },
];

export class UefiFirmware {
  readonly #directory: string;
  readonly #places: readonly UefiPlace[];

  /** `directory`: the folder of the padded variables. Disks are based on them, so they are created once and never changed. */
  constructor(directory: string, places: readonly UefiPlace[] = UEFI_PLACES) {
    this.#directory = directory;
    this.#places = places;
  }

  /** Searched for at each use, so that installing the package is enough. null: this host has none. */
  find(): UefiPlace | null {
    return this.#places.find(({ code, variables }) => existsSync(code) && existsSync(variables)) ?? null;
  }

  /**
   * Variables to clone `nvram` from: a raw file of {@link VARIABLES_MIB}. OVMF expects them just below its code, so the padding
   * to a whole MiB is in front of them.
   */
  async variables({ variables }: UefiPlace): Promise<DiskSource> {
    const content = await readFile(variables);
    const whole = VARIABLES_MIB * BYTES_PER_MIB;
    if (content.length > whole) throw new Error(`${variables} has ${content.length} bytes, more than ${whole}`);
    const padded = Buffer.concat([Buffer.alloc(whole - content.length, 0xff), content]);
    // Named by what is in it: a newer package gets a file of its own, and disks keep the one they came from.
    const name = `uefi-variables-${createHash('sha256').update(padded).digest('hex').slice(0, 16)}.raw`;
    const file = path.join(this.#directory, name);
    if (!existsSync(file)) await writeOnce(file, padded);
    return { path: file, format: 'raw' };
  }
}

/** Complete or absent, also after a power failure. Readable by the users that guests run as: it contains no secrets yet. */
async function writeOnce(file: string, content: Buffer): Promise<void> {
  const folder = path.dirname(file);
  await mkdir(folder, { recursive: true });
  // Whatever the umask: guests run as users of their own, who must get through to it.
  await chmod(folder, 0o711);
  const staging = `${file}.${process.pid}.part`;
  try {
    const handle = await open(staging, 'w', 0o444);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await chmod(staging, 0o444);
    await rename(staging, file);
  } catch (error) {
    await rm(staging, { force: true });
    throw error;
  }
}
