// Lists what is in a tar archive (an .ova is one) without taking anything out: names, and where their bytes lie.
import type { FileHandle } from 'node:fs/promises';

const BLOCK_BYTES = 512;
/** An OVA holds a handful; more is no OVA. */
const MAX_MEMBERS = 1000;

export interface TarMember {
  name: string;
  /** Of its first byte in the archive. */
  offset: number;
  sizeBytes: number;
}

/** Plain files of the archive. Rejects with an Error that says why it is no good archive. */
export async function listTar(file: FileHandle): Promise<TarMember[]> {
  const { size } = await file.stat();
  const members: TarMember[] = [];
  for (let at = 0; at + BLOCK_BYTES <= size; ) {
    const header = Buffer.alloc(BLOCK_BYTES);
    await file.read(header, 0, BLOCK_BYTES, at);
    if (header.every((byte) => byte === 0)) return members;
    checkHeader(header);
    const sizeBytes = sizeOf(header);
    const offset = at + BLOCK_BYTES;
    if (offset + sizeBytes > size) throw new Error('the archive is cut');
    const type = String.fromCharCode(header[156] ?? 0);
    if (type === '0' || type === '\0') members.push({ name: nameOf(header), offset, sizeBytes });
    if (members.length > MAX_MEMBERS) throw new Error(`it holds more than ${MAX_MEMBERS} files`);
    at = offset + Math.ceil(sizeBytes / BLOCK_BYTES) * BLOCK_BYTES;
  }
  return members;
}

function checkHeader(header: Buffer): void {
  const wanted = Number.parseInt(textAt(header, 148, 8), 8);
  let sum = 0;
  // The field of the sum itself counts as blanks.
  for (const [index, byte] of header.entries()) sum += index >= 148 && index < 156 ? 0x20 : byte;
  if (sum !== wanted) throw new Error('a header of the archive is damaged');
}

function sizeOf(header: Buffer): number {
  // GNU's and star's form for files of 8 GiB and more: the top bit is set, then a big-endian number.
  if (((header[124] ?? 0) & 0x80) !== 0) return Number(header.readBigUInt64BE(128));
  const sizeBytes = Number.parseInt(textAt(header, 124, 12), 8);
  if (!Number.isSafeInteger(sizeBytes)) throw new Error('a header of the archive has no size');
  return sizeBytes;
}

function nameOf(header: Buffer): string {
  const prefix = textAt(header, 345, 155);
  const name = textAt(header, 0, 100);
  return prefix === '' ? name : `${prefix}/${name}`;
}

function textAt(header: Buffer, start: number, length: number): string {
  const field = header.subarray(start, start + length);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end < 0 ? length : end).trim();
}
