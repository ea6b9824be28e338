// Gives a VM's folder to the user its engine runs as, and takes it back. The folder may belong to a compromised process, so
// nothing in it is trusted: links are not followed, and only what was checked is changed. Used by `disk-folders.ts`.
import { constants } from 'node:fs';
import { chmod, type FileHandle, lstat, open, readdir } from 'node:fs/promises';
import { isShared } from '../host/plain-file.ts';
import { StorageError } from './errors.ts';
import type { DiskOwner } from './interface.ts';

/** Traversable for all: a user who knows a name inside can access it, but nobody else can list them. */
const PASSABLE = 0o111;
/** O_NONBLOCK: a named pipe in a disk's place must not block the agent. */
const OPEN_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
/** Folders that storages make in a VM's folder. */
const OWN_FOLDERS = new Set(['removed']);

/** The user this process runs as: the owner of what it creates. */
export function ownUser(): DiskOwner {
  // Only Windows has no uids, and no storage runs there.
  return { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 };
}

/** Owner of a disk's folder. Its parent belongs to the agent, so only the agent can have set the owner. */
export async function ownerOf(folder: string): Promise<DiskOwner> {
  const { uid, gid } = await lstat(folder);
  return { uid, gid };
}

/**
 * Gives a folder with everything in it to a user: folders 0700, files 0600; not what other VMs read too. STORAGE_FAILED if something in it is neither a
 * plain file with a single name nor a folder of a storage; if something cannot be given, it rejects after restoring the owners.
 */
export async function giveFolder(folder: string, owner: DiskOwner): Promise<void> {
  const items: Item[] = [];
  try {
    await openTree(folder, items, (name) => OWN_FOLDERS.has(name));
    await giveAll(items, owner);
  } catch (error) {
    if (error instanceof StorageError) throw error;
    const { message } = error as Error;
    throw new StorageError('STORAGE_FAILED', `can't give ${folder} to user ${owner.uid}: ${message}`, { cause: error });
  } finally {
    for (const { handle } of items) await handle.close();
  }
}

interface Item {
  handle: FileHandle;
  isFolder: boolean;
  before: DiskOwner;
}

async function giveAll(items: readonly Item[], owner: DiskOwner): Promise<void> {
  try {
    for (const { handle, isFolder } of items) {
      await handle.chown(owner.uid, owner.gid);
      await handle.chmod(isFolder ? 0o700 : 0o600);
    }
  } catch (error) {
    for (const { handle, before } of items) await handle.chown(before.uid, before.gid).catch(() => {});
    throw error;
  }
}

/**
 * Opens a folder and everything in it, and checks the open files: names can refer to something else at any time, open files
 * cannot.
 */
async function openTree(folder: string, items: Item[], mayBeFolder: (name: string) => boolean): Promise<void> {
  const handle = await open(folder, OPEN_FLAGS | constants.O_DIRECTORY);
  const { uid, gid } = await handle.stat();
  items.push({ handle, isFolder: true, before: { uid, gid } });
  // The kernel's name of an open folder (proc(5)): never another one.
  const inside = `/proc/self/fd/${handle.fd}`;
  for (const entry of await readdir(inside, { withFileTypes: true })) {
    const target = `${inside}/${entry.name}`;
    if (entry.isDirectory() && mayBeFolder(entry.name)) await openTree(target, items, () => true);
    else {
      const file = await openFile(target, `${folder}/${entry.name}`);
      if (file) items.push(file);
    }
  }
}

/** Null for one that other VMs read too: it stays the agent's. */
async function openFile(target: string, shownAs: string): Promise<Item | null> {
  const handle = await open(target, OPEN_FLAGS);
  const found = await handle.stat();
  if (isShared(found)) {
    await handle.close();
    return null;
  }
  // A second name of a file is how a user of the host gets one chowned that is not his.
  if (found.isFile() && found.nlink === 1) {
    return { handle, isFolder: false, before: { uid: found.uid, gid: found.gid } };
  }
  await handle.close();
  throw new StorageError('STORAGE_FAILED', `not a plain file of one name: ${shownAs}`);
}

/** A folder that cannot be replaced while it is open. `inside` is its path meanwhile. */
export async function openFolder(folder: string): Promise<{ inside: string } & AsyncDisposable> {
  const handle = await open(folder, OPEN_FLAGS | constants.O_DIRECTORY);
  return { inside: `/proc/self/fd/${handle.fd}`, [Symbol.asyncDispose]: () => handle.close() };
}

/** Lets other users traverse a folder, to their own files inside. */
export async function makePassable(folder: string): Promise<void> {
  const mode = (await lstat(folder)).mode & 0o7777;
  if ((mode & PASSABLE) !== PASSABLE) await chmod(folder, mode | PASSABLE);
}
