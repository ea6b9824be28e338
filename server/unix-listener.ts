// A unix socket beside the port of a server: the same calls by plain HTTP, for programs of this computer and those that come over ssh.
// Who may open it is decided by the kernel, by the rights of its file; who asks, by the token, as everywhere.
import { once } from 'node:events';
import { chmod, chown, lstat, mkdir, rename, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import path from 'node:path';
import { asFileProblem, canOthersWrite, connectUnixSocket, listenOnUnixSocket } from '@tt/client/node';
import { type Reason, reason, TtError } from '@tt/protocol';

export interface UnixPlace {
  /** Absolute path. Its folder is made if it is missing, and must be one that only its owner can write to. */
  file: string;
  /** Id of the group whose members may use it too (0660); null: only the user of this server (0600). */
  groupId: number | null;
}

/**
 * Calls `serve` for each connection; resolves with how to end that, once it listens. One that a server left behind is replaced. Rejects
 * with FILE_UNUSABLE, and has changed nothing then.
 */
export async function listenAtUnixSocket(
  { file, groupId }: UnixPlace,
  serve: (socket: Socket) => void,
): Promise<() => Promise<void>> {
  const folder = path.dirname(file);
  // As Node's own HTTP server listens: a client may end its half before it has its answer.
  const server = createServer({ allowHalfOpen: true }, serve);
  // Made under another name: at no moment can somebody else use the real one.
  const made = `${file}.${process.pid}`;
  try {
    await makeFolder(folder);
    if (await canOthersWrite(folder)) throw unusable(file, reason('othersWriteFolder'));
    await mustBeFree(file);
    await rm(made, { force: true });
    await listenOnUnixSocket(server, made);
    if (groupId !== null) await chown(made, -1, groupId);
    await chmod(made, groupId === null ? 0o600 : 0o660);
    await rename(made, file);
  } catch (error) {
    server.close();
    await rm(made, { force: true });
    throw error instanceof TtError ? error : asFileProblem(error);
  }
  return async () => {
    await rm(file, { force: true });
    server.close();
  };
}

/** Others must reach the socket through it; what an administrator made stays as it is. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder);
    // Whatever the umask of a service is.
    await chmod(folder, 0o755);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** Rejects with FILE_UNUSABLE if somebody listens there, or something else has this name. */
async function mustBeFree(file: string): Promise<void> {
  const found = await lstat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (found === null) return;
  if (!found.isSocket()) throw unusable(file, reason('notSocket'));
  const socket = connectUnixSocket(file);
  try {
    await once(socket, 'connect');
  } catch (error) {
    // Nobody listens: it was left behind.
    if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED') return;
    throw error;
  } finally {
    socket.destroy();
  }
  throw unusable(file, reason('socketInUse'));
}

function unusable(file: string, why: Reason): TtError {
  return new TtError('FILE_UNUSABLE', { file, reason: why });
}
