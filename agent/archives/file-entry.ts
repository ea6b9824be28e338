// The contents of a guest file system before it is written: the tiny image and the acceleration probe build such lists, cpio.ts
// and the tiny image's disk.ts write them. Entries have no owner and no times, because these are always root and a fixed time.

/** `path` is absolute inside the guest, without a trailing slash; `mode` holds only permission bits. */
export type FileEntry =
  | { kind: 'directory'; path: string; mode: number }
  | { kind: 'file'; path: string; mode: number; content: Uint8Array }
  | { kind: 'symlink'; path: string; target: string }
  | { kind: 'characterDevice'; path: string; mode: number; major: number; minor: number };

/** Seconds since 1970 stamped on everything in the image (2025-01-01 UTC). Bump the recipe version when it changes. */
export const imageTimeSeconds = 1_735_689_600;

/** The type part of a UNIX mode for each kind. */
export const modeTypeBits: Record<FileEntry['kind'], number> = {
  directory: 0o040000,
  file: 0o100000,
  symlink: 0o120000,
  characterDevice: 0o020000,
};

export function directory(path: string, mode = 0o755): FileEntry {
  return { kind: 'directory', path, mode };
}

export function file(path: string, content: string | Uint8Array, mode = 0o644): FileEntry {
  return { kind: 'file', path, mode, content: typeof content === 'string' ? Buffer.from(content) : content };
}

export function symlink(path: string, target: string): FileEntry {
  return { kind: 'symlink', path, target };
}

/** Adds the directories that entries need but nobody listed, and sorts by path so that parents come before children. */
export function withParents(entries: readonly FileEntry[]): FileEntry[] {
  const byPath = new Map<string, FileEntry>();
  for (const entry of entries) {
    if (byPath.has(entry.path)) throw new Error(`The image has two entries for ${entry.path}`);
    byPath.set(entry.path, entry);
  }
  for (const entry of entries) {
    for (let parent = parentOf(entry.path); parent !== '/'; parent = parentOf(parent)) {
      const found = byPath.get(parent);
      if (found === undefined) byPath.set(parent, directory(parent));
      else if (found.kind !== 'directory') throw new Error(`${entry.path} is inside ${parent}, which is no directory`);
    }
  }
  return [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

export function parentOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash <= 0 ? '/' : path.slice(0, slash);
}
