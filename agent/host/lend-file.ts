// Gives a confined program access to one file of the agent while it runs, for reading or writing. The file is passed as an open
// descriptor: the program needs no rights on the folders above, and cannot be redirected to another file.
import type { FileHandle } from 'node:fs/promises';

export interface Borrower {
  uid: number;
  gid: number;
}

/**
 * Runs `work` while `to` can use the file. `read`: by its group, so that the borrower cannot change the file or its
 * permissions. `write`: the borrower owns it meanwhile. Null: only the agent itself needs it.
 */
export async function whileLent<Result>(
  handle: FileHandle,
  to: Borrower | null,
  access: 'read' | 'write',
  work: () => Promise<Result>,
): Promise<Result> {
  if (to === null) return work();
  const { mode, uid, gid } = await handle.stat();
  try {
    // Changing the owner may change the mode (chown(2)): it comes first, also on the way back.
    await handle.chown(access === 'read' ? uid : to.uid, to.gid);
    await handle.chmod(access === 'read' ? 0o440 : 0o600);
    return await work();
  } finally {
    await handle.chown(uid, gid);
    await handle.chmod(mode & 0o7777);
  }
}
