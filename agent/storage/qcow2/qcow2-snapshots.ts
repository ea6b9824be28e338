// Parses the table of internal snapshots of a qcow2 disk (QEMU's docs/interop/qcow2.txt, "Snapshots"): name, RAM, and the size
// the disk had, which no tool shows. Works beside a running QEMU. Every number is checked before it is used.
import { closeSync } from 'node:fs';
import { StorageError } from '../errors.ts';
import { openImage, parseQcow2Header, readAt, SNAPSHOT_TABLE } from './qcow2-header.ts';

export interface Qcow2Snapshot {
  tag: string;
  vmStateBytes: number;
  /** Size of the disk the guest saw then; null when it was written by a QEMU that did not keep it. */
  virtualBytes: number | null;
  /** Its table of the first level: where it is, and how many entries of 8 bytes it has. */
  l1Offset: number;
  l1Entries: number;
}

/** QEMU's own limits (QCOW_MAX_SNAPSHOTS, QCOW_MAX_SNAPSHOTS_SIZE in block/qcow2.h). */
const MAX_SNAPSHOTS = 65_536;
const MAX_TABLE_BYTES = 1024 * MAX_SNAPSHOTS;
const FIRST_READ_BYTES = 16 * 1024;
/** Of an entry, before its extra data. */
const ENTRY_BYTES = 40;
const HEADER_BYTES = 8 * 1024;
/** A running QEMU writes a new table beside the old one, then changes the header: who read in between reads again. */
const ATTEMPTS = 10;

/** Rejects with DISK_NOT_FOUND or, for other files and trouble, STORAGE_FAILED. */
export function readQcow2Snapshots(imagePath: string): Qcow2Snapshot[] {
  const file = openImage(imagePath);
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const before = tableOf(readAt(file, 0, HEADER_BYTES), imagePath);
      const snapshots = readTable(file, before);
      const after = tableOf(readAt(file, 0, HEADER_BYTES), imagePath);
      if (before.count !== after.count || before.offset !== after.offset) continue;
      if (snapshots) return snapshots;
      // Nobody wrote in between: it stays damaged, however often it is read.
      break;
    }
  } finally {
    closeSync(file);
  }
  throw new StorageError('STORAGE_FAILED', `can't read the snapshots in ${imagePath}`);
}

/** Null when the bytes are no such table. */
export function parseSnapshotTable(bytes: Buffer, count: number): Qcow2Snapshot[] | null {
  const snapshots: Qcow2Snapshot[] = [];
  let at = 0;
  while (snapshots.length < count) {
    if (at + ENTRY_BYTES > bytes.length) return null;
    const idBytes = bytes.readUInt16BE(at + 12);
    const nameBytes = bytes.readUInt16BE(at + 14);
    const extraBytes = bytes.readUInt32BE(at + 36);
    const extra = at + ENTRY_BYTES;
    const name = extra + extraBytes + idBytes;
    const end = name + nameBytes;
    if (end > bytes.length) return null;
    snapshots.push({
      tag: bytes.toString('utf8', name, end),
      vmStateBytes: extraBytes >= 8 ? Number(bytes.readBigUInt64BE(extra)) : bytes.readUInt32BE(at + 32),
      virtualBytes: extraBytes >= 16 ? Number(bytes.readBigUInt64BE(extra + 8)) : null,
      l1Offset: Number(bytes.readBigUInt64BE(at)),
      l1Entries: bytes.readUInt32BE(at + 8),
    });
    at = Math.ceil(end / 8) * 8;
  }
  return snapshots;
}

function tableOf(header: Buffer, imagePath: string): { count: number; offset: number } {
  if (!parseQcow2Header(header)) throw new StorageError('STORAGE_FAILED', `not a qcow2 image: ${imagePath}`);
  const count = header.readUInt32BE(SNAPSHOT_TABLE.count);
  if (count > MAX_SNAPSHOTS) throw new StorageError('STORAGE_FAILED', `too many snapshots in ${imagePath}`);
  return { count, offset: count === 0 ? -1 : Number(header.readBigUInt64BE(SNAPSHOT_TABLE.offset)) };
}

/** The table does not contain its length, so more is read until it is complete. */
function readTable(file: number, { count, offset }: { count: number; offset: number }): Qcow2Snapshot[] | null {
  if (count === 0) return [];
  for (let bytes = FIRST_READ_BYTES; bytes <= MAX_TABLE_BYTES; bytes *= 4) {
    const read = readAt(file, offset, bytes);
    const snapshots = parseSnapshotTable(read, count);
    if (snapshots) return snapshots;
    // The file ends here. More would only be asked for: 85 MiB of memory for a file of a few KiB.
    if (read.length < bytes) return null;
  }
  return null;
}
