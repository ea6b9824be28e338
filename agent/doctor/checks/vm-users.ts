// User ids of QEMU processes: free, allowed to be given, and able to reach the state folder and the images.
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { AgentConfig } from '../../config.ts';
import { type Check, found, needed } from '../check.ts';

/** x for others (inode(7)): the right to pass through a folder. */
const PASS = 0o001;

export function vmUsersCheck({ vmUsers, home, imageDirectory }: AgentConfig): Check {
  return {
    name: 'VM users',
    async look(machine) {
      if (vmUsers === null) return found('QEMU runs as the agent does');
      if (!machine.isRoot)
        return needed('only root can start QEMU as another user', 'Run the agent as root, or leave vmUsers out.');
      const { first, count } = vmUsers;
      const last = first + count - 1;
      const accounts = ((await machine.readText('/etc/passwd')) ?? '').split('\n').map((line) => line.split(':'));
      const taken = accounts.filter(([, , uid]) => Number(uid) >= first && Number(uid) <= last).map(([name]) => name);
      if (taken.length > 0) {
        return needed(
          `ids ${first} to ${last} hold accounts of this host: ${taken.join(', ')}`,
          'Choose another vmUsers.first.',
        );
      }
      const closed = [...(await closedAbove(home)), ...(await closedAbove(path.join(imageDirectory, 'any')))];
      if (closed.length === 0) return found(`${first} to ${last}`);
      const folders = [...new Set(closed)];
      return needed(
        `QEMU could not pass through ${folders.join(', ')}`,
        ...folders.map((folder) => `chmod o+x ${folder}`),
      );
    },
  };
}

/** The folders above `target` that others may not pass. The agent itself opens its own folder as far as needed. */
async function closedAbove(target: string): Promise<string[]> {
  const closed: string[] = [];
  for (let folder = path.dirname(target); ; folder = path.dirname(folder)) {
    const mode = await modeOf(folder);
    if (mode !== null && (mode & PASS) === 0) closed.unshift(folder);
    if (folder === path.dirname(folder)) return closed;
  }
}

/** null only when it is not there (yet). */
async function modeOf(folder: string): Promise<number | null> {
  try {
    return (await stat(folder)).mode;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
