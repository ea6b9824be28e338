// Files and folders of this computer that are to be sent, as they are below the folder of the guest: dropped, or chosen. The browser
// tells neither modes nor owners, and follows links.
import { isInnerPath } from '@tt/protocol';
import type { DirectoryDropItem, DropItem, FileDropItem } from 'react-aria-components';

export interface LocalFile {
  /** Below the folder of the guest, with `/` between the parts. */
  inner: string;
  file: File;
}

export interface LocalTree {
  files: LocalFile[];
  /** Also empty ones. */
  folders: string[];
}

/** More are better sent as one archive; the names of all are held in memory. */
export const MOST_LOCAL_FILES = 20_000;

/** What can’t be sent, and why. */
export class LocalTreeProblem extends Error {
  readonly why: 'tooMany' | 'unreadable';
  readonly file: string;

  constructor(why: LocalTreeProblem['why'], file: string, cause?: unknown) {
    super(`${file}: ${why}`, { cause });
    this.why = why;
    this.file = file;
  }
}

/** Throws LocalTreeProblem. */
export async function treeOfItems(items: readonly DropItem[]): Promise<LocalTree> {
  const tree = new GrowingTree();
  for (const item of items) if (item.kind !== 'text') await addItem(tree, item, '');
  return tree;
}

/** Of a file chooser; one for folders gives each file with its path. Throws LocalTreeProblem. */
export function treeOfList(list: Iterable<File>): LocalTree {
  const tree = new GrowingTree();
  for (const file of list) {
    const inner = file.webkitRelativePath || file.name;
    const slash = inner.lastIndexOf('/');
    if (slash > 0) tree.addFolder(inner.slice(0, slash));
    tree.addFile({ inner, file });
  }
  return tree;
}

async function addItem(tree: GrowingTree, item: FileDropItem | DirectoryDropItem, above: string): Promise<void> {
  const inner = `${above}${item.name}`;
  try {
    if (item.kind === 'file') {
      tree.addFile({ inner, file: await item.getFile() });
      return;
    }
    tree.addFolder(inner);
    for await (const entry of item.getEntries()) await addItem(tree, entry, `${inner}/`);
  } catch (error) {
    throw error instanceof LocalTreeProblem ? error : new LocalTreeProblem('unreadable', inner, error);
  }
}

class GrowingTree implements LocalTree {
  readonly files: LocalFile[] = [];
  readonly folders: string[] = [];
  readonly #seen = new Set<string>();

  addFile(file: LocalFile): void {
    if (this.#isNew(file.inner)) this.files.push(file);
  }

  addFolder(inner: string): void {
    if (!this.#seen.has(inner) && this.#isNew(inner)) this.folders.push(inner);
  }

  #isNew(inner: string): boolean {
    if (!isInnerPath(inner)) throw new LocalTreeProblem('unreadable', inner);
    if (this.#seen.size >= MOST_LOCAL_FILES) throw new LocalTreeProblem('tooMany', inner);
    const isNew = !this.#seen.has(inner);
    this.#seen.add(inner);
    return isNew;
  }
}

/** Both; where both have something of a name at the top, that of `added`. */
export function joined(before: LocalTree, added: LocalTree): LocalTree {
  const top = (inner: string) => inner.split('/', 1)[0] ?? inner;
  const replaced = new Set([...added.files.map(({ inner }) => top(inner)), ...added.folders.map(top)]);
  return {
    files: [...before.files.filter(({ inner }) => !replaced.has(top(inner))), ...added.files],
    folders: [...before.folders.filter((inner) => !replaced.has(top(inner))), ...added.folders],
  };
}

export function sizeOf({ files }: LocalTree): number {
  return files.reduce((sum, { file }) => sum + file.size, 0);
}
