// Detects the type of a file from its first bytes. Names and extensions are not trusted.
import { open } from 'node:fs/promises';
import type { DiskFormat } from '../tool/interface.ts';

export type Packing = 'gzip' | 'xz' | 'zstd' | 'bzip2';
export type SourceFormat = DiskFormat | Packing | 'iso' | 'ova';

export const HEAD_BYTES = 0x8800;
/** The footer of a VHD. */
const TAIL_BYTES = 512;
const VDI_SIGNATURE = 0xbeda107f;

/** Null for an unknown type: it may be a raw disk, if the user says so. */
export async function sniffFormat(path: string): Promise<SourceFormat | null> {
  await using file = await open(path, 'r');
  const bytes = Buffer.alloc(HEAD_BYTES);
  const { bytesRead } = await file.read(bytes, 0, HEAD_BYTES, 0);
  const found = formatOf(bytes.subarray(0, bytesRead));
  if (found !== null && found !== 'raw') return found;
  const tail = Buffer.alloc(TAIL_BYTES);
  const { size } = await file.stat();
  if (size > TAIL_BYTES) await file.read(tail, 0, TAIL_BYTES, size - TAIL_BYTES);
  return isFixedVhd(tail) ? 'vpc' : found;
}

/**
 * A fixed VHD is the raw disk and a footer (Microsoft, "Virtual Hard Disk Image Format Specification"): cookie, type 2, and a
 * checksum over all but itself, so that no other disk is taken for one.
 */
function isFixedVhd(footer: Buffer): boolean {
  if (footer.toString('latin1', 0, 8) !== 'conectix' || footer.readUInt32BE(60) !== 2) return false;
  let sum = 0;
  for (const [at, byte] of footer.entries()) if (at < 64 || at >= 68) sum += byte;
  return footer.readUInt32BE(64) === (~sum & 0xffffffff) >>> 0;
}

/** @param head at least the first 34 KiB of the file, where it is that long. */
export function formatOf(head: Buffer): SourceFormat | null {
  const at = (offset: number, text: string) => head.toString('latin1', offset, offset + text.length) === text;
  if (at(0, 'QFI\xfb')) return 'qcow2';
  if (at(0, 'KDMV') || at(0, '# Disk DescriptorFile')) return 'vmdk';
  if (at(0, 'vhdxfile')) return 'vhdx';
  if (at(0, 'conectix')) return 'vpc';
  if (head.length >= 68 && head.readUInt32LE(64) === VDI_SIGNATURE) return 'vdi';
  if (at(0, '\x1f\x8b')) return 'gzip';
  if (at(0, '\xfd7zXZ\0')) return 'xz';
  if (at(0, '\x28\xb5\x2f\xfd')) return 'zstd';
  if (at(0, 'BZh')) return 'bzip2';
  // Before raw: an ISO image for USB sticks begins with a boot sector too.
  if (at(0x8001, 'CD001')) return 'iso';
  if (at(257, 'ustar')) return 'ova';
  if (at(512, 'EFI PART') || at(510, '\x55\xaa')) return 'raw';
  return null;
}
