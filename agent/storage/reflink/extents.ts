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

/** The positions of the blocks of files. `-s` first syncs the files; `-b1` counts in bytes. */
export async function extentsOf(files: readonly string[]): Promise<Extent[]> {
  const found: Extent[] = [];
  for (let at = 0; at < files.length; at += FILES_PER_CALL) {
    const args = ['-s', '-v', '-b1', '--', ...files.slice(at, at + FILES_PER_CALL)];
    found.push(...parseExtents(await runDiskTool('filefrag', args)));
  }
  return found;
}

/** `   0:        0..    4095:     106496..    110591:   4096:             last,shared,eof` */
export function parseExtents(text: string): Extent[] {
  const lines = text.matchAll(/^\s*\d+:\s*\d+\.\.\s*\d+:\s*(\d+)\.\.\s*\d+:\s*(\d+):(.*)$/gm);
  return [...lines].map(([, start = '', bytes = '', flags = '']) => ({
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
