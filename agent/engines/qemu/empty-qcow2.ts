// Pure: the bytes of an empty qcow2 file (QEMU's docs/interop/qcow2.txt), for the file that RAM is saved into. The guest is
// paused while it is created, and starting a program for it would take longer than everything else.

const MAGIC = 0x514649fb;
const VERSION = 3;
const HEADER_BYTES = 104;
/** Bits of a reference count, as a power of two: 16. */
const REFCOUNT_ORDER = 4;
/** Places of the clusters: the header is the first. */
const REFCOUNT_TABLE = 1;
const REFCOUNT_BLOCK = 2;
const FIRST_LEVEL_TABLE = 3;
const CLUSTERS = 4;
/** The disk in it is small and unused; RAM is stored past its end. */
const VIRTUAL_BYTES = 1024 * 1024;
/** Entries of the first-level table: enough for terabytes of RAM, so that the table never has to move. */
const FIRST_LEVEL_ENTRIES = 64;

export interface FilePart {
  offset: number;
  bytes: Buffer;
}

/** The bytes and their offsets; everything else up to `sizeBytes` is zero. */
export function emptyQcow2(clusterBits: number): { parts: FilePart[]; sizeBytes: number } {
  const clusterBytes = 2 ** clusterBits;
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32BE(MAGIC, 0);
  header.writeUInt32BE(VERSION, 4);
  header.writeUInt32BE(clusterBits, 20);
  header.writeBigUInt64BE(BigInt(VIRTUAL_BYTES), 24);
  header.writeUInt32BE(FIRST_LEVEL_ENTRIES, 36);
  header.writeBigUInt64BE(BigInt(FIRST_LEVEL_TABLE * clusterBytes), 40);
  header.writeBigUInt64BE(BigInt(REFCOUNT_TABLE * clusterBytes), 48);
  header.writeUInt32BE(1, 56);
  header.writeUInt32BE(REFCOUNT_ORDER, 96);
  header.writeUInt32BE(HEADER_BYTES, 100);
  const tableEntry = Buffer.alloc(8);
  tableEntry.writeBigUInt64BE(BigInt(REFCOUNT_BLOCK * clusterBytes));
  const counts = Buffer.alloc(CLUSTERS * 2);
  for (let cluster = 0; cluster < CLUSTERS; cluster++) counts.writeUInt16BE(1, cluster * 2);
  return {
    parts: [
      { offset: 0, bytes: header },
      { offset: REFCOUNT_TABLE * clusterBytes, bytes: tableEntry },
      { offset: REFCOUNT_BLOCK * clusterBytes, bytes: counts },
    ],
    sizeBytes: CLUSTERS * clusterBytes,
  };
}
