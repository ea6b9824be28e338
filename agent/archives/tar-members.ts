// Lists the members of a tar archive (an .ova is one) without extracting them: names, and where their bytes are. Reads ustar,
// GNU and pax.
import type { FileHandle } from 'node:fs/promises';
import { BLOCK_BYTES, readTarHeader, tarBytes, TarError } from './tar-header.ts';
import { readHoles, readNote, type TarNote, type TarPiece } from './tar-notes.ts';

/** An OVA has a handful of members; an archive with more is not one. */
const MAX_MEMBERS = 1000;

export interface TarMember {
  name: string;
  /** Of its first byte in the archive. */
  offset: number;
  sizeBytes: number;
  /** Of a sparse file: its stored parts, in order. The rest is zeros. */
  pieces?: readonly TarPiece[];
}

/** Plain files of the archive. Rejects with TarError. */
export async function listTar(file: FileHandle): Promise<TarMember[]> {
  const { size } = await file.stat();
  const members: TarMember[] = [];
  let count = 0;
  let note: TarNote = {};
  for (let at = 0; at + BLOCK_BYTES <= size; ) {
    const block = Buffer.alloc(BLOCK_BYTES);
    await file.read(block, 0, BLOCK_BYTES, at);
    const header = readTarHeader(block);
    if (header === null) return members;
    // Folders and notes are counted too: headers without a byte behind them make an archive of any length.
    if (++count > MAX_MEMBERS) throw new TarError(`it holds more than ${MAX_MEMBERS} files`);
    const more = await readNote(file, at, header);
    const sizeBytes = more ? header.sizeBytes : (note.sizeBytes ?? header.sizeBytes);
    const name = note.name ?? header.name;
    const holes = header.type === 'S' ? await readHoles(file, at, block, sizeBytes) : null;
    const headerBytes = holes?.headerBytes ?? BLOCK_BYTES;
    if (at + headerBytes + sizeBytes > size) throw new TarError(`the archive is cut in ${more ? 'a name' : name}`);
    if (holes) members.push({ name, offset: at + headerBytes, sizeBytes: holes.realBytes, pieces: holes.pieces });
    else if (header.isFile) members.push({ name, offset: at + BLOCK_BYTES, sizeBytes });
    note = more ? { ...note, ...more } : {};
    at += tarBytes(sizeBytes) + headerBytes - BLOCK_BYTES;
  }
  return members;
}
