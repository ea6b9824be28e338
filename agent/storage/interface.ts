// The interface of every storage: disks of VMs, cloned from images, with snapshots that cover all disks of a VM. `load.ts` picks
// one; `fake-storage.ts` and the real drivers pass `storage.contract.ts`.
import type { DiskFormat } from './disk-name.ts';
import type { StorageError } from './errors.ts';

/** One disk of a VM. */
export interface VmDisk {
  path: string;
  format: DiskFormat;
  /** What the disk falls back to where it was never written; null when it stands alone (or is not made yet). */
  backing: BackingFile | null;
}

/** An image below a disk. It has none below itself: the storages refuse images that have. */
export interface BackingFile {
  path: string;
  format: DiskFormat;
}

/** A user and group of the host, by number. */
export interface DiskOwner {
  uid: number;
  gid: number;
}

export interface DiskSource {
  /** Absolute path of the image's disk, never written to. */
  path: string;
  format: DiskFormat;
}

/** For work that may take as long as copying a disk does. */
export interface CopyOptions {
  signal?: AbortSignal;
  /** `done` of `total` are shares of the work, not bytes. */
  onProgress?: (done: number, total: number) => void;
}

export interface CreateOptions extends CopyOptions {
  /** True: the disk does not go on needing `source`, though making it then takes as long as copying it. */
  standalone?: boolean;
}

/** What a VM really takes on the host, without the RAM of its snapshots. */
export interface DiskUse {
  /** Its disks as they are now; blocks that it shares with its image or with other VMs may count for each of them. */
  diskBytes: number;
  /** What is there for its snapshots only, those of disks that were removed included. */
  snapshotBytes: number;
}

export interface UnfinishedRevert {
  vmId: string;
  tag: string;
  error: StorageError;
}

export interface Storage {
  readonly name: string;
  /** Of all disks made here. */
  readonly format: DiskFormat;
  /**
   * Who keeps the disks' part of a snapshot of a running VM. `engine`: RunningVm.saveState and loadState, inside the qcow2
   * files. `storage`: `createSnapshot`, called while the guest is paused; to go back `revertSnapshot`, then
   * RunningVm.loadState with the disks that are other files now. Snapshots of stopped VMs are always the storage's.
   */
  readonly snapshotsBy: 'engine' | 'storage';
  /** Makes its folders, checks its tools, ends what a killed agent left half done. Rejects with TOOL_MISSING. */
  init(): Promise<void>;
  /** For people, in the doctor and on the host's page: "reflink copies on xfs at /srv/tt/disks". */
  describe(): string;
  /**
   * Makes ready what clones of this image come from, as far as this storage needs something (a raw copy, a dataset), so that
   * the first `createImage` need not. Idempotent; DISK_NOT_FOUND or STORAGE_FAILED as for `createImage`.
   */
  prepareSource(source: DiskSource, options?: CopyOptions): Promise<void>;
  /** Paths of the images of which something is kept that clones come from, sorted. None where clones need only the image. */
  sources(): Promise<string[]>;
  /**
   * Removes what is kept of images that are gone, or were written to since; what a clone still needs goes with the last such
   * clone. To be called when an image was deleted; `init` does it too. Idempotent.
   */
  sweepSources(): Promise<void>;
  /** To be called now and then: removes what was in use when it was to go. Costs nothing when there is none. */
  tidy(): Promise<void>;
  /**
   * Makes a VM's boot disk by cloning the image, in milliseconds, whatever the image's size; null: an empty disk. All or
   * nothing; DISK_EXISTS if there is one, STORAGE_FAILED when `sizeMiB` is less than the image's own size (the guest's file
   * system would be cut), or when the image itself is an overlay: a file made elsewhere must not say which others of this
   * host are read.
   */
  createImage(vmId: string, source: DiskSource | null, sizeMiB: number, options?: CreateOptions): Promise<VmDisk>;
  /** One more disk of a VM that has a boot disk, of its user. As `createImage` otherwise. Names: see `disk-name.ts`. */
  addDisk(
    vmId: string,
    name: string,
    sizeMiB: number,
    source?: DiskSource | null,
    options?: CreateOptions,
  ): Promise<VmDisk>;
  /**
   * Takes a disk that no engine has open out of the VM. Idempotent; not for the boot disk. What snapshots hold of it stays:
   * `revertSnapshot` of one of those brings it back.
   */
  removeDisk(vmId: string, name: string): Promise<void>;
  /** Names of a VM's disks, boot disk first. DISK_NOT_FOUND when it has none. */
  disks(vmId: string): Promise<string[]>;
  /** Removes a VM's disks and everything beside them. Idempotent. */
  destroyImage(vmId: string): Promise<void>;
  /** Whether a VM has its boot disk. False only when it certainly is not there; any other trouble rejects. */
  exists(vmId: string): Promise<boolean>;
  /** Where the VM's disk is, or will be; default: the boot disk. With some storages it moves when a snapshot is applied. */
  diskOf(vmId: string, name?: string): VmDisk;
  /** The VM's folder (0700, of the VM's user). The RAM of its snapshots lies there too, as `ram-<tag>.qcow2`. */
  folderOf(vmId: string): string;
  /**
   * Gives the folder (0700) and all that is the VM's in it (disks, snapshots, RAM; 0600) to the user a confined VM runs as;
   * null takes them back. Stays so whatever is done to the disks, and tools then work on them as that user. Needs a root
   * agent, unless it is the owner already. DISK_NOT_FOUND when there is no disk; STORAGE_FAILED, with nothing changed, when
   * something else was put in the place of one.
   */
  setOwner(vmId: string, owner: DiskOwner | null): Promise<void>;
  /** Size of the disk the guest sees. Works on a disk in use. DISK_NOT_FOUND when there is none. */
  sizeMiB(vmId: string, name?: string): Promise<number>;
  /**
   * Grows a disk no engine has open. The same size is fine, a smaller one is STORAGE_FAILED. Snapshots stay good, but
   * applying one made before gives the disk the size it had then.
   */
  resizeImage(vmId: string, sizeMiB: number, name?: string): Promise<void>;
  /** Ids of all VMs that have disks here: for finding orphans after a crash. */
  list(): Promise<string[]>;
  /**
   * Snapshot of all disks of a VM. No engine may have them open, or, where `snapshotsBy` is `storage`, the guest must be
   * paused. SNAPSHOT_EXISTS when the tag is taken; see `snapshot-tag.ts` for tags. All or nothing.
   */
  createSnapshot(vmId: string, tag: string): Promise<void>;
  /**
   * Puts the disks back to `tag`, those that were removed since included; disks the snapshot does not hold stay as they
   * are. SNAPSHOT_NOT_FOUND when there is none. No engine may have them open, or, where `snapshotsBy` is `storage`, one may
   * that is paused and takes the new files next.
   */
  revertSnapshot(vmId: string, tag: string): Promise<void>;
  /**
   * Once at start, before any engine has the disks: finishes reverts of several disks that a killed agent left half done.
   * Those that can't be are named, and not tried again: their disks are of two instants, until somebody reverts once more.
   */
  finishReverts(): Promise<UnfinishedRevert[]>;
  /** Forgets a snapshot; others are not touched. Idempotent. Beside an engine only where `snapshotsBy` is `storage`. */
  destroySnapshot(vmId: string, tag: string): Promise<void>;
  /** Snapshots of a VM, with the bytes of RAM that lie inside its disks (0 mostly). Works on disks in use (read only). */
  listSnapshots(vmId: string): Promise<{ tag: string; vmStateBytes: number }[]>;
  /** What deleting the snapshot would free on the host, as near as the storage can tell. SNAPSHOT_NOT_FOUND. */
  snapshotBytes(vmId: string, tag: string): Promise<number>;
  /**
   * A new VM with the disks as they were at `tag`, and with a snapshot `tag` equal to them. The source may be running. Takes
   * the time of copying what differs from the image at most. DISK_EXISTS, SNAPSHOT_NOT_FOUND. All or nothing.
   */
  cloneSnapshot(vmId: string, tag: string, newVmId: string, options?: Pick<CopyOptions, 'signal'>): Promise<void>;
  /**
   * Writes one disk, as it was at `tag` (null: as it is, then no engine may have it open), to a new qcow2 file that needs no
   * other. All or nothing, an existing file is replaced. DISK_NOT_FOUND, SNAPSHOT_NOT_FOUND, DISK_FULL.
   */
  exportDisk(vmId: string, name: string, tag: string | null, targetPath: string, options?: CopyOptions): Promise<void>;
  /**
   * Gives space back to the host that the disks hold without need; some storages write a disk anew for that, and leave it as it
   * was when they are stopped. No engine may have them open.
   */
  compact(vmId: string, options?: Pick<CopyOptions, 'signal'>): Promise<{ freedBytes: number }>;
  /** Bytes a VM's disks and snapshots take on the host. */
  usedBytes(vmId: string): Promise<number>;
  /**
   * What these VMs take, for a look now and then: nothing is flushed for it, so what was written in the last half a minute may
   * be missing. An Error stands for one that can't be measured; those without disks are left out. Rejects when none can be.
   */
  diskUse(vmIds: readonly string[]): Promise<Map<string, DiskUse | Error>>;
  /** Free and total bytes of the file system (or pool) below. */
  space(): Promise<{ freeBytes: number; totalBytes: number }>;
}
