// The ustar format (POSIX.1-2017, pax "ustar interchange format"): one header. Written headers are for plain files with short
// names, of any size (GNU's base-256 above 8 GiB), which every tar program can read; headers that are read are untrusted.

export const BLOCK_BYTES = 512;

/** Bytes that are no tar archive, or a damaged one. Its message says why. */
export class TarError extends Error {}

export interface TarEntry {
  name: string;
  sizeBytes: number;
}

const FIELDS = {
  name: 0,
  mode: 100,
  uid: 108,
  gid: 116,
  size: 124,
  mtime: 136,
  checksum: 148,
  type: 156,
  magic: 257,
  prefix: 345,
} as const;
const LARGEST_OCTAL = 8 ** 11 - 1;
const LONGEST_NAME = 100;
const LONGEST_PREFIX = 155;
/** GNU's older format has other things where the prefix of a name is. */
const POSIX_MAGIC = 'ustar\0';

export function tarHeader({ name, sizeBytes }: TarEntry, mtimeS: number): Buffer {
  const header = Buffer.alloc(BLOCK_BYTES);
  if (Buffer.byteLength(name) > LONGEST_NAME) throw new RangeError(`too long for a member of an archive: ${name}`);
  header.write(name, FIELDS.name);
  octal(header, FIELDS.mode, 8, 0o644);
  octal(header, FIELDS.uid, 8, 0);
  octal(header, FIELDS.gid, 8, 0);
  if (sizeBytes <= LARGEST_OCTAL) octal(header, FIELDS.size, 12, sizeBytes);
  else {
    header.writeUInt8(0x80, FIELDS.size);
    header.writeBigUInt64BE(BigInt(sizeBytes), FIELDS.size + 4);
  }
  octal(header, FIELDS.mtime, 12, mtimeS);
  header.write('0', FIELDS.type);
  header.write('ustar\u000000', FIELDS.magic);
  octal(header, FIELDS.checksum, 7, checksum(header));
  header.write(' ', FIELDS.checksum + 7);
  return header;
}

/** Zeros up to the next block. */
export function padding(sizeBytes: number): Buffer {
  return Buffer.alloc((BLOCK_BYTES - (sizeBytes % BLOCK_BYTES)) % BLOCK_BYTES);
}

/** Two empty blocks. */
export function tarEnd(): Buffer {
  return Buffer.alloc(2 * BLOCK_BYTES);
}

/** Bytes of a member with its header and padding. */
export function tarBytes(sizeBytes: number): number {
  return BLOCK_BYTES + Math.ceil(sizeBytes / BLOCK_BYTES) * BLOCK_BYTES;
}

export interface TarHeader extends TarEntry {
  /** false: a folder, a link, or a note of the program that made it. */
  isFile: boolean;
  /** The type flag: `0` and NUL files, `L` and `x` notes about the next member, `S` a file with holes (GNU). */
  type: string;
}

/** null for an empty block: the end. Throws TarError for what is no header. */
export function readTarHeader(header: Buffer): TarHeader | null {
  if (header.every((byte) => byte === 0)) return null;
  const magic = header.toString('latin1', FIELDS.magic, FIELDS.magic + POSIX_MAGIC.length);
  if (!magic.startsWith('ustar') || readOctal(header, FIELDS.checksum, 8) !== checksum(header)) {
    throw new TarError('not a tar file');
  }
  const type = header.toString('latin1', FIELDS.type, FIELDS.type + 1);
  const prefix = magic === POSIX_MAGIC ? textOf(header, FIELDS.prefix, LONGEST_PREFIX) : '';
  const name = textOf(header, FIELDS.name, LONGEST_NAME);
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    sizeBytes: readNumber(header, FIELDS.size),
    isFile: type === '0' || type === '\0',
    type,
  };
}

/** A number of 12 bytes: octal digits, or GNU's base-256. Throws TarError. */
export function readNumber(header: Buffer, offset: number): number {
  const isBinary = header.readUInt8(offset) === 0x80 && header.readUIntBE(offset + 1, 3) === 0;
  const number = isBinary ? Number(header.readBigUInt64BE(offset + 4)) : readOctal(header, offset, 12);
  if (!Number.isSafeInteger(number) || number < 0) throw new TarError('a member has no size');
  return number;
}

/** The field itself counts as spaces. */
function checksum(header: Buffer): number {
  let sum = 0;
  for (const [index, byte] of header.entries()) {
    sum += index >= FIELDS.checksum && index < FIELDS.checksum + 8 ? 0x20 : byte;
  }
  return sum;
}

function octal(header: Buffer, offset: number, length: number, value: number): void {
  header.write(`${value.toString(8).padStart(length - 1, '0')}\0`, offset, 'latin1');
}

function readOctal(header: Buffer, offset: number, length: number): number {
  const text = textOf(header, offset, length).trim();
  return /^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : Number.NaN;
}

function textOf(header: Buffer, offset: number, length: number): string {
  const text = header.toString('utf8', offset, offset + length);
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
}
