// The interface of every storage: disks of VMs, cloned from images, with snapshots that cover all disks of a VM. `load.ts` picks
// one; `fake-storage.ts` and the real drivers pass `storage.contract.ts`.
import type { TermCode } from '@tt/protocol';
import type { DiskFormat } from './disk-name.ts';
import type { StorageError } from './errors.ts';

/** Why a storage can't tell how much of a disk differs between two snapshots. */
export type Uncounted = TermCode<'uncounted'>;

/** One disk of a VM. */
export interface VmDisk {
  path: string;
  format: DiskFormat;
  /** The backing image of blocks that were never written; null if the disk is self-contained (or not created yet). */
  backing: BackingFile | null;
}

/** The backing image of a disk. It has no backing file itself: the storages refuse images that have one. */
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

export interface ExportOptions extends CopyOptions {
  signal: AbortSignal;
  /** Told where it writes before the copy is moved to its target: for whoever measures what is written. */
  onStaging?: (folder: string) => void;
}

export interface CreateOptions extends CopyOptions {
  /** True: the disk does not depend on `source`, but creating it takes as long as copying it. */
  standalone?: boolean;
}

export interface CloneSnapshotOptions extends Pick<CopyOptions, 'signal'> {
  /** Default: true. False: the new VM has the disks alone, for whoever never goes back to that state by them. */
  withSnapshot?: boolean;
  /**
   * Puts more into the new VM's folder, whose path it gets, before the VM is there: while its disks are copied, where that takes time, or
   * after. It ends before this does; when one of both fails the other is stopped by the signal, and there is no VM.
   */
  alongside?: (folder: string, signal: AbortSignal) => Promise<void>;
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
   * Who saves the disks in a snapshot of a running VM. `engine`: RunningVm.saveState and loadState, inside the qcow2 files.
   * `storage`: `createSnapshot`, called while the guest is paused; to revert `revertSnapshot`, then RunningVm.loadState with
   * the disks whose files have changed. The storage always makes snapshots of stopped VMs.
   */
  readonly snapshotsBy: 'engine' | 'storage';
  /** A copy of a file in its folders shares the blocks of the original (ioctl_ficlone(2)): it takes no space until it is written. */
  readonly copiesShareBlocks: boolean;
  /** Creates its folders, checks its tools, completes what a killed agent left unfinished. Rejects with TOOL_MISSING. */
  init(): Promise<void>;
  /** For people, in the doctor and on the host's page: "reflink copies on xfs at /srv/tt/disks". */
  describe(): string;
  /**
   * Prepares the source for clones of this image, if this storage needs one (a raw copy, a dataset), so that the first
   * `createImage` need not. Idempotent; DISK_NOT_FOUND or STORAGE_FAILED as for `createImage`.
   */
  prepareSource(source: DiskSource, options?: CopyOptions): Promise<void>;
  /** Paths of the images with a prepared source for clones, sorted. None if clones only need the image. */
  sources(): Promise<string[]>;
  /**
   * Removes prepared sources of images that were deleted or have changed; what a clone still needs is removed with the last
   * such clone. Call it after an image was deleted; `init` does it too. Idempotent.
   */
  sweepSources(): Promise<void>;
  /** Call it periodically: removes what could not be removed before because it was in use. Costs nothing if there is none. */
  tidy(): Promise<void>;
  /**
   * Creates a VM's boot disk by cloning the image, in milliseconds, whatever the image's size; null: an empty disk. All or
   * nothing; DISK_EXISTS if there is one, STORAGE_FAILED if `sizeMiB` is less than the image's own size (the guest's file
   * system would be truncated), or if the image itself is an overlay: a foreign file must not determine which files of this
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
   * Removes a disk that no engine has open from the VM. Idempotent; not for the boot disk. Its data in snapshots stays:
   * `revertSnapshot` of one of those brings it back.
   */
  removeDisk(vmId: string, name: string): Promise<void>;
  /** Names of a VM's disks, boot disk first. DISK_NOT_FOUND if it has none. */
  disks(vmId: string): Promise<string[]>;
  /** Removes a VM's disks and everything beside them. Idempotent. */
  destroyImage(vmId: string): Promise<void>;
  /** Whether a VM has its boot disk. False only when it certainly is not there; any other trouble rejects. */
  exists(vmId: string): Promise<boolean>;
  /** Where the VM's disk is, or will be; default: the boot disk. With some storages it moves when a snapshot is applied. */
  diskOf(vmId: string, name?: string): VmDisk;
  /** The VM's folder (0700, of the VM's user). The RAM of its snapshots is there too, as `ram-<tag>.<format>`. */
  folderOf(vmId: string): string;
  /**
   * Gives the folder (0700) and the VM's files in it (disks, snapshots, RAM; 0600) to the user a confined VM runs as; null
   * takes them back. Later changes of the disks keep the owner, and tools then run as that user. Needs a root agent, unless it
   * already is the owner. DISK_NOT_FOUND if there is no disk; STORAGE_FAILED, with nothing changed, if something else is in the
   * place of one.
   */
  setOwner(vmId: string, owner: DiskOwner | null): Promise<void>;
  /** Size of the disk as the guest sees it. Works on a disk in use. DISK_NOT_FOUND if there is none. */
  sizeMiB(vmId: string, name?: string): Promise<number>;
  /**
   * Grows a disk that no engine has open. The same size does nothing, a smaller one is STORAGE_FAILED. Snapshots stay valid,
   * but reverting to an older one restores the disk's size of that time.
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
   * Reverts the disks to `tag`, including those that were removed since; disks that are not in the snapshot do not change.
   * SNAPSHOT_NOT_FOUND if there is none. No engine may have them open, except, if `snapshotsBy` is `storage`, a paused one that
   * opens the new files next.
   */
  revertSnapshot(vmId: string, tag: string): Promise<void>;
  /**
   * Call it once at start, before any engine has the disks: completes reverts of several disks that a killed agent left
   * unfinished. Those that cannot be completed are returned, and not tried again: their disks are from two instants until the
   * user reverts again.
   */
  finishReverts(): Promise<UnfinishedRevert[]>;
  /** Forgets a snapshot; others are not touched. Idempotent. Beside an engine only where `snapshotsBy` is `storage`. */
  destroySnapshot(vmId: string, tag: string): Promise<void>;
  /** Snapshots of a VM, with the bytes of RAM inside its disks (usually 0). Works on disks in use (read only). */
  listSnapshots(vmId: string): Promise<{ tag: string; vmStateBytes: number }[]>;
  /** The approximate space that deleting the snapshot would free on the host. SNAPSHOT_NOT_FOUND. */
  snapshotBytes(vmId: string, tag: string): Promise<number>;
  /**
   * At most how many bytes of each disk that is in both snapshots differ, counted in blocks of the storage by where they lie; of a disk
   * of which it can’t tell, why. SNAPSHOT_NOT_FOUND if there is no such snapshot.
   */
  changedBytes(vmId: string, tag: string, otherTag: string): Promise<Map<string, number | Uncounted>>;
  /**
   * A new VM with the disks as they were at `tag`, and with a snapshot `tag` equal to them unless the options say otherwise. The
   * source may be running. Takes the time of copying what differs from the image at most. DISK_EXISTS, SNAPSHOT_NOT_FOUND. All or
   * nothing.
   */
  cloneSnapshot(vmId: string, tag: string, newVmId: string, options?: CloneSnapshotOptions): Promise<void>;
  /**
   * Writes one disk, as it was at `tag` (null: as it is, then no engine may have it open), to a new qcow2 file that needs no
   * other. All or nothing, an existing file is replaced. DISK_NOT_FOUND, SNAPSHOT_NOT_FOUND, DISK_FULL.
   */
  exportDisk(vmId: string, name: string, tag: string | null, targetPath: string, options: ExportOptions): Promise<void>;
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
