// What every storage (qcow2 overlays now; reflink and zfs later) does for the operations: disks of VMs, cloned from images.
// `load.ts` picks one; `fake-storage.ts` and the real drivers pass the same `contract.ts` suite.

/** The disk a VM boots from. */
export interface VmDisk {
  path: string;
  format: 'qcow2';
}

export interface DiskSource {
  /** Absolute path of the image's disk, never written to. */
  path: string;
  format: 'qcow2';
}

export interface Storage {
  readonly name: string;
  /**
   * Where the RAM of a snapshot goes with this storage: `inDisk` = into the qcow2 beside the disk's own snapshot, by the
   * engine's saveState; `file` = a file of its own beside a cloned raw disk (storages to come).
   */
  readonly ramPlacement: 'inDisk' | 'file';
  /** Makes its folders and checks its tools. Rejects with StorageError TOOL_MISSING. */
  init(): Promise<void>;
  /**
   * Clones the image for a VM in milliseconds, whatever the image's size. All or nothing; DISK_EXISTS if there is one,
   * STORAGE_FAILED when `sizeMiB` is less than the image's own size (the guest's file system would be cut).
   */
  createImage(vmId: string, source: DiskSource, sizeMiB: number): Promise<VmDisk>;
  /** Removes a VM's disk and everything beside it. Idempotent. */
  destroyImage(vmId: string): Promise<void>;
  /** False only when it certainly is not there; any other trouble rejects. */
  exists(vmId: string): Promise<boolean>;
  diskOf(vmId: string): VmDisk;
  /** Ids of all VMs that have a disk here: for finding orphans after a crash. */
  list(): Promise<string[]>;
  /** Cold snapshot of a disk no engine has open. SNAPSHOT_EXISTS when the tag is taken; see `snapshot-tag.ts` for tags. */
  createSnapshot(vmId: string, tag: string): Promise<void>;
  /** Puts a disk no engine has open back to `tag`. SNAPSHOT_NOT_FOUND when there is none. */
  applySnapshot(vmId: string, tag: string): Promise<void>;
  /** Removes a snapshot from a disk no engine has open. Idempotent. */
  destroySnapshot(vmId: string, tag: string): Promise<void>;
  /** Snapshots in a disk, with the bytes of RAM in each (0 for a cold one). Works on a disk in use (read only). */
  listSnapshots(vmId: string): Promise<{ tag: string; vmStateBytes: number }[]>;
  /** Bytes a VM's disk takes on the host. */
  usedBytes(vmId: string): Promise<number>;
  /** Free and total bytes of the file system (or pool) below. */
  space(): Promise<{ freeBytes: number; totalBytes: number }>;
}
