// User ids for QEMU processes: unused, permitted, and able to access the state folder and the images.
import { reason } from '@tt/protocol';
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
      if (!machine.isRoot && vmUsers === null) return found(reason('finding.usersNotRoot'));
      if (!machine.isRoot) return needed(reason('finding.usersNeedRoot'), reason('fix.vmUsersRoot'));
      const closed = await closedBetween(home, imageDirectory);
      if (closed.length > 0) {
        return needed(
          reason('finding.imagesClosed', { folders: closed.join(', ') }),
          ...closed.map((folder) => `chmod o+x ${folder}`),
        );
      }
      if (vmUsers === null) return found(reason('finding.usersEach'));
      const { first, count } = vmUsers;
      const last = first + count - 1;
      const accounts = ((await machine.readText('/etc/passwd')) ?? '').split('\n').map((line) => line.split(':'));
      const taken = accounts.filter(([, , uid]) => Number(uid) >= first && Number(uid) <= last).map(([name]) => name);
      if (taken.length > 0) {
        return needed(
          reason('finding.usersTaken', { first, last, accounts: taken.join(', ') }),
          reason('fix.vmUsersFirst'),
        );
      }
      return found(reason('finding.usersRange', { first, last }));
    },
  };
}

/**
 * Folders on the path to the images that other users cannot traverse. QEMU starts in its own folder in `home` and continues
 * from there, so common parent folders are never traversed.
 */
async function closedBetween(home: string, imageDirectory: string): Promise<string[]> {
  const closed: string[] = [];
  for (let folder = imageDirectory; !isAbove(folder, home); folder = path.dirname(folder)) {
    const mode = await modeOf(folder);
    if (mode !== null && (mode & PASS) === 0) closed.unshift(folder);
  }
  return closed;
}

function isAbove(folder: string, below: string): boolean {
  return folder === path.dirname(folder) || `${below}/`.startsWith(`${folder}/`);
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
