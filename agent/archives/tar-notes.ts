// Metadata of a member outside its own header: long names of GNU tar, pax records (POSIX.1-2017, pax "extended header"), and the
// map of a sparse file in GNU tar's older format (GNU tar manual, "Storing Sparse Files").
import type { FileHandle } from 'node:fs/promises';
import { BLOCK_BYTES, readNumber, TarError, type TarHeader } from './tar-header.ts';

/** A note holds a name or a few records. */
const MAX_NOTE_BYTES = 64 * 1024;
/** Blocks of a map of holes; each has 21 pieces. */
const MAX_MAP_BLOCKS = 4096;

/** What a note says about the following member. */
export interface TarNote {
  name?: string;
  sizeBytes?: number;
}

/** Bytes of a member: their offset in the archive and in the file. */
export interface TarPiece {
  offset: number;
  sizeBytes: number;
  at: number;
}

/** null: the header is of no note. Rejects with TarError for one that is too large or makes no sense. */
export async function readNote(file: FileHandle, at: number, { type, sizeBytes }: TarHeader): Promise<TarNote | null> {
  if (!['L', 'K', 'x', 'g'].includes(type)) return null;
  if (sizeBytes > MAX_NOTE_BYTES) throw new TarError('a name in it is too long');
  const bytes = Buffer.alloc(sizeBytes);
  await file.read(bytes, 0, sizeBytes, at + BLOCK_BYTES);
  if (type === 'L') return { name: bytes.toString('utf8').replace(/\0.*$/s, '') };
  // Of links, and of all members at once: nothing that is used here.
  return type === 'x' ? paxNote(bytes) : {};
}

/** Records `<length> <key>=<value>\n`; the length counts the whole record, in bytes. */
function paxNote(bytes: Buffer): TarNote {
  const note: TarNote = {};
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at);
    const length = Number(bytes.toString('latin1', at, space));
    if (space < 0 || !Number.isInteger(length) || length < 5 || at + length > bytes.length) {
      throw new TarError('a pax record in it makes no sense');
    }
    const [, key, value = ''] = /^([^=]*)=(.*)\n$/s.exec(bytes.toString('utf8', space + 1, at + length)) ?? [];
    if (key?.startsWith('GNU.sparse.')) {
      throw new TarError('a file in it is stored with holes in the pax format; pack it again without --sparse');
    }
    if (key === 'path') note.name = value;
    if (key === 'size') note.sizeBytes = sizeFrom(value);
    at += length;
  }
  return note;
}

function sizeFrom(text: string): number {
  const size = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(size)) throw new TarError('a member has no size');
  return size;
}

const MAP = { pieces: 386, count: 4, isExtended: 482, realSize: 483 };
const MORE = { count: 21, isExtended: 504 };
const NUMBER_BYTES = 12;

/** The pieces of a file with holes, its real size, and the bytes of further headers that describe it. */
export async function readHoles(
  file: FileHandle,
  at: number,
  header: Buffer,
  storedBytes: number,
): Promise<{ pieces: TarPiece[]; realBytes: number; headerBytes: number }> {
  const found = piecesOf(header, MAP.pieces, MAP.count);
  let headerBytes = BLOCK_BYTES;
  let isExtended = header.readUInt8(MAP.isExtended) !== 0;
  for (let blocks = 0; isExtended; blocks++) {
    if (blocks === MAX_MAP_BLOCKS) throw new TarError('a file in it has too many holes');
    const more = Buffer.alloc(BLOCK_BYTES);
    await file.read(more, 0, BLOCK_BYTES, at + headerBytes);
    found.push(...piecesOf(more, 0, MORE.count));
    headerBytes += BLOCK_BYTES;
    isExtended = more.readUInt8(MORE.isExtended) !== 0;
  }
  const realBytes = readNumber(header, MAP.realSize);
  let offset = at + headerBytes;
  let end = 0;
  const pieces = found.map((piece) => {
    if (piece.at < end || piece.at + piece.sizeBytes > realBytes)
      throw new TarError('the holes of a file make no sense');
    end = piece.at + piece.sizeBytes;
    const placed = { ...piece, offset };
    offset += piece.sizeBytes;
    return placed;
  });
  if (offset - at - headerBytes !== storedBytes) throw new TarError('the holes of a file make no sense');
  return { pieces: pieces.filter(({ sizeBytes }) => sizeBytes > 0), realBytes, headerBytes };
}

function piecesOf(block: Buffer, from: number, count: number): Omit<TarPiece, 'offset'>[] {
  const found: Omit<TarPiece, 'offset'>[] = [];
  for (let index = 0; index < count; index++) {
    const start = from + index * 2 * NUMBER_BYTES;
    // A free entry ends the map.
    if (block.readUInt8(start) === 0 && block.readUInt8(start + NUMBER_BYTES) === 0) break;
    found.push({ at: readNumber(block, start), sizeBytes: readNumber(block, start + NUMBER_BYTES) });
  }
  return found;
}
