// Detects an ISO image that is still being copied: its first volume descriptor contains its length (ECMA-119 8.4).
import { reason, type Reason } from '@tt/protocol';
import { open } from 'node:fs/promises';

const SECTOR_BYTES = 2048;
const DESCRIPTOR_SECTOR = 16;

/** Null when it is whole. */
export async function missingOfIso(path: string): Promise<Reason | null> {
  await using file = await open(path, 'r');
  const { size } = await file.stat();
  const descriptor = Buffer.alloc(SECTOR_BYTES);
  const { bytesRead } = await file.read(descriptor, 0, SECTOR_BYTES, DESCRIPTOR_SECTOR * SECTOR_BYTES);
  if (bytesRead < SECTOR_BYTES) return reason('cut');
  if (descriptor.toString('latin1', 1, 6) !== 'CD001') return reason('notIso');
  // Both-endian numbers; the little-endian one comes first.
  const needed = descriptor.readUInt32LE(80) * descriptor.readUInt16LE(128);
  return size < needed ? reason('tooShort', { sizeBytes: size, neededBytes: needed }) : null;
}
