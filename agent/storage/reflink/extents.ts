// How much of a file is not shared with others, on file systems that share blocks: from `filefrag` (e2fsprogs, filefrag(8)).
import { runDiskTool } from '../disk-tool.ts';

export interface Extent {
  /** First byte in the file. */
  at: number;
  /** First byte on the device. */
  start: number;
  bytes: number;
  isShared: boolean;
  /** What lies there: its bytes as they are, compressed ones, or nothing yet (it is set aside, and reads as zeroes). */
  holds: 'bytes' | 'compressed' | 'zeroes';
}

/** Files for one call: their names must fit a command line. */
const FILES_PER_CALL = 200;

/**
 * Where the blocks of files lie. `flush` (`-s`) writes first what only memory knows: what does not lie anywhere yet is missing
 * without it. `-b1` counts in bytes.
 */
export async function extentsOf(files: readonly string[], { flush = true } = {}): Promise<Extent[]> {
  const found: Extent[] = [];
  for (let at = 0; at < files.length; at += FILES_PER_CALL) {
    const args = [...(flush ? ['-s'] : []), '-v', '-b1', '--', ...files.slice(at, at + FILES_PER_CALL)];
    found.push(...parseExtents(await runDiskTool('filefrag', args)));
  }
  return found;
}

/** `   0:        0..    4095:     106496..    110591:   4096:             last,shared,eof` */
export function parseExtents(text: string): Extent[] {
  const lines = text.matchAll(/^\s*\d+:\s*(\d+)\.\.\s*\d+:\s*(\d+)\.\.\s*\d+:\s*(\d+):(.*)$/gm);
  // Of what is only in memory (`delalloc`) no place is known; what stands in the tables (`inline`: files of 2 KiB) has none.
  const placed = [...lines].filter(([, , , , flags = '']) => !/\b(delalloc|unknown_loc|inline)\b/.test(flags));
  return placed.map(([, at = '', start = '', bytes = '', flags = '']) => ({
    at: Number(at),
    start: Number(start),
    bytes: Number(bytes),
    isShared: /\bshared\b/.test(flags),
    holds: /\bencoded\b/.test(flags) ? 'compressed' : /\bunwritten\b/.test(flags) ? 'zeroes' : 'bytes',
  }));
}

/** What deleting these files would free at least. */
export function ownBytes(extents: readonly Pick<Extent, 'bytes' | 'isShared'>[]): number {
  return extents.reduce((sum, { bytes, isShared }) => sum + (isShared ? 0 : bytes), 0);
}

/** What these files take together: a block they share counts once. */
export function unionBytes(extents: readonly Pick<Extent, 'start' | 'bytes'>[]): number {
  let bytes = 0;
  let covered = 0;
  for (const { start, bytes: length } of extents.toSorted((one, other) => one.start - other.start)) {
    const end = start + length;
    bytes += Math.max(0, end - Math.max(start, covered));
    covered = Math.max(covered, end);
  }
  return bytes;
}

type Mapped = Pick<Extent, 'at' | 'start' | 'bytes' | 'holds'>;

/** Of two files, how many bytes lie elsewhere in the one than in the other, or in one of them only. */
export function differingBytes(one: readonly Mapped[], other: readonly Mapped[]): number {
  const edges = [...new Set([...one, ...other].flatMap(({ at, bytes }) => [at, at + bytes]))].sort((a, b) => a - b);
  const [here, there] = [placesIn(one), placesIn(other)];
  let bytes = 0;
  edges.forEach((at, index) => {
    const end = edges[index + 1];
    if (end !== undefined && here(at) !== there(at)) bytes += end - at;
  });
  return bytes;
}

/**
 * Where a byte of the file lies; null: nowhere. Asked in order. Of compressed bytes only the beginning is known, and btrfs says that
 * of each piece that is left when a part was written anew; files here are copied as a whole, so that the same beginning holds the
 * same bytes at the same place of a file.
 */
function placesIn(extents: readonly Mapped[]): (at: number) => number | string | null {
  const ordered = extents.toSorted((a, b) => a.at - b.at);
  let index = 0;
  return (at) => {
    for (let next = ordered[index]; next && next.at + next.bytes <= at; next = ordered[index]) index++;
    const extent = ordered[index];
    if (!extent || extent.at > at || extent.holds === 'zeroes') return null;
    return extent.holds === 'compressed' ? `from ${extent.start}` : extent.start + (at - extent.at);
  };
}
