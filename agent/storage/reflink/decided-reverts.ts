// Reverts of raw disks, all disks of a VM or none: the new ones are made aside, and from the rename of their folder to
// `<root>/.applying-<vmId>` on the revert is decided. Its disks then take the place of the old ones one by one, also after a kill.
import { readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { DiskFolders } from '../disk-folders.ts';
import { hasCode } from '../file-errors.ts';

const PREFIX = '.applying-';

export class DecidedReverts {
  readonly #folders: DiskFolders;

  constructor(folders: DiskFolders) {
    this.#folders = folders;
  }

  /** Completes what a killed agent had decided; forgets those of VMs that are gone. */
  async init(): Promise<void> {
    for (const name of await readdir(this.#folders.root)) {
      if (name.startsWith(PREFIX)) await this.#complete(name.slice(PREFIX.length));
    }
  }

  /** Calls `fill` with a folder to write all disks of the VM to, named as in its own. If that rejects, nothing has changed. */
  async revert(vmId: string, fill: (staging: string) => Promise<void>): Promise<void> {
    // One that failed half-way is ended first: its disks would otherwise come over the new ones at the next start.
    await this.#complete(vmId);
    await this.#folders.withStaging(async (staging) => {
      await fill(staging);
      await rename(staging, this.#folder(vmId));
    });
    await this.#complete(vmId);
  }

  /** However often it is begun. */
  async #complete(vmId: string): Promise<void> {
    const folder = this.#folder(vmId);
    const files = await readdir(folder).catch((error: unknown) => {
      if (hasCode(error, 'ENOENT')) return [];
      throw error;
    });
    if (await this.#folders.exists(vmId)) {
      for (const file of files) {
        await rename(path.join(folder, file), path.join(this.#folders.folder(vmId), file));
      }
    }
    await rm(folder, { recursive: true, force: true });
  }

  #folder(vmId: string): string {
    return path.join(this.#folders.root, `${PREFIX}${path.basename(this.#folders.folder(vmId))}`);
  }
}
