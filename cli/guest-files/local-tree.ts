// Files and folders of this computer that are to be sent, as they are below the folder of the guest. Links and what is no plain file
// are left out below a folder, and refused where they were named.
import type { Dirent, Stats } from 'node:fs';
import { lstat, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { asFileProblem } from '@tt/client/node';
import { isInnerPath, reason, TtError } from '@tt/protocol';

export interface LocalFile {
  file: string;
  /** Below the folder of the guest, with `/` between the parts. */
  inner: string;
  sizeBytes: number;
  /** Permission bits. */
  mode: number;
  /** Any change of a file sets it (ctime). */
  changedMs: number;
}

export interface LocalTree {
  files: LocalFile[];
  folders: string[];
  leftOut: string[];
}

/** Where things go in a guest: into `folder`, the only one of them under `name` if that is set. */
export interface Target {
  folder: string;
  name: string | null;
}

/**
 * `/a/b/` is a folder to put things into; `/a/b` is what the only thing becomes. A colon before it does no harm: other programs
 * have one there.
 */
export function targetOf(text: string, count: number): Target {
  const where = text.replace(/^:/, '').replace(/\/{2,}/g, '/');
  const refused = (why: ConstructorParameters<typeof TtError<'FILE_UNUSABLE'>>[1]['reason']) =>
    new TtError('FILE_UNUSABLE', { file: text, reason: why });
  if (!where.startsWith('/')) throw refused(reason('notAbsoluteInGuest'));
  if (where.endsWith('/')) return { folder: where.slice(0, -1) || '/', name: null };
  if (count > 1) throw refused(reason('severalNeedFolder'));
  return { folder: path.posix.dirname(where), name: path.posix.basename(where) };
}

/** Throws FILE_UNUSABLE. */
export async function localTree(names: readonly string[], target: Target): Promise<LocalTree> {
  const tree: LocalTree = { files: [], folders: [], leftOut: [] };
  const taken = new Set<string>();
  for (const file of names) {
    const found = await stat(file).catch(asProblem);
    const inner = target.name ?? path.basename(path.resolve(file));
    if (!isInnerPath(inner)) throw unusable(file, reason('isFolder'));
    if (taken.has(inner)) throw unusable(file, reason('namedTwice'));
    taken.add(inner);
    if (found.isFile()) tree.files.push(fileOf(file, inner, found));
    else if (found.isDirectory()) await addFolder(tree, file, inner);
    else throw unusable(file, reason('notPlainFile'));
  }
  return tree;
}

async function addFolder(tree: LocalTree, folder: string, inner: string): Promise<void> {
  tree.folders.push(inner);
  const entries = await readdir(folder, { withFileTypes: true }).catch(asProblem);
  for (const entry of entries.toSorted(byName)) {
    const file = path.join(folder, entry.name);
    const below = `${inner}/${entry.name}`;
    if (entry.isDirectory()) await addFolder(tree, file, below);
    else if (entry.isFile()) tree.files.push(fileOf(file, below, await lstat(file).catch(asProblem)));
    else tree.leftOut.push(file);
  }
}

function byName(one: Dirent, other: Dirent): number {
  return one.name < other.name ? -1 : 1;
}

function fileOf(file: string, inner: string, { size: sizeBytes, mode, ctimeMs: changedMs }: Stats): LocalFile {
  return { file, inner, sizeBytes, mode: mode & 0o777, changedMs };
}

function unusable(file: string, why: ReturnType<typeof reason>): TtError {
  return new TtError('FILE_UNUSABLE', { file, reason: why });
}

function asProblem(error: unknown): never {
  throw asFileProblem(error);
}
