// What raw disks and their snapshots take where they share blocks: each block once, wherever it is used (`extents.ts`).
import type { DiskFolders } from '../disk-folders.ts';
import type { DiskUse, Uncounted } from '../interface.ts';
import { pairedDisks } from '../paired-disks.ts';
import { differingBytes, extentsOf, ownBytes, unionBytes } from './extents.ts';
import type { SnapshotFolders } from './snapshot-folders.ts';

export class ReflinkDiskUse {
  readonly #folders: DiskFolders;
  readonly #snapshots: SnapshotFolders;

  constructor(folders: DiskFolders, snapshots: SnapshotFolders) {
    this.#folders = folders;
    this.#snapshots = snapshots;
  }

  /** Of a VM, with its snapshots. Blocks shared only with clones in other VMs are counted too: they would remain if those were deleted. */
  async usedBytes(vmId: string): Promise<number> {
    return unionBytes(await extentsOf([...(await this.#diskFiles(vmId)), ...(await this.#snapshotFiles(vmId))]));
  }

  /** See `Storage.diskUse`. What only memory knows is not written for it. */
  async of(vmId: string): Promise<DiskUse> {
    const disks = await extentsOf(await this.#diskFiles(vmId), { flush: false });
    const held = await extentsOf(await this.#snapshotFiles(vmId), { flush: false });
    const diskBytes = unionBytes(disks);
    return { diskBytes, snapshotBytes: unionBytes([...disks, ...held]) - diskBytes };
  }

  /** What deleting a snapshot would free at least. */
  async snapshotBytes(vmId: string, tag: string): Promise<number> {
    return ownBytes(await extentsOf((await this.#snapshots.files(vmId, tag)).map((file) => file.path)));
  }

  /** See `Storage.changedBytes`. */
  async changedBytes(vmId: string, tag: string, otherTag: string): Promise<Map<string, number | Uncounted>> {
    return pairedDisks(
      await this.#snapshots.files(vmId, tag),
      await this.#snapshots.files(vmId, otherTag),
      async (one, other) => differingBytes(await extentsOf([one.path]), await extentsOf([other.path])),
    );
  }

  async #diskFiles(vmId: string): Promise<string[]> {
    return (await this.#folders.disks(vmId)).map((name) => this.#folders.diskPath(vmId, name));
  }

  async #snapshotFiles(vmId: string): Promise<string[]> {
    const files: string[] = [];
    for (const tag of await this.#snapshots.tags(vmId))
      files.push(...(await this.#snapshots.files(vmId, tag)).map((file) => file.path));
    return files;
  }
}
