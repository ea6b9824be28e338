// Gives a VM's disk to the user its engine runs as, and takes it back. The disk's folder may belong to a process that went
// bad, so nothing in it is trusted: no link is followed, and only what was looked at is changed. Used by `disk-folders.ts`.
import { constants } from 'node:fs';
import { chmod, lchown, lstat, open } from 'node:fs/promises';
import { StorageError } from './errors.ts';
import type { DiskOwner } from './interface.ts';

/** Passable for all: who knows a name inside may go there, nobody else can list them. */
const PASSABLE = 0o111;

/** The user this process runs as: the owner of what it makes. */
export function ownUser(): DiskOwner {
  // Only Windows has no uids, and no storage runs there.
  return { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 };
}

/** Owner of a disk's folder. It lies in a folder of the agent's own, so only the agent can have said so. */
export async function ownerOf(folder: string): Promise<DiskOwner> {
  const { uid, gid } = await lstat(folder);
  return { uid, gid };
}

/** STORAGE_FAILED when `diskPath` is no plain file; rejects, as nothing had happened, when one of the two can't be given. */
export async function giveDisk(folder: string, diskPath: string, owner: DiskOwner): Promise<void> {
  // O_NONBLOCK: a named pipe in its place must not hold the agent up.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  await using disk = await open(diskPath, flags).catch((error: NodeJS.ErrnoException) => {
    throw new StorageError(error.code === 'ENOENT' ? 'DISK_NOT_FOUND' : 'STORAGE_FAILED', error.message, {
      cause: error,
    });
  });
  const before = await disk.stat();
  // A second name of a file is how a user of the host gets one chowned that is not his.
  if (!before.isFile() || before.nlink !== 1) {
    throw new StorageError('STORAGE_FAILED', `not a plain file of one name: ${diskPath}`);
  }
  try {
    await disk.chown(owner.uid, owner.gid);
    await disk.chmod(0o600);
    await lchown(folder, owner.uid, owner.gid);
    await chmod(folder, 0o700);
  } catch (error) {
    await disk.chown(before.uid, before.gid).catch(() => {});
    const { message } = error as Error;
    throw new StorageError('STORAGE_FAILED', `can't give ${folder} to user ${owner.uid}: ${message}`, { cause: error });
  }
}

/** Lets other users through a folder, to what is theirs inside. */
export async function makePassable(folder: string): Promise<void> {
  const mode = (await lstat(folder)).mode & 0o7777;
  if ((mode & PASSABLE) !== PASSABLE) await chmod(folder, mode | PASSABLE);
}
