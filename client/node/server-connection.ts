// How a connection to a server is made, whatever speaks over it: proven, over TLS to the server that was meant, or plain on this
// computer. Nothing that holds a token is sent before.
import type { ClientRequestArgs } from 'node:http';
import type { Duplex } from 'node:stream';
import { TtError } from '@tt/protocol';
import { provenSocket } from './server-proof.ts';
import { safeUnixSocket, socketFileIn } from './unix-address.ts';

export interface ServerAddress {
  /** Base address, `http://127.0.0.1:9527`, `https://…` or `unix:/…`. */
  url: string;
  token: string;
  /** The far end of every connection must first prove that it knows the token (`server-proof.ts`). Default: false. */
  mustProve?: boolean;
  /** What it must prove to know in place of the token: its own, where the token is that of a user. */
  provenBy?: string;
  /** PEM of the only authority that counts for this server; null or absent: those that the system trusts. For `https` only. */
  authority?: string | null;
  /** Reaches the server in another way than from here: over ssh, to its loopback address or unix socket. Not for `https`. */
  dial?: () => Promise<Duplex>;
}

type CreateConnection = NonNullable<ClientRequestArgs['createConnection']>;

/** For Node’s HTTP client and `ws`; undefined: theirs will do, as nobody can listen in. */
export function connectionTo(server: ServerAddress): CreateConnection | undefined {
  const { protocol, hostname } = new URL(server.url);
  if (protocol === 'https:') {
    // `node:tls` takes long to load, and most commands ask the private agent.
    return made(async () => (await import('./trusted-socket.ts')).trustedSocket(server.url, server.authority ?? null));
  }
  const { dial } = server;
  const file = socketFileIn(server.url);
  if (file !== null) return made(dial ?? (() => safeUnixSocket(file)));
  if (dial && isLoopback(hostname)) return made(dial);
  if (!isLoopback(hostname)) return made(() => Promise.reject(new TtError('TLS_REQUIRED', { url: server.url })));
  const { url, token, provenBy = token } = server;
  return server.mustProve ? made(() => provenSocket({ url, token: provenBy })) : undefined;
}

/** Whether packets to this host never leave this computer. */
export function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127\.[\d.]+$/.test(hostname)
  );
}

function made(connect: () => Promise<Duplex>): CreateConnection {
  return (_options, onCreate) => {
    // Without a socket the error alone counts; the type wants both.
    const fail = (error: Error) => (onCreate as (error: Error) => void)(error);
    connect().then((socket) => onCreate(null, socket), fail);
    return undefined;
  };
}
