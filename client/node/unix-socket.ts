// Unix sockets in folders with long paths: an address holds 107 bytes (unix(7)), a path up to 4095. For a long path the folder
// is opened, which then has a short name below /proc/self/fd (Linux).
import { closeSync, constants, openSync } from 'node:fs';
import { createConnection, type OnReadOpts, type Server, Socket } from 'node:net';
import path from 'node:path';

/** sizeof(sockaddr_un.sun_path) is 108 with the final zero byte (unix(7)). */
const MAX_ADDRESS_BYTES = 107;

/** Whether a path fits the address of a unix socket. */
export function fitsSocketAddress(socketPath: string): boolean {
  return Buffer.byteLength(socketPath) <= MAX_ADDRESS_BYTES;
}

/** Connects to the socket at a path of any length. As with `createConnection`, a failure is reported by `error` of the socket. */
export function connectUnixSocket(socketPath: string, options: { onread?: OnReadOpts } = {}): Socket {
  if (fitsSocketAddress(socketPath)) return createConnection({ path: socketPath, ...options });
  let folder: OpenFolder;
  try {
    folder = openFolderOf(socketPath);
  } catch (error) {
    return new Socket().destroy(error as Error);
  }
  const socket = createConnection({ path: folder.shortPath, ...options });
  return socket.once('connect', folder.close).once('close', folder.close);
}

/**
 * Listens at a path of any length that does not exist yet. Resolves once it listens; the socket is removed when the server is
 * closed.
 */
export function listenOnUnixSocket(server: Server, socketPath: string): Promise<void> {
  const folder = fitsSocketAddress(socketPath) ? null : openFolderOf(socketPath);
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => {
      folder?.close();
      reject(error);
    };
    server.once('error', fail);
    server.listen(folder?.shortPath ?? socketPath, () => {
      server.off('error', fail);
      resolve();
    });
    // The server removes its socket by the address it was given, so the folder stays open that long.
    if (folder) server.once('close', folder.close);
  });
}

interface OpenFolder {
  /** The path of the socket through the open folder. */
  readonly shortPath: string;
  /** Idempotent. */
  readonly close: () => void;
}

function openFolderOf(socketPath: string): OpenFolder {
  const descriptor = openSync(path.dirname(socketPath), constants.O_RDONLY | constants.O_DIRECTORY);
  let isOpen = true;
  return {
    shortPath: `/proc/self/fd/${descriptor}/${path.basename(socketPath)}`,
    close() {
      if (isOpen) closeSync(descriptor);
      isOpen = false;
    },
  };
}
