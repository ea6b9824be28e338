// Reads a piece of a file that anybody may have written: numbers in such a file say where to read, and may say anything.
import type { FileHandle } from 'node:fs/promises';

/** What the file has of `length` bytes at `offset`: fewer at its end, none beyond it, however far that is. */
export async function readAt(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  // Node refuses such numbers with a RangeError, as if the caller had slipped.
  if (!Number.isSafeInteger(offset)) return Buffer.alloc(0);
  const bytes = Buffer.alloc(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(bytes, done, length - done, offset + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return bytes.subarray(0, done);
}
