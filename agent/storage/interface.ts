// What every storage (qcow2 overlays now; reflink and zfs later) does for the operations: disks of VMs, cloned from images.
// `load.ts` picks one; `fake-storage.ts` and the real drivers pass the same `contract.ts` suite.

/** The disk a VM boots from. */
export interface VmDisk {
  path: string;
  format: 'qcow2';
  /** What the disk falls back to where it was never written; null when it stands alone (or is not made yet). */
  backing: BackingFile | null;
}

/** An image below a disk. It has none below itself: the storages refuse images that have. */
export interface BackingFile {
  path: string;
  format: 'qcow2';
}

/** A user and group of the host, by number. */
export interface DiskOwner {
  uid: number;
  gid: number;
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
   * STORAGE_FAILED when `sizeMiB` is less than the image's own size (the guest's file system would be cut), or when the
   * image itself is an overlay: a file made elsewhere must not say which others of this host are read.
   */
  createImage(vmId: string, source: DiskSource, sizeMiB: number): Promise<VmDisk>;
  /** Removes a VM's disk and everything beside it. Idempotent. */
  destroyImage(vmId: string): Promise<void>;
  /** False only when it certainly is not there; any other trouble rejects. */
  exists(vmId: string): Promise<boolean>;
  /** Where the VM's disk is, or will be. */
  diskOf(vmId: string): VmDisk;
  /**
   * Gives the disk (0600) and its folder (0700) to the user a confined VM runs as; null takes them back. Stays so whatever
   * is done to the disk, and tools then work on it as that user. Needs a root agent, unless it is the owner already.
   * DISK_NOT_FOUND when there is none; STORAGE_FAILED, with nothing changed, when something else was put in its place.
   */
  setOwner(vmId: string, owner: DiskOwner | null): Promise<void>;
  /** Size of the disk the guest sees. Works on a disk in use. DISK_NOT_FOUND when there is none. */
  sizeMiB(vmId: string): Promise<number>;
  /**
   * Grows a disk no engine has open. The same size is fine, a smaller one is STORAGE_FAILED. Snapshots stay good, but
   * applying one made before gives the disk the size it had then.
   */
  resizeImage(vmId: string, sizeMiB: number): Promise<void>;
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
