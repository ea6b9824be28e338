// How the agent accesses files in a VM's run directory. The folder belongs to the VM's own process, which may be compromised:
// links are not followed, and only plain files and sockets are opened or changed.
import { constants } from 'node:fs';
import { chmod, type FileHandle, open } from 'node:fs/promises';
import { NotPlainFile, openPlain, openPlainOrShared } from '../../host/plain-file.ts';
import { EngineError } from '../errors.ts';

/** open(2): a handle on the name itself, which opens neither socket nor pipe. Node has no name for it. */
const O_PATH = 0o10000000;

/** Opens a plain file; `flags` as for open(2), `mode` for a new one. COMMAND_FAILED if something else has this path. */
export function openPlainFile(file: string, flags: number, mode?: number): Promise<FileHandle> {
  return orCommandFailed(file, openPlain(file, flags, mode));
}

/** Opens a plain file, or one that several VMs read, for reading. Rejects as {@link openPlainFile}. */
export function openToRead(file: string): Promise<FileHandle> {
  return orCommandFailed(file, openPlainOrShared(file));
}

async function orCommandFailed(file: string, opening: Promise<FileHandle>): Promise<FileHandle> {
  try {
    return await opening;
  } catch (error) {
    if (!(error instanceof NotPlainFile)) throw error;
    // The system's own word for it, where it had one.
    throw error.cause ?? new EngineError('COMMAND_FAILED', `not a plain file: ${file}`);
  }
}

/** Makes a socket its owner's alone (0600). */
export async function closeToOthers(socket: string): Promise<void> {
  await using handle = await open(socket, O_PATH | constants.O_NOFOLLOW);
  if (!(await handle.stat()).isSocket()) throw new EngineError('COMMAND_FAILED', `not a socket: ${socket}`);
  // By the handle, so that it is what was looked at; fchmod(2) itself refuses such handles.
  await chmod(`/proc/self/fd/${handle.fd}`, 0o600);
}
