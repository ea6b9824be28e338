// Valid names of snapshots inside a disk. Shared by the storages and the engines, because both write tags into the same disk.
import { StorageError } from './errors.ts';

/**
 * Letters, digits, `_`, `.`, `-`; starts with a letter or digit; at most 63 characters; not digits only, because qemu-img
 * takes `1` for the snapshot with the *id* 1 (`find_snapshot_by_id_or_name` in QEMU's block/qcow2-snapshot.c).
 */
const TAG_RULE = /^(?![0-9]+$)[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/;

/** True when `tag` may name a snapshot in a disk. */
export function isValidSnapshotTag(tag: string): boolean {
  return TAG_RULE.test(tag);
}

/** Throws STORAGE_FAILED for others. */
export function mustBeTag(tag: string): void {
  if (!isValidSnapshotTag(tag)) throw new StorageError('STORAGE_FAILED', `not a snapshot tag: ${JSON.stringify(tag)}`);
}
