// Builds the border around an implementation of the contract. The agent and the proxy each call it once.
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { RPC_PATH, STREAM_PATH } from '@tt/protocol';
import type { Logger } from 'pino';
import { Access } from './access.ts';
import { type BorderLimits, CallLimits, DEFAULT_BORDER_LIMITS } from './call-limits.ts';
import type { BorderContext, Endpoint } from './call-context.ts';
import type { Elsewhere } from './elsewhere.ts';
import type { ConnectionGuard } from './guarded-connections.ts';
import { type HttpServer, listen, type RequestTimeouts } from './http-server.ts';
import type { Identities } from './identities.ts';
import type { Logins } from './logins.ts';
import { RestApi } from './rest-api.ts';
import { rpcUpgrade } from './rpc-socket.ts';
import type { TlsIdentity } from './tls/tls-identity.ts';
import type { UnixPlace } from './unix-listener.ts';
import { type StreamEndpoint, type StreamPurpose, streamUpgrade } from './stream-socket.ts';

/** The largest delay between a session's expiry and the closing of its sockets. */
const LOOK_EVERY_MS = 1000;
/** What clients write in `Host` who connect without a port. */
const SOCKET_NAMES = ['localhost', 'localhost:80'];

export interface ServeOptions<Context extends BorderContext, Purpose extends StreamPurpose> {
  /** Address to listen on; loopback unless an admin says otherwise. */
  host: string;
  /** 0 lets the system choose. */
  port: number;
  /** The users and their tokens. */
  identities: Identities;
  /** The browser sessions. */
  logins: Logins;
  /** Who is known to another server; absent: nobody. */
  elsewhere?: Elsewhere | undefined;
  calls: Endpoint<Context>;
  streams: StreamEndpoint<Purpose>;
  /** Folder with the built window; null serves none. */
  windowDirectory: string | null;
  version: string;
  /** Limits per user and per address; read each time. Absent: the defaults. */
  limits?: () => BorderLimits;
  /** For requests that come slowly; tests have shorter ones. */
  timeouts?: RequestTimeouts;
  /** Decides about each connection before anything is read from it; absent accepts all. */
  guard?: ConnectionGuard;
  /** Text for Prometheus at `/metrics`; absent serves none. */
  metrics?: () => Promise<string>;
  /** Speaks TLS and nothing else; absent: plain HTTP, which only loopback may have. */
  tls?: TlsIdentity | undefined;
  /** A unix socket beside the port; absent: none. */
  socket?: UnixPlace | undefined;
  /** More names at which clients reach this server, without port. */
  names?: readonly string[];
  logger: Logger;
}

export async function serveContract<Context extends BorderContext, Purpose extends StreamPurpose>(
  options: ServeOptions<Context, Purpose>,
): Promise<HttpServer> {
  const limits = new CallLimits(options.limits ?? (() => DEFAULT_BORDER_LIMITS));
  let isOurName: (host: string) => boolean = () => false;
  const server = await listen({
    host: options.host,
    port: options.port,
    access: new Access(options.identities, options.logins, {
      scheme: options.tls ? 'https' : 'http',
      isOurName: (host) => isOurName(host),
      elsewhere: options.elsewhere,
    }),
    ownToken: options.identities.ownToken,
    rest: new RestApi(options.calls, options.logins, limits, {
      version: options.version,
      ownToken: options.identities.ownToken,
    }),
    limits,
    streams: options.streams as unknown as StreamEndpoint<StreamPurpose>,
    upgrades: new Map([
      [
        RPC_PATH,
        rpcUpgrade(options.calls as unknown as Endpoint<BorderContext>, options.logins, limits, {
          ownToken: options.identities.ownToken,
          logger: options.logger,
        }),
      ],
      [STREAM_PATH, streamUpgrade(options.streams)],
    ]),
    windowDirectory: options.windowDirectory,
    ...(options.timeouts && { timeouts: options.timeouts }),
    ...(options.guard && { guard: options.guard }),
    ...(options.metrics && { metrics: options.metrics }),
    tls: options.tls,
    socket: options.socket,
    onRefused: options.calls.onRefused,
    logger: options.logger,
  });
  const url = new URL(server.url);
  isOurName = namesOf(url, options.names, options.socket !== undefined);
  options.logins.sessions.servedAt(Number(url.port));
  const look = () => {
    try {
      options.identities.look();
      options.logins.sessions.look();
    } catch (error) {
      options.logger.error({ err: error }, 'could not save sessions and tokens');
    }
  };
  const sweeping = setInterval(look, LOOK_EVERY_MS).unref();
  return {
    url: server.url,
    close: () => {
      clearInterval(sweeping);
      return server.close();
    },
  };
}

/**
 * The valid host names of a server that listens at `url`: its address, loopback, and, if it listens on all interfaces, any bare
 * address and the host's own name; and those an administrator added (`more`, without port). A page that uses DNS rebinding has its own name.
 * `hasSocket`: who comes by a unix socket names no port of this server, and pages can’t come that way.
 */
export function namesOf(url: URL, more: readonly string[] = [], hasSocket = false): (host: string) => boolean {
  const own = ['localhost', '127.0.0.1', ...more].map(
    (name) => `${name.includes(':') ? `[${name}]` : name}:${url.port}`,
  );
  const names = new Set([url.host, ...own, ...(hasSocket ? SOCKET_NAMES : [])]);
  const everywhere = url.hostname === '0.0.0.0' || url.hostname === '[::]';
  if (everywhere) names.add(`${hostname()}:${url.port}`);
  return (host) => {
    if (names.has(host)) return true;
    if (!everywhere || !URL.canParse(`http://${host}`)) return false;
    const asked = new URL(`http://${host}`);
    return asked.port === url.port && isIP(asked.hostname.replace(/^\[|\]$/g, '')) !== 0;
  };
}
