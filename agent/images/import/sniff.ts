// Detects the type of a file from its first and last bytes. Names and extensions are not trusted.
import { open } from 'node:fs/promises';
import { formatOf, IMAGE_HEAD_BYTES, type ImageFileFormat, isFixedVhd, IMAGE_TAIL_BYTES } from '@tt/protocol';

/** Null for an unknown type: it may be a raw disk, if the user says so. */
export async function sniffFormat(path: string): Promise<ImageFileFormat | null> {
  await using file = await open(path, 'r');
  const bytes = Buffer.alloc(IMAGE_HEAD_BYTES);
  const { bytesRead } = await file.read(bytes, 0, IMAGE_HEAD_BYTES, 0);
  const found = formatOf(bytes.subarray(0, bytesRead));
  if (found !== null && found !== 'raw') return found;
  const tail = Buffer.alloc(IMAGE_TAIL_BYTES);
  const { size } = await file.stat();
  if (size > IMAGE_TAIL_BYTES) await file.read(tail, 0, IMAGE_TAIL_BYTES, size - IMAGE_TAIL_BYTES);
  return isFixedVhd(tail) ? 'vpc' : found;
}
