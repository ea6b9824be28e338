// Pure: the bytes of a qcow2 file without content (QEMU's docs/interop/qcow2.txt), for new disks and for the file that RAM is saved
// into. Starting a program for it takes longer than everything else: a guest is paused meanwhile, or fifty are waited for.
import { StorageError } from '../errors.ts';
import type { BackingFile } from '../interface.ts';

const MAGIC = 0x514649fb;
const VERSION = 3;
const HEADER_BYTES = 104;
/** Header extension with the format of the backing file, without which QEMU would guess it from what a guest wrote. */
const BACKING_FORMAT = 0xe2792aca;
/** QEMU's own limit (`qcow2_do_open` of block/qcow2.c). */
const MAX_BACKING_NAME_BYTES = 1023;
/** Bits of a reference count, as a power of two: 16. */
const REFCOUNT_ORDER = 4;
/** Places of the clusters: the header is the first. */
const REFCOUNT_TABLE = 1;
const REFCOUNT_BLOCK = 2;
const FIRST_LEVEL_TABLE = 3;
const ENTRY_BYTES = 8;
/** QEMU reads and writes disks in sectors. */
const SECTOR_BYTES = 512;

export interface EmptyQcow2 {
  /** Size of a cluster, as a power of two: 9 to 21. */
  clusterBits: number;
  /** Size of the disk; it is rounded up to 512 bytes. */
  virtualBytes: number;
  /** What is read where nothing was written; its path is written down as it is. Default: zeros. */
  backing?: BackingFile | null;
  /** Entries of the first-level table at least, for what is stored past the end of the disk. Default: what the disk needs. */
  leastEntries?: number;
}

export interface FilePart {
  offset: number;
  bytes: Buffer;
}

/** The bytes and their offsets; everything else up to `sizeBytes` is zero. Throws STORAGE_FAILED if it can't be written down. */
export function emptyQcow2({ clusterBits, virtualBytes, backing = null, leastEntries = 1 }: EmptyQcow2): {
  parts: FilePart[];
  sizeBytes: number;
} {
  const clusterBytes = 2 ** clusterBits;
  const sizeBytes = Math.ceil(virtualBytes / SECTOR_BYTES) * SECTOR_BYTES;
  // Each entry of the first level leads to a cluster of entries, which lead to clusters of the disk.
  const entries = Math.max(leastEntries, Math.ceil(sizeBytes / (clusterBytes * (clusterBytes / ENTRY_BYTES))));
  const clusters = FIRST_LEVEL_TABLE + Math.ceil((entries * ENTRY_BYTES) / clusterBytes);
  if (!Number.isSafeInteger(sizeBytes) || clusters * 2 > clusterBytes) {
    throw new StorageError('STORAGE_FAILED', `no disk can have ${virtualBytes} bytes`);
  }
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32BE(MAGIC, 0);
  header.writeUInt32BE(VERSION, 4);
  header.writeUInt32BE(clusterBits, 20);
  header.writeBigUInt64BE(BigInt(sizeBytes), 24);
  header.writeUInt32BE(entries, 36);
  header.writeBigUInt64BE(BigInt(FIRST_LEVEL_TABLE * clusterBytes), 40);
  header.writeBigUInt64BE(BigInt(REFCOUNT_TABLE * clusterBytes), 48);
  header.writeUInt32BE(1, 56);
  header.writeUInt32BE(REFCOUNT_ORDER, 96);
  header.writeUInt32BE(HEADER_BYTES, 100);
  const tableEntry = Buffer.alloc(ENTRY_BYTES);
  tableEntry.writeBigUInt64BE(BigInt(REFCOUNT_BLOCK * clusterBytes));
  const counts = Buffer.alloc(clusters * 2);
  for (let cluster = 0; cluster < clusters; cluster++) counts.writeUInt16BE(1, cluster * 2);
  return {
    parts: [
      { offset: 0, bytes: Buffer.concat([header, ...extensions(header, backing, clusterBytes)]) },
      { offset: REFCOUNT_TABLE * clusterBytes, bytes: tableEntry },
      { offset: REFCOUNT_BLOCK * clusterBytes, bytes: counts },
    ],
    sizeBytes: clusters * clusterBytes,
  };
}

/** What follows the header, and says in it where the name of the backing file is. */
function extensions(header: Buffer, backing: BackingFile | null, clusterBytes: number): Buffer[] {
  const end = Buffer.alloc(8);
  if (backing === null) return [end];
  const format = Buffer.alloc(8 + Math.ceil(Buffer.byteLength(backing.format) / 8) * 8);
  format.writeUInt32BE(BACKING_FORMAT, 0);
  format.writeUInt32BE(Buffer.byteLength(backing.format), 4);
  format.write(backing.format, 8);
  const name = Buffer.from(backing.path);
  const offset = header.length + format.length + end.length;
  if (name.length > MAX_BACKING_NAME_BYTES || offset + name.length > clusterBytes || name.includes(0)) {
    throw new StorageError('STORAGE_FAILED', `the path of the image is too long for a disk: ${backing.path}`);
  }
  header.writeBigUInt64BE(BigInt(offset), 8);
  header.writeUInt32BE(name.length, 16);
  return [format, end, name];
}
