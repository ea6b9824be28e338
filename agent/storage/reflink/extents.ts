// How much of a file is not shared with others, on file systems that share blocks: from `filefrag` (e2fsprogs, filefrag(8)).
import { runDiskTool } from '../disk-tool.ts';

export interface Extent {
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
  const lines = text.matchAll(/^\s*\d+:\s*\d+\.\.\s*\d+:\s*(\d+)\.\.\s*\d+:\s*(\d+):(.*)$/gm);
  // Of what is only in memory (`delalloc`) no place is known.
  const placed = [...lines].filter(([, , , flags = '']) => !/\b(delalloc|unknown_loc)\b/.test(flags));
  return placed.map(([, start = '', bytes = '', flags = '']) => ({
    start: Number(start),
    bytes: Number(bytes),
    isShared: /\bshared\b/.test(flags),
  }));
}

/** What deleting these files would free at least. */
export function ownBytes(extents: readonly Extent[]): number {
  return extents.reduce((sum, { bytes, isShared }) => sum + (isShared ? 0 : bytes), 0);
}

/** What these files take together: a block they share counts once. */
export function unionBytes(extents: readonly Extent[]): number {
  let bytes = 0;
  let covered = 0;
  for (const { start, bytes: length } of extents.toSorted((one, other) => one.start - other.start)) {
    const end = start + length;
    bytes += Math.max(0, end - Math.max(start, covered));
    covered = Math.max(covered, end);
  }
  return bytes;
}
