// Reads the virtual size of a qcow2 image from its header: one small read instead of a qemu-img process.
import { open } from 'node:fs/promises';
import { StorageError } from '../errors.ts';

/** "QFI\xfb", then the version; QEMU's docs/interop/qcow2.txt, "Header". */
const MAGIC = 0x514649fb;
const VIRTUAL_SIZE_OFFSET = 24;

/** Size of the disk the guest sees, in bytes. Rejects with DISK_NOT_FOUND or, for other files, STORAGE_FAILED. */
export async function readVirtualSize(imagePath: string): Promise<number> {
  try {
    await using file = await open(imagePath, 'r');
    const header = Buffer.alloc(VIRTUAL_SIZE_OFFSET + 8);
    const { bytesRead } = await file.read(header, 0, header.length, 0);
    if (bytesRead < header.length || header.readUInt32BE(0) !== MAGIC) {
      throw new StorageError('STORAGE_FAILED', `not a qcow2 image: ${imagePath}`);
    }
    return Number(header.readBigUInt64BE(VIRTUAL_SIZE_OFFSET));
  } catch (error) {
    if (error instanceof StorageError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw new StorageError(
      code === 'ENOENT' ? 'DISK_NOT_FOUND' : 'STORAGE_FAILED',
      `can't read the image: ${message}`,
      {
        cause: error,
      },
    );
  }
}
