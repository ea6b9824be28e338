// Lets a confined program read one file of the agent's, or write to one, for as long as it runs. It is given by an open descriptor:
// the program needs no right in the folders above, and can't be led to another file.
import type { FileHandle } from 'node:fs/promises';

export interface Borrower {
  uid: number;
  gid: number;
}

/**
 * Runs `work` while `to` may use the file. `read`: by its group, so that the borrower can't change the file or its rights. `write`: it is
 * his meanwhile. Null: nobody but the agent itself needs it.
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
