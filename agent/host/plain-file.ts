// Opens files in places where somebody else may have put something else: links are not followed, pipes are not waited for, and
// the opened file is the one that is read, copied or changed.
import { constants, type Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { reason } from '@tt/protocol';
import { copyOpen } from './copy-file.ts';
import { ReasonError } from './reason-error.ts';

/** A link, a pipe, a device, or a file with a second name: not what the agent created. */
export class NotPlainFile extends ReasonError {
  override readonly name = 'NotPlainFile';
}

/**
 * Opens a plain file with a single name; `flags` as for open(2), `mode` for a new one. Only the last component of the path is
 * checked: the folders above it must be trusted. Rejects with NotPlainFile, and with the system's error if it cannot be opened
 * (ENOENT).
 */
export async function openPlain(file: string, flags: number = constants.O_RDONLY, mode?: number): Promise<FileHandle> {
  const handle = await open(file, flags | constants.O_NOFOLLOW | constants.O_NONBLOCK, mode).catch(
    (error: NodeJS.ErrnoException) => {
      // ENXIO: a socket, or a pipe to write to.
      if (error.code === 'ELOOP' || error.code === 'ENXIO') throw notPlain(error);
      throw error;
    },
  );
  try {
    const found = await handle.stat();
    // A second name is how a user of the host has a file read or changed that is not his.
    if (found.isFile() && found.nlink === 1) return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
  await handle.close();
  throw notPlain();
}

/** Permissions of a file that VMs read together (`shared-file.ts`). */
export const SHARED_MODE = 0o444;

/** Whether it is one: it belongs to the agent, and nobody may write it. */
export function isShared(found: Pick<Stats, 'uid' | 'mode' | 'isFile'>): boolean {
  return found.isFile() && found.uid === process.geteuid?.() && (found.mode & 0o7777) === SHARED_MODE;
}

/** As {@link openPlain}, for reading; also a shared file, however many names it has. */
export async function openPlainOrShared(file: string): Promise<FileHandle> {
  try {
    return await openPlain(file);
  } catch (error) {
    if (!(error instanceof NotPlainFile) || error.cause !== undefined) throw error;
    const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    if (isShared(await handle.stat())) return handle;
    await handle.close();
    throw error;
  }
}

/** The kernel's path of the open file, for this process (proc(5)): it never refers to another file. */
export function pathOf({ fd }: FileHandle): string {
  return `/proc/self/fd/${fd}`;
}

/** Copies a plain or shared file to a name that is not taken, as `copyOpen`. Rejects as {@link openPlainOrShared}, too. */
export async function copyPlain(source: string, target: string, signal: AbortSignal): Promise<void> {
  await using from = await openPlainOrShared(source);
  await copyOpen(from, target, signal);
}

function notPlain(cause?: unknown): NotPlainFile {
  return new NotPlainFile(reason('notPlainFile'), { cause });
}
