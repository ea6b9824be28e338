// Parses what the storage needs from a qcow2 header (QEMU's docs/interop/qcow2.txt): one small read instead of a qemu-img
// process. The file is untrusted, so every number is checked before it is used.
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { StorageError } from '../errors.ts';

/** "QFI\xfb". */
const MAGIC = 0x514649fb;
const OFFSETS = { version: 4, backingOffset: 8, backingLength: 16, virtualSize: 24, features: 72, headerLength: 100 };
/** The header's number of internal snapshots, and the offset of their table. */
export const SNAPSHOT_TABLE = { count: 60, offset: 64 };
/** A version 2 header ends here; what version 3 adds starts here. */
const SHORT_HEADER_BYTES = 72;
/** Header, extensions and name of the backing file: QEMU's own take 1 to 2 KiB. */
const READ_BYTES = 8 * 1024;
const MAX_BACKING_NAME_BYTES = 1023;
const BACKING_FORMAT_EXTENSION = 0xe2792aca;
/** Bit of the incompatible features: the guest's data is in a separate file, named in the header. */
const EXTERNAL_DATA_FILE = 1n << 2n;

export interface Qcow2Header {
  /** Size of the disk the guest sees. */
  virtualBytes: number;
  /** Null when there is none; `name` and `format` null when they can't be read. */
  backing: { name: string | null; format: string | null } | null;
  hasDataFile: boolean;
}

/** Rejects with DISK_NOT_FOUND or, for other files and trouble, STORAGE_FAILED. Follows no link, waits for no pipe. */
export function readQcow2Header(imagePath: string): Qcow2Header {
  const header = parseQcow2Header(readHead(imagePath));
  if (!header) throw new StorageError('STORAGE_FAILED', `not a qcow2 image: ${imagePath}`);
  return header;
}

/** Null when the bytes are no qcow2 header. */
export function parseQcow2Header(bytes: Buffer): Qcow2Header | null {
  if (bytes.length < SHORT_HEADER_BYTES || bytes.readUInt32BE(0) !== MAGIC) return null;
  const isShort = bytes.readUInt32BE(OFFSETS.version) < 3;
  if (!isShort && bytes.length < OFFSETS.headerLength + 4) return null;
  const offset = Number(bytes.readBigUInt64BE(OFFSETS.backingOffset));
  const length = bytes.readUInt32BE(OFFSETS.backingLength);
  const canRead = length <= MAX_BACKING_NAME_BYTES && offset + length <= bytes.length;
  const extensions = isShort ? SHORT_HEADER_BYTES : bytes.readUInt32BE(OFFSETS.headerLength);
  return {
    virtualBytes: Number(bytes.readBigUInt64BE(OFFSETS.virtualSize)),
    backing:
      offset === 0
        ? null
        : {
            name: canRead ? bytes.toString('utf8', offset, offset + length) : null,
            format: backingFormat(bytes, extensions),
          },
    hasDataFile: !isShort && (bytes.readBigUInt64BE(OFFSETS.features) & EXTERNAL_DATA_FILE) !== 0n,
  };
}

/** Extensions are a type and a length of 4 bytes each, then the data, padded to 8; type 0 ends them. */
function backingFormat(bytes: Buffer, start: number): string | null {
  for (let at = start; at + 8 <= bytes.length; ) {
    const type = bytes.readUInt32BE(at);
    const length = bytes.readUInt32BE(at + 4);
    if (type === 0) return null;
    const end = at + 8 + length;
    if (type === BACKING_FORMAT_EXTENSION) return end <= bytes.length ? bytes.toString('utf8', at + 8, end) : null;
    at = Math.ceil(end / 8) * 8;
  }
  return null;
}

function readHead(imagePath: string): Buffer {
  const file = openImage(imagePath);
  try {
    return readAt(file, 0, READ_BYTES);
  } finally {
    closeSync(file);
  }
}

/** Follows no link, waits for no pipe. The caller closes it. */
export function openImage(imagePath: string): number {
  try {
    return openSync(imagePath, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    throw unreadable(error);
  }
}

/** Fewer bytes at the end of the file. */
export function readAt(file: number, offset: number, length: number): Buffer {
  try {
    const bytes = Buffer.alloc(length);
    return bytes.subarray(0, readSync(file, bytes, 0, length, offset));
  } catch (error) {
    throw unreadable(error);
  }
}

function unreadable(error: unknown): StorageError {
  const { code, message } = error as NodeJS.ErrnoException;
  const isMissing = code === 'ENOENT';
  return new StorageError(isMissing ? 'DISK_NOT_FOUND' : 'STORAGE_FAILED', `can't read the image: ${message}`, {
    cause: error,
  });
}
