// Folders of the agent for files from elsewhere. The parent folder may belong to a user of the host while the agent is root, so
// an existing folder that is not the agent's is refused, not emptied or given other rights.
import { constants } from 'node:fs';
import { lstat, mkdir, open } from 'node:fs/promises';

/** The path is a folder of another user, or a link of another user to a folder. */
export class ForeignFolder extends Error {
  override readonly name = 'ForeignFolder';
}

/** Creates a folder with these permissions, or sets them on an existing one. Rejects with ForeignFolder. */
export async function makeOwnFolder(directory: string, mode: number): Promise<void> {
  await mkdir(directory, { recursive: true, mode });
  await using handle = await open(directory, constants.O_RDONLY | constants.O_DIRECTORY);
  // Whoever made the link decides where it leads: the agent's own may.
  for (const { uid } of [await lstat(directory), await handle.stat()]) {
    if (uid !== process.geteuid?.()) {
      throw new ForeignFolder(`${directory} belongs to the user ${uid}: move it away, and TT makes one of its own`);
    }
  }
  await handle.chmod(mode);
}

/** An id as a name in such a folder: ids are made by the agent, and one from outside that is not made so must not lead out of it. */
export function mustBeId(id: string): string {
  if (!/^[\w-]+$/.test(id)) throw new RangeError(`not an id: ${JSON.stringify(id)}`);
  return id;
}
