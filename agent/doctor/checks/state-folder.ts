// The state folder: writable, and not readable by others (an agent that runs as root lets others traverse it but not list it).
import { quoted, reason } from '@tt/protocol';
import { mkdtemp, rmdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { type Check, type Finding, found, needed, optional } from '../check.ts';

export const stateFolderCheck: Check = {
  name: 'state folder',
  async look({ stateDirectory }) {
    const mode = await modeOf(stateDirectory);
    // The agent of root opens it for passing through: its guests run as users of their own.
    if (mode !== null && (mode & 0o066) !== 0) {
      return optional(reason('finding.folderOpen', { folder: stateDirectory }), `chmod 700 ${stateDirectory}`);
    }
    return writable(mode === null ? await existingParent(stateDirectory) : stateDirectory, stateDirectory);
  },
};

async function writable(folder: string, stateDirectory: string): Promise<Finding> {
  try {
    await rmdir(await mkdtemp(path.join(folder, '.tt-doctor-')));
  } catch (error) {
    return needed(quoted('finding.folderUnwritable', (error as Error).message, { folder }), reason('fix.otherFolder'));
  }
  return found(
    reason(folder === stateDirectory ? 'finding.folder' : 'finding.folderComing', { folder: stateDirectory }),
  );
}

async function existingParent(folder: string): Promise<string> {
  const parent = path.dirname(folder);
  return (await modeOf(parent)) === null ? existingParent(parent) : parent;
}

/** null only when it is not there. */
async function modeOf(folder: string): Promise<number | null> {
  try {
    return (await stat(folder)).mode & 0o777;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
