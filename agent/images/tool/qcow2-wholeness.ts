// Detects a qcow2 that is still being copied: everything its tables point to must be inside the file (QEMU's
// docs/interop/qcow2.txt); and counts what they point to. Reads only the tables; the file is untrusted.
import { quoted, reason, type Reason } from '@tt/protocol';
import { open, type FileHandle } from 'node:fs/promises';
import { readAt } from '../../host/read-at.ts';
import { readQcow2Header } from '../../storage/qcow2/qcow2-header.ts';
import type { DiskFacts } from './interface.ts';

/** Offsets in tables are bits 9 to 55. */
const OFFSET_MASK = 0x00ff_ffff_ffff_fe00n;
/** Bit 62 of an L2 entry: the cluster is compressed, and its offset is counted otherwise. */
const COMPRESSED = 1n << 62n;
/** Bit of the incompatible features: each L2 entry is followed by a bitmap of its subclusters. */
const EXTENDED_L2 = 1n << 4n;
/** 32 MiB of L1 table are 2 PiB of disk with usual clusters: QEMU's own limit. */
const MAX_L1_ENTRIES = (32 * 1024 * 1024) / 8;

/** Rejects if it is not a qcow2. */
export async function lookAtQcow2(path: string): Promise<DiskFacts> {
  const header = readQcow2Header(path);
  const needsOthers = header.backing
    ? quoted('onOtherFile', header.backing.name ?? '')
    : header.hasDataFile
      ? reason('dataElsewhere')
      : null;
  await using file = await open(path, 'r');
  const { virtualBytes } = header;
  const found = await lookAtTables(file);
  if (typeof found === 'number')
    return { virtualBytes, dataBytes: Math.min(virtualBytes, found), missing: null, needsOthers };
  return { virtualBytes, dataBytes: virtualBytes, missing: found, needsOthers };
}

/** Bytes of the disk that the tables say something of, or what is missing. */
async function lookAtTables(file: FileHandle): Promise<number | Reason> {
  const { size } = await file.stat();
  const head = await readAt(file, 0, 104);
  if (head.length < 72) return reason('cut');
  const clusterBits = head.readUInt32BE(20);
  if (clusterBits < 9 || clusterBits > 21) return reason('tablesDamaged');
  const clusterBytes = 2 ** clusterBits;
  const l1Entries = head.readUInt32BE(36);
  if (l1Entries > MAX_L1_ENTRIES) return reason('tablesDamaged');
  const isExtended = head.readUInt32BE(4) >= 3 && (head.readBigUInt64BE(72) & EXTENDED_L2) !== 0n;
  const refcountEnd = Number(head.readBigUInt64BE(48)) + head.readUInt32BE(56) * clusterBytes;
  const cut = (end: number) => reason('tooShort', { sizeBytes: size, neededBytes: end });
  if (refcountEnd > size) return cut(refcountEnd);
  const l1 = await readAt(file, Number(head.readBigUInt64BE(40)), l1Entries * 8);
  if (l1.length < l1Entries * 8) return reason('cut');
  // Each table is read once, however often a hostile one is named: no more is read than the file has.
  const seen = new Map<number, number>();
  let clusters = 0;
  for (let entry = 0; entry < l1Entries; entry++) {
    const tableAt = Number(l1.readBigUInt64BE(entry * 8) & OFFSET_MASK);
    if (tableAt === 0) continue;
    const known = seen.get(tableAt);
    clusters += known ?? 0;
    if (known !== undefined) continue;
    if (tableAt % clusterBytes !== 0) return reason('tablesDamaged');
    const table = await readAt(file, tableAt, clusterBytes);
    if (table.length < clusterBytes) return cut(tableAt + clusterBytes);
    const { last, used } = entriesOf(table, clusterBits, isExtended ? 16 : 8);
    seen.set(tableAt, used);
    clusters += used;
    // A cluster's end may be left out at the end of the file; its first byte is always there.
    if (last >= size) return cut(last + 1);
  }
  return clusters * clusterBytes;
}

/** Largest offset a table of the second level names, and how many clusters it names. */
function entriesOf(table: Buffer, clusterBits: number, entryBytes: number): { last: number; used: number } {
  const compressedMask = (1n << BigInt(62 - (clusterBits - 8))) - 1n;
  let last = 0;
  let used = 0;
  for (let at = 0; at < table.length; at += entryBytes) {
    const entry = table.readBigUInt64BE(at);
    if (entry === 0n) continue;
    used++;
    const offset = Number((entry & COMPRESSED) === 0n ? entry & OFFSET_MASK : entry & compressedMask);
    if (offset > last) last = offset;
  }
  return { last, used };
}
