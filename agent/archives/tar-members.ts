// Lists what is in a tar archive (an .ova is one) without taking anything out: names, and where their bytes lie.
import type { FileHandle } from 'node:fs/promises';
import { BLOCK_BYTES, readTarHeader, tarBytes } from './tar-header.ts';

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
  let count = 0;
  for (let at = 0; at + BLOCK_BYTES <= size; ) {
    const header = Buffer.alloc(BLOCK_BYTES);
    await file.read(header, 0, BLOCK_BYTES, at);
    const entry = readTarHeader(header);
    if (entry === null) return members;
    // Folders and notes are counted too: headers without a byte behind them make an archive of any length.
    if (++count > MAX_MEMBERS) throw new Error(`it holds more than ${MAX_MEMBERS} files`);
    const { name, sizeBytes, isFile } = entry;
    const offset = at + BLOCK_BYTES;
    if (offset + sizeBytes > size) throw new Error('the archive is cut');
    if (isFile) members.push({ name, offset, sizeBytes });
    at += tarBytes(sizeBytes);
  }
  return members;
}
