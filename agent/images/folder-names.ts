// Names for what is in the image folder: no two are the same, and a broken entry never hides a working one.
import { reason, toErrorRecord, TtError } from '@tt/protocol';
import type { FolderEntry } from './image-folder.ts';

/** If two have the same name, the first in the folder gets it; the other is listed beside it, with the problem. */
export function byName(entries: ReadonlyMap<string, FolderEntry>): Map<string, FolderEntry> {
  const named = new Map<string, FolderEntry>();
  const inOrder = [...entries].sort(([a, one], [b, other]) => rank(one) - rank(other) || a.localeCompare(b));
  for (const [file, entry] of inOrder) {
    const name = nameOf(entry);
    if (!named.has(name)) named.set(name, entry);
    else {
      const [engine = '', os = ''] = name.split(':');
      const other = `${engine}:${os}:${file.replaceAll(/[^A-Za-z0-9_.-]+/g, '-')}`;
      const problem = toErrorRecord(
        new TtError('IMAGE_BROKEN', { imageName: other, file, reason: reason('nameTaken', { name }) }),
      );
      named.set(other, { kind: 'broken', name: other, file, problem });
    }
  }
  return named;
}

function nameOf(entry: FolderEntry): string {
  return entry.kind === 'disk' ? entry.manifest.name : entry.name;
}

function rank({ kind }: FolderEntry): number {
  return ['disk', 'iso', 'dropped', 'broken'].indexOf(kind);
}
