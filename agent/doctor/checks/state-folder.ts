// The state folder: writable, closed to others (whom the agent of root lets pass, not look), and with a path short enough for the unix sockets of the VMs.
import { mkdtemp, rmdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { type Check, type Finding, found, needed, optional } from '../check.ts';

/** sizeof(sockaddr_un.sun_path) less the final zero byte (unix(7)). */
const MAX_SOCKET_PATH_BYTES = 107;
/** `run/<id of the VM>/serial.sock`, see agent/engines/qemu/run-files.ts. */
const LONGEST_SOCKET = `run/${'x'.repeat(36)}/serial.sock`;
const OTHER_FOLDER = 'Set TT_HOME to another folder.';

export const stateFolderCheck: Check = {
  name: 'state folder',
  async look({ stateDirectory }) {
    const bytes = Buffer.byteLength(path.join(stateDirectory, LONGEST_SOCKET));
    if (bytes > MAX_SOCKET_PATH_BYTES) {
      const most = MAX_SOCKET_PATH_BYTES - LONGEST_SOCKET.length - 1;
      return needed(`the path ${stateDirectory} is too long for unix sockets (at most ${most} bytes)`, OTHER_FOLDER);
    }
    const mode = await modeOf(stateDirectory);
    // The agent of root opens it for passing through: its guests run as users of their own.
    if (mode !== null && (mode & 0o066) !== 0) {
      return optional(
        `${stateDirectory} can be read by others; the agent closes it when it starts`,
        `chmod 700 ${stateDirectory}`,
      );
    }
    return writable(mode === null ? await existingParent(stateDirectory) : stateDirectory, stateDirectory);
  },
};

async function writable(folder: string, stateDirectory: string): Promise<Finding> {
  try {
    await rmdir(await mkdtemp(path.join(folder, '.tt-doctor-')));
  } catch (error) {
    return needed(`${folder} can't be written to: ${(error as Error).message}`, OTHER_FOLDER);
  }
  return found(folder === stateDirectory ? stateDirectory : `${stateDirectory} (will be made at the first start)`);
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
