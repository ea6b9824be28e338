// One file that the processes of several VMs read, each by a name in a folder of its own (hard links). It belongs to the agent and
// nobody may write it, so that a guest that broke out can change nothing of another's; who can't enter a folder with a name of it
// can't read it. The kernel counts the names: its blocks are free with the last one, and with the last process that has it open.
import { link, lstat, rename, rm } from 'node:fs/promises';
import { reason } from '@tt/protocol';
import { copyPlain, isShared, NotPlainFile, openPlain, openPlainOrShared, SHARED_MODE } from './plain-file.ts';

/** Another file system, one without links, or too many of them: link(2). */
const NO_LINK = ['EXDEV', 'EPERM', 'EMLINK', 'EOPNOTSUPP'];

/** Of a name. Rejects with ENOENT. */
export async function isSharedFile(file: string): Promise<boolean> {
  return isShared(await lstat(file));
}

/**
 * Makes a plain file a shared one, in its place. One that somebody else may have open for writing is copied, as `copyPlain` does; it
 * stays as it is if this fails. Idempotent.
 */
export async function makeShared(file: string, signal: AbortSignal): Promise<void> {
  await using found = await openPlainOrShared(file);
  const stats = await found.stat();
  if (isShared(stats)) return;
  if (stats.uid === process.geteuid?.()) return found.chmod(SHARED_MODE);
  const part = partOf(file);
  await rm(part, { force: true });
  try {
    await copyPlain(file, part, signal);
    await using copy = await openPlain(part);
    if ((await copy.stat()).uid !== process.geteuid?.()) throw new NotPlainFile(reason('notPlainFile'));
    await copy.chmod(SHARED_MODE);
    await copy.datasync();
    await rename(part, file);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

/** What a killed {@link makeShared} or {@link makeOwn} leaves. */
export function partOf(file: string): string {
  return `${file}.part`;
}

/** Gives a shared file one more name; false if that can't be, and then there is none. Rejects with NotPlainFile for any other file. */
export async function addName(file: string, name: string): Promise<boolean> {
  await using found = await openPlainOrShared(file);
  const stats = await found.stat();
  if (!isShared(stats)) throw new NotPlainFile(reason('notPlainFile'));
  try {
    await link(file, name);
  } catch (error) {
    if (NO_LINK.includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
  // The folder of `file` may be somebody's who put another file there just now.
  const made = await lstat(name);
  if (made.dev === stats.dev && made.ino === stats.ino) return true;
  await rm(name);
  throw new NotPlainFile(reason('notPlainFile'));
}

/** Makes this name of a shared file a plain file of its own (0600, the agent's); the others stay. */
export async function makeOwn(file: string, signal: AbortSignal): Promise<void> {
  await rm(partOf(file), { force: true });
  await copyPlain(file, partOf(file), signal);
  await rename(partOf(file), file);
}
