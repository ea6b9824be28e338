// How much of a qcow2 disk is its present state, how much only one of its snapshots uses, and how much two of them do not share, from
// the tables in the file (QEMU's docs/interop/qcow2.txt): clusters that a snapshot points to and that are used once. Works beside a
// running QEMU, which may be about to write newer counts. The file is untrusted: references outside it, or to nothing, count as zero.
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { readAt } from '../../host/read-at.ts';
import { StorageError } from '../errors.ts';
import type { Uncounted } from '../interface.ts';
import { parseQcow2Header } from './qcow2-header.ts';
import { type Qcow2Snapshot, readQcow2Snapshots } from './qcow2-snapshots.ts';

const HEADER_BYTES = 112;
const HEADER = {
  version: 4,
  clusterBits: 20,
  l1Entries: 36,
  l1Table: 40,
  refcountTable: 48,
  refcountClusters: 56,
  features: 72,
  refcountOrder: 96,
};
/** Bit of the incompatible features: entries of second level tables are twice as long. */
const EXTENDED_L2 = 1n << 4n;
/** Of an entry of a table: where it leads to. */
const OFFSET_MASK = 0x00fffffffffffe00n;
/** Of an entry of a second level table: compressed, which disks here never are. */
const COMPRESSED = 1n << 62n;
const COPIED = 1n << 63n;
/** QEMU's own limits (QCOW_MAX_L1_SIZE, QCOW_MAX_REFTABLE_SIZE in block/qcow2.h). */
const MAX_L1_BYTES = 32 * 1024 * 1024;
const MAX_REFCOUNT_TABLE_BYTES = 8 * 1024 * 1024;

/** 0 when the disk has no such snapshot. Rejects with DISK_NOT_FOUND or STORAGE_FAILED. */
export async function ownSnapshotBytes(imagePath: string, tag: string): Promise<number> {
  const snapshot = readQcow2Snapshots(imagePath).find((candidate) => candidate.tag === tag);
  if (!snapshot) return 0;
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  await using file = await open(imagePath, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  const tables = await Tables.read(file, imagePath);
  const { clusterBytes } = tables;
  const l1Bytes = snapshot.l1Entries * 8;
  if (l1Bytes > MAX_L1_BYTES) throw new StorageError('STORAGE_FAILED', `a table too large in ${imagePath}`);
  // Each snapshot has a first level table of its own.
  let bytes = Math.ceil(l1Bytes / clusterBytes) * clusterBytes;
  const seen = new Set<number>();
  for (const l2 of offsetsIn(await tables.at(snapshot.l1Offset, l1Bytes), 8)) {
    if (seen.has(l2)) continue;
    seen.add(l2);
    // What leads to a table used by others is used by them too.
    if (!(await tables.isUsedOnce(l2))) continue;
    bytes += clusterBytes;
    for (const data of offsetsIn(await tables.at(l2, clusterBytes), tables.l2EntryBytes)) {
      if (await tables.isUsedOnce(data)) bytes += clusterBytes;
    }
  }
  return bytes;
}

/** What the disk as it is now takes in its file: the clusters its tables lead to, and those tables. Rejects as {@link ownSnapshotBytes}. */
export async function activeBytes(imagePath: string): Promise<number> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  await using file = await open(imagePath, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  const tables = await Tables.read(file, imagePath);
  const { clusterBytes, l1Bytes, l1Offset } = tables;
  if (l1Bytes > MAX_L1_BYTES) throw new StorageError('STORAGE_FAILED', `a table too large in ${imagePath}`);
  let bytes = Math.ceil(l1Bytes / clusterBytes) * clusterBytes;
  for (const l2 of new Set(offsetsIn(await tables.at(l1Offset, l1Bytes), 8))) {
    bytes += clusterBytes;
    bytes += [...offsetsIn(await tables.at(l2, clusterBytes), tables.l2EntryBytes)].length * clusterBytes;
  }
  return bytes;
}

/**
 * Bytes of the clusters of the disk to which one of two snapshots leads and the other does not; null when it lacks one of them. Only
 * tables that they do not share are read, and none of what QEMU saved beyond the end of the disk: the RAM of states from before it had a
 * file of its own. Rejects as {@link ownSnapshotBytes}.
 */
export async function differingSnapshotBytes(
  imagePath: string,
  tag: string,
  otherTag: string,
): Promise<number | Uncounted> {
  const snapshots = readQcow2Snapshots(imagePath);
  const one = snapshots.find((candidate) => candidate.tag === tag);
  const other = snapshots.find((candidate) => candidate.tag === otherTag);
  if (!one || !other) return 'damaged';
  if (Math.max(one.l1Entries, other.l1Entries) * 8 > MAX_L1_BYTES) {
    throw new StorageError('STORAGE_FAILED', `a table too large in ${imagePath}`);
  }
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  await using file = await open(imagePath, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  const tables = await Tables.read(file, imagePath);
  const { clusterBytes, l2EntryBytes } = tables;
  const here = await tables.at(one.l1Offset, one.l1Entries * 8);
  const there = await tables.at(other.l1Offset, other.l1Entries * 8);
  // Each table is a cluster of the file: no more of them can differ, whatever the tables of the first level say.
  let left = 2 * Math.ceil((await file.stat()).size / clusterBytes);
  let bytes = 0;
  const perTable = (clusterBytes / l2EntryBytes) * clusterBytes;
  const end = Math.max(diskEntries(one, perTable), diskEntries(other, perTable)) * 8;
  for (let at = 0; at < end; at += 8) {
    const [l2, otherL2] = [placeAt(here, at) & OFFSET_MASK, placeAt(there, at) & OFFSET_MASK];
    if (l2 === otherL2) continue;
    if (--left < 0) throw new StorageError('STORAGE_FAILED', `can't read the tables of ${imagePath}`);
    const [entries, otherEntries] = [await tables.level2(l2), await tables.level2(otherL2)];
    for (let entry = 0; entry + l2EntryBytes <= clusterBytes; entry += l2EntryBytes) {
      if (isOtherEntry(entries, otherEntries, entry, l2EntryBytes)) bytes += clusterBytes;
    }
  }
  return bytes;
}

/** Entries of its table of the first level that are of the disk; each leads to `perTable` bytes of it. */
function diskEntries({ virtualBytes, l1Entries }: Qcow2Snapshot, perTable: number): number {
  return virtualBytes === null ? l1Entries : Math.min(l1Entries, Math.ceil(virtualBytes / perTable));
}

/** Extended entries have a second half: which parts of the cluster are there. */
function isOtherEntry(entries: Buffer, others: Buffer, at: number, entryBytes: number): boolean {
  if (placeAt(entries, at) !== placeAt(others, at)) return true;
  return entryBytes === 16 && wordAt(entries, at + 8) !== wordAt(others, at + 8);
}

/** Without the mark that says whether the cluster is used once: QEMU keeps it in the present tables only. */
function placeAt(table: Buffer, at: number): bigint {
  return wordAt(table, at) & ~COPIED;
}

/** What is beyond the end of the file is nothing. */
function wordAt(table: Buffer, at: number): bigint {
  return at + 8 <= table.length ? table.readBigUInt64BE(at) : 0n;
}

function* offsetsIn(table: Buffer, entryBytes: number): Generator<number> {
  for (let at = 0; at + 8 <= table.length; at += entryBytes) {
    const entry = table.readBigUInt64BE(at);
    const offset = Number(entry & OFFSET_MASK);
    if (offset !== 0 && (entry & COMPRESSED) === 0n) yield offset;
  }
}

class Tables {
  readonly clusterBytes: number;
  readonly l2EntryBytes: number;
  /** The first level table of the disk as it is now. */
  readonly l1Offset: number;
  readonly l1Bytes: number;
  readonly #file: FileHandle;
  readonly #refcountBytes: number;
  readonly #refcountTable: Buffer;
  /** The block of counts that was asked last: neighbours are asked one after the other. */
  #block: { number: number; bytes: Buffer } | null = null;

  static async read(file: FileHandle, imagePath: string): Promise<Tables> {
    const header = await readAt(file, 0, HEADER_BYTES);
    const isShort = header.length >= HEADER.version + 4 && header.readUInt32BE(HEADER.version) < 3;
    const clusterBits = header.length < HEADER_BYTES ? 0 : header.readUInt32BE(HEADER.clusterBits);
    const order = isShort || header.length < HEADER_BYTES ? 4 : header.readUInt32BE(HEADER.refcountOrder);
    // Counts of less than a byte are possible, and never made here.
    if (!parseQcow2Header(header) || clusterBits < 9 || clusterBits > 21 || order < 3 || order > 6) {
      throw new StorageError('STORAGE_FAILED', `can't read the tables of ${imagePath}`);
    }
    const tableBytes = header.readUInt32BE(HEADER.refcountClusters) * 2 ** clusterBits;
    if (tableBytes > MAX_REFCOUNT_TABLE_BYTES) {
      throw new StorageError('STORAGE_FAILED', `a table too large in ${imagePath}`);
    }
    const isExtended = !isShort && (header.readBigUInt64BE(HEADER.features) & EXTENDED_L2) !== 0n;
    const table = await readAt(file, Number(header.readBigUInt64BE(HEADER.refcountTable)), tableBytes);
    return new Tables(file, header, 2 ** clusterBits, isExtended ? 16 : 8, 2 ** (order - 3), table);
  }

  private constructor(
    file: FileHandle,
    header: Buffer,
    clusterBytes: number,
    l2EntryBytes: number,
    countBytes: number,
    table: Buffer,
  ) {
    this.#file = file;
    this.l1Offset = Number(header.readBigUInt64BE(HEADER.l1Table));
    this.l1Bytes = header.readUInt32BE(HEADER.l1Entries) * 8;
    this.clusterBytes = clusterBytes;
    this.l2EntryBytes = l2EntryBytes;
    this.#refcountBytes = countBytes;
    this.#refcountTable = table;
  }

  /** Fewer bytes at the end of the file. */
  at(offset: number, length: number): Promise<Buffer> {
    return readAt(this.#file, offset, length);
  }

  /** A table of the second level; none where nothing was ever written. */
  async level2(offset: bigint): Promise<Buffer> {
    return offset === 0n ? Buffer.alloc(0) : this.at(Number(offset), this.clusterBytes);
  }

  async isUsedOnce(offset: number): Promise<boolean> {
    const cluster = Math.floor(offset / this.clusterBytes);
    const perBlock = this.clusterBytes / this.#refcountBytes;
    const number = Math.floor(cluster / perBlock);
    if (number * 8 + 8 > this.#refcountTable.length) return false;
    const blockOffset = Number(this.#refcountTable.readBigUInt64BE(number * 8) & OFFSET_MASK);
    if (blockOffset === 0) return false;
    if (this.#block?.number !== number) {
      this.#block = { number, bytes: await this.at(blockOffset, this.clusterBytes) };
    }
    const at = (cluster % perBlock) * this.#refcountBytes;
    const count = this.#block.bytes.subarray(at, at + this.#refcountBytes);
    return (
      count.length === this.#refcountBytes &&
      count.every((byte, index) => byte === (index === count.length - 1 ? 1 : 0))
    );
  }
}
