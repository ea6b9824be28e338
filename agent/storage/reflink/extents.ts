// How much of a file is not shared with others, on file systems that share blocks: from `filefrag` (e2fsprogs, filefrag(8)).
import { runDiskTool } from '../disk-tool.ts';

export interface Extent {
  /** First byte in the file. */
  at: number;
  /** First byte on the device. */
  start: number;
  bytes: number;
  isShared: boolean;
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
  // Of what is only in memory (`delalloc`) no place is known.
  const placed = [...lines].filter(([, , , , flags = '']) => !/\b(delalloc|unknown_loc)\b/.test(flags));
  return placed.map(([, at = '', start = '', bytes = '', flags = '']) => ({
    at: Number(at),
    start: Number(start),
    bytes: Number(bytes),
    isShared: /\bshared\b/.test(flags),
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

type Mapped = Pick<Extent, 'at' | 'start' | 'bytes'>;

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

/** Where a byte of the file lies; null: nowhere. Asked in order. */
function placesIn(extents: readonly Mapped[]): (at: number) => number | null {
  const ordered = extents.toSorted((a, b) => a.at - b.at);
  let index = 0;
  return (at) => {
    for (let next = ordered[index]; next && next.at + next.bytes <= at; next = ordered[index]) index++;
    const extent = ordered[index];
    return extent && extent.at <= at ? extent.start + (at - extent.at) : null;
  };
}
