// A port of this computer that leads to a screen or a port of a VM: bytes are passed on through the authenticated stream. The port itself
// has no password, so it is at 127.0.0.1 only, and refuses programs of other users where the system tells whose they are.
import { readFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { quoted, TtError } from '@tt/protocol';

const HOST = '127.0.0.1';
export interface LocalPort {
  readonly port: number;
  close(): void;
}

export interface LocalPortOptions {
  /** 0: any free one. */
  port: number;
  /** Connections at once; more are refused. */
  most: number;
  /** Connects one client: `viewer` is paused until it is read. Rejects when the far end can't be reached. */
  connect: (viewer: Socket) => Promise<void>;
  /** Hears what went wrong with a client. */
  onProblem: (error: unknown) => void;
  /** Decides by the ports of both ends; default: only programs of this user. */
  mayConnect?: (viewerPort: number, ownPort: number) => Promise<boolean>;
}

/** Rejects with LISTEN_FAILED. */
export async function openLocalPort({
  port,
  most,
  connect,
  onProblem,
  mayConnect = isOfThisUser,
}: LocalPortOptions): Promise<LocalPort> {
  const viewers = new Set<Socket>();
  const server = createServer({ pauseOnConnect: true }, (viewer) => {
    viewers.add(viewer);
    viewer.on('close', () => viewers.delete(viewer));
    viewer.on('error', () => viewer.destroy());
    admit(viewer).catch((error: unknown) => {
      viewer.destroy();
      onProblem(error);
    });
  });
  server.maxConnections = most;

  async function admit(viewer: Socket): Promise<void> {
    const { remotePort = 0, localPort = 0 } = viewer;
    if (await mayConnect(remotePort, localPort)) await connect(viewer);
    else viewer.destroy();
  }

  return {
    port: await listening(server, port),
    close() {
      server.close();
      for (const viewer of viewers) viewer.destroy();
    },
  };
}

function listening(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      const reason = quoted('reported', error.message);
      reject(new TtError('LISTEN_FAILED', { host: HOST, port, reason }, { cause: error }));
    });
    server.listen(port, HOST, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

/** Where the system does not tell, every user of this computer can connect, which commands say. */
export const tellsUsers = process.platform === 'linux';

async function isOfThisUser(viewerPort: number, ownPort: number): Promise<boolean> {
  if (!tellsUsers) return true;
  return ownerOf(await readFile('/proc/net/tcp', 'utf8'), viewerPort, ownPort) === process.getuid?.();
}

/**
 * The user id of the socket of 127.0.0.1 from `localPort` to `remotePort`; null when it is gone. `table`: /proc/net/tcp
 * (proc(5): addresses in the byte order of the machine, ports in hexadecimal, the user id in the eighth column).
 */
export function ownerOf(table: string, localPort: number, remotePort: number): number | null {
  const end = (port: number) => `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  for (const line of table.split('\n').slice(1)) {
    const [, local, remote, , , , , uid] = line.trim().split(/\s+/);
    if (local === end(localPort) && remote === end(remotePort)) return Number(uid);
  }
  return null;
}
