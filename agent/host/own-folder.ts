// Folders of the agent's own, for files that come from elsewhere. The folder above may belong to a user of the host while the agent
// is root, so a folder in its place that is not the agent's is refused, not emptied and not given other rights.
import { constants } from 'node:fs';
import { lstat, mkdir, open } from 'node:fs/promises';

/** Somebody else's folder, or somebody else's link to a folder, stands there. */
export class ForeignFolder extends Error {
  override readonly name = 'ForeignFolder';
}

/** Makes a folder with these rights, or gives them to the one that is there. Rejects with ForeignFolder. */
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
