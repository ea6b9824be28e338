// Creates the state folder and its subfolders, or says in one sentence why that is not possible.
import { chmod, mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { reason, TtError } from '@tt/protocol';
import { fileReason } from './file-problem.ts';

/**
 * Creates the folder, with its parents, and makes it private. Throws STATE_UNUSABLE if it is a file, belongs to another user
 * (who could change everything in it, even if the agent is root), or cannot be created or made private.
 */
export async function makeStateFolder(folder: string): Promise<void> {
  const isRoot = process.geteuid?.() === 0;
  // As root, guests run as users of their own, who must get through to their own files below: they may pass, not look around.
  // Everything secret is 0600 in itself.
  const mode = isRoot ? 0o711 : 0o700;
  try {
    await makeWithParents(folder, mode);
    const found = await stat(folder);
    if (!found.isDirectory()) throw new TtError('STATE_UNUSABLE', { folder, reason: reason('isFile') });
    const uid = process.geteuid?.();
    if (uid !== undefined && found.uid !== uid) {
      throw new TtError('STATE_UNUSABLE', { folder, reason: reason('otherOwner', { uid: found.uid }) });
    }
    await chmod(folder, mode);
  } catch (error) {
    if (error instanceof TtError) throw error;
    const why = fileReason(error as NodeJS.ErrnoException);
    throw new TtError('STATE_UNUSABLE', { folder, reason: why }, { cause: error });
  }
}

/** As `mkdir` with `recursive`, which calls a read-only file system ENOENT. */
async function makeWithParents(folder: string, mode: number): Promise<void> {
  try {
    await mkdir(folder, { mode });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT') throw error;
    await makeWithParents(path.dirname(folder), mode);
    await mkdir(folder, { mode });
  }
}
