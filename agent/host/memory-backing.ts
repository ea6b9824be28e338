// Whether the files of a folder use memory instead of a disk: on tmpfs and ramfs, and on an overlay whose upper folder is on one
// of them (as in many containers). What a process writes there counts against the memory limit of its cgroup.
import { readFile, rm, statfs, writeFile } from 'node:fs/promises';
import { totalmem } from 'node:os';
import path from 'node:path';
import { randomUUID } from 'node:crypto';

/** linux/magic.h */
const TMPFS = 0x01021994;
const RAMFS = 0x858458f6;
const OVERLAY = 0x794c7630;
const MIB = 1024 * 1024;
/** Written to see whether shared memory grows by it; far more than other programs change it by in the same moment. */
const SAMPLE_BYTES = 32 * MIB;

export interface MemoryBacking {
  kind: 'tmpfs' | 'ramfs';
  /** The most that can be written there: the size of that file system, or the memory of the host where it has no size. */
  totalBytes: number;
}

/** The queries to the host; tests replace them. */
export interface BackingHost {
  /** statfs(2). Rejects with ENOENT for a folder that is not there. */
  statfs(folder: string): Promise<{ type: number; bsize: number; blocks: number }>;
  /** /proc/self/mountinfo */
  mountInfo(): Promise<string>;
  /** Shared memory of the host right now (`Shmem` of /proc/meminfo), of which every file on a tmpfs is a part. */
  sharedBytes(): Promise<number>;
  writeSample(file: string, bytes: number): Promise<void>;
  removeSample(file: string): Promise<void>;
}

const thisHost: BackingHost = {
  statfs,
  mountInfo: () => readFile('/proc/self/mountinfo', 'utf8'),
  async sharedBytes() {
    const kib = /^Shmem:\s+(\d+) kB$/m.exec(await readFile('/proc/meminfo', 'utf8'))?.[1];
    return Number(kib ?? 0) * 1024;
  },
  writeSample: (file, bytes) => writeFile(file, Buffer.alloc(bytes, 1), { flag: 'wx', mode: 0o600 }),
  removeSample: (file) => rm(file, { force: true }),
};

/**
 * null when the folder is on a disk, or not on Linux. `folder` must exist and be writable: only where the upper folder of
 * an overlay can't be seen from here, 32 MiB are written into it for a moment.
 */
export async function memoryBackingOf(folder: string, host: BackingHost = thisHost): Promise<MemoryBacking | null> {
  if (process.platform !== 'linux') return null;
  const found = await host.statfs(folder);
  if (found.type !== OVERLAY) return backingOf(found);
  const upper = upperFolderOf(await host.mountInfo(), folder);
  try {
    // An overlay on an overlay is looked through; the kernel nests no more than two.
    if (upper !== null) return await memoryBackingOf(upper, host);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'EACCES' && code !== 'ENOTDIR') throw error;
  }
  // In a container the upper folder is a path of the host.
  return (await growsSharedMemory(folder, host)) ? { ...sizeOf(found), kind: 'tmpfs' } : null;
}

function backingOf(found: { type: number; bsize: number; blocks: number }): MemoryBacking | null {
  if (found.type === TMPFS) return { ...sizeOf(found), kind: 'tmpfs' };
  return found.type === RAMFS ? { ...sizeOf(found), kind: 'ramfs' } : null;
}

function sizeOf({ bsize, blocks }: { bsize: number; blocks: number }): { totalBytes: number } {
  return { totalBytes: blocks > 0 ? bsize * blocks : totalmem() };
}

async function growsSharedMemory(folder: string, host: BackingHost): Promise<boolean> {
  const file = path.join(folder, `.tt-sample-${randomUUID()}`);
  const before = await host.sharedBytes();
  try {
    await host.writeSample(file, SAMPLE_BYTES);
    return (await host.sharedBytes()) - before > SAMPLE_BYTES / 2;
  } finally {
    await host.removeSample(file);
  }
}

/** `upperdir` of the overlay that contains `folder` (proc(5): the last mount over the longest mount point); null without one. */
function upperFolderOf(mountInfo: string, folder: string): string | null {
  let best: { mountPoint: string; upper: string | null } | null = null;
  for (const line of mountInfo.split('\n')) {
    const [before, after] = line.split(' - ');
    const mountPoint = unescapeMountPath(before?.split(' ')[4] ?? '');
    if (mountPoint === '' || after === undefined || !isInside(folder, mountPoint)) continue;
    if (best && best.mountPoint.length > mountPoint.length) continue;
    const [type, , options = ''] = after.split(' ');
    const upper = type === 'overlay' ? /(?:^|,)upperdir=([^,]*)/.exec(options)?.[1] : undefined;
    best = { mountPoint, upper: upper === undefined ? null : unescapeMountPath(upper) };
  }
  return best?.upper ?? null;
}

function isInside(folder: string, mountPoint: string): boolean {
  return mountPoint === '/' || folder === mountPoint || folder.startsWith(`${mountPoint}/`);
}

/** Blanks, tabs, line ends and backslashes in the paths of /proc/self/mountinfo are written as octal numbers. */
export function unescapeMountPath(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
