// The published base images of profiles on disk: a folder for each version, which appears complete or not at all and is never
// written to again. Version 1 of a profile made from an image has no folder: its base is the image itself.
import { chmod, link, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { copyBootFile } from '../images/copy-boot-file.ts';
import type { BaseRef } from '../state/vm-record.ts';

const DISK = 'disk.qcow2';
const KERNEL = 'kernel';
const INITRD = 'initrd';

/** How a machine boots without firmware, by absolute paths. */
export interface BootFiles {
  kernel: string;
  initrd: string;
  append: string;
}

export class BaseImages {
  readonly #directory: string;
  readonly #openToVmUsers: boolean;

  /** `openToVmUsers`: guests run as separate users, who must be able to read their base image. */
  constructor(directory: string, openToVmUsers: boolean) {
    this.#directory = directory;
    this.#openToVmUsers = openToVmUsers;
  }

  /** Where it writes. */
  get directory(): string {
    return this.#directory;
  }

  diskOf(base: BaseRef): { path: string; format: 'qcow2' } {
    return { path: path.join(this.#folderOf(base), DISK), format: 'qcow2' };
  }

  /** `append` null: it boots by firmware. */
  bootOf(base: BaseRef, append: string | null): BootFiles | null {
    const folder = this.#folderOf(base);
    return append === null ? null : { kernel: path.join(folder, KERNEL), initrd: path.join(folder, INITRD), append };
  }

  /**
   * Creates a version: `write` fills the disk at the path it gets, the boot files are copied beside it. All or nothing, also
   * when `signal` aborts; everything is synced to disk when it resolves. Returns its bytes on disk.
   */
  async make(
    base: BaseRef,
    boot: BootFiles | null,
    signal: AbortSignal,
    write: (diskPath: string) => Promise<void>,
  ): Promise<number> {
    return this.#appear(base, async (folder) => {
      await write(path.join(folder, DISK));
      if (!boot) return;
      await copyBootFile(boot.kernel, path.join(folder, KERNEL), signal);
      await copyBootFile(boot.initrd, path.join(folder, INITRD), signal);
    });
  }

  /** Where a version is made, before it appears: for whoever measures what is written. One of a version at a time. */
  buildingFolderOf(base: BaseRef): string {
    return `${this.#folderOf(base)}.building`;
  }

  /** A version with the same bytes as another, which may be removed later; takes no extra space. */
  async copy(from: BaseRef, to: BaseRef): Promise<number> {
    return this.#appear(to, async (folder) => {
      const source = this.#folderOf(from);
      for (const file of await readdir(source)) await link(path.join(source, file), path.join(folder, file));
    });
  }

  /** Idempotent. */
  async remove(base: BaseRef): Promise<void> {
    await rm(this.#folderOf(base), { recursive: true, force: true });
  }

  /** Idempotent. */
  async removeProfile(profileName: string): Promise<void> {
    await rm(path.join(this.#directory, profileName), { recursive: true, force: true });
  }

  /** Removes what no profile refers to, left by a killed agent. Returns what was removed. */
  async sweep(known: readonly BaseRef[]): Promise<string[]> {
    const kept = new Set(known.map((base) => this.#folderOf(base)));
    const removed: string[] = [];
    for (const profile of await readdir(this.#directory)) {
      const versions = await readdir(path.join(this.#directory, profile));
      for (const version of versions) {
        const folder = path.join(this.#directory, profile, version);
        if (kept.has(folder)) continue;
        await rm(folder, { recursive: true, force: true });
        removed.push(`${profile}/${version}`);
      }
      if (versions.every((version) => removed.includes(`${profile}/${version}`))) await this.removeProfile(profile);
    }
    return removed;
  }

  #folderOf({ profileName, version }: BaseRef): string {
    return path.join(this.#directory, profileName, `v${version}`);
  }

  async #appear(base: BaseRef, fill: (folder: string) => Promise<void>): Promise<number> {
    const folder = this.#folderOf(base);
    const parent = path.dirname(folder);
    const building = this.buildingFolderOf(base);
    // Of an agent that was killed.
    await rm(building, { recursive: true, force: true });
    await mkdir(building, { recursive: true });
    try {
      await fill(building);
      const sizeBytes = await this.#settle(building);
      await rename(building, folder);
      await syncFolder(parent);
      return sizeBytes;
    } catch (error) {
      await rm(building, { recursive: true, force: true });
      throw error;
    }
  }

  /** Rights, and everything on the platter before its name is. */
  async #settle(folder: string): Promise<number> {
    let sizeBytes = 0;
    for (const name of await readdir(folder)) {
      const file = path.join(folder, name);
      await chmod(file, this.#openToVmUsers ? 0o644 : 0o600);
      const handle = await open(file, 'r+');
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
      sizeBytes += (await stat(file)).blocks * 512;
    }
    for (const target of [path.dirname(folder), folder]) await chmod(target, this.#openToVmUsers ? 0o711 : 0o700);
    await syncFolder(folder);
    return sizeBytes;
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
