// The one listening socket of an agent or proxy: REST and OpenAPI, the RPC and stream WebSockets, and the window for browsers.
// Loopback only unless an admin says otherwise; every request passes the same checks of origin and identity first.
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { API_PREFIX, openCalls, TtError } from '@tt/protocol';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { Access } from './access.ts';
import { type ConnectionGuard, guardConnections } from './guarded-connections.ts';
import { errorBody, fastifyFailure } from './http-errors.ts';
import { type Caller, isNobody, nobody } from './identities.ts';
import { REQUEST_ID_HEADER, requestIdIn } from './request-id.ts';
import { serveProof } from './serve-proof.ts';
import { serveWindow } from './static-window.ts';
import { refuseUpgrade, type UpgradeHandler } from './upgrade.ts';

/** Calls are small; files travel as streams. */
const BODY_LIMIT_BYTES = 1024 * 1024;
/** Where Prometheus looks, and what it wants to be told (exposition format, text). */
const METRICS_PATH = '/metrics';
const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';
/** How long peers get to let go when the server ends. */
const CLOSE_TIMEOUT_MS = 1000;

/** The REST door, whoever implements the contract behind it. */
export interface Rest {
  handle(request: FastifyRequest, reply: FastifyReply, caller: Caller): Promise<boolean>;
  document(): Promise<unknown>;
  pathOf(call: string): string | null;
}

export interface HttpServerOptions {
  /** Address to listen on. */
  host: string;
  /** 0 lets the system choose. */
  port: number;
  access: Access;
  /** The server's own token, which it proves to know (`serve-proof.ts`). */
  ownToken: string;
  rest: Rest;
  /** By path: what takes over a WebSocket there. */
  upgrades: ReadonlyMap<string, UpgradeHandler>;
  /** Whether a WebSocket at this path may be opened without a token or session right now; it sees nobody. */
  isOpen: (path: string) => boolean;
  /** Decides about each connection before anything is read from it; absent lets all in. */
  guard?: ConnectionGuard;
  /** Folder with the built window; null serves none. */
  windowDirectory: string | null;
  /** Text for Prometheus at `/metrics`; absent serves none. */
  metrics?: () => Promise<string>;
  logger: Logger;
}

export interface HttpServer {
  /** Base address as a client reaches it, e.g. `http://127.0.0.1:41234`. */
  url: string;
  close(): Promise<void>;
}

export async function listen(options: HttpServerOptions): Promise<HttpServer> {
  const { access, rest, logger } = options;
  const answerFailure = (error: unknown, request: FastifyRequest, reply: FastifyReply): void => {
    const known = isNoPath(error)
      ? notFound(request)
      : fastifyFailure(error, BODY_LIMIT_BYTES, (unknown) => {
          logger.error({ err: unknown, requestId: request.id }, 'request failed');
          return new TtError('INTERNAL', { requestId: request.id });
        });
    void reply.status(known.status).send(errorBody(known));
  };
  const app = Fastify({
    bodyLimit: BODY_LIMIT_BYTES,
    logger: false,
    genReqId: ({ headers }) => requestIdIn(headers),
    frameworkErrors: answerFailure,
  });
  app.setErrorHandler(answerFailure);
  const callers = new WeakMap<FastifyRequest, Caller>();
  app.addHook('onRequest', async (request, reply) => {
    reply.header(REQUEST_ID_HEADER, request.id);
    access.checkOrigin(request.headers);
    if (needsIdentity(request, rest)) callers.set(request, access.checkIdentity(request.headers));
  });
  app.get(`${API_PREFIX}/openapi.json`, () => rest.document());
  app.all(`${API_PREFIX}/*`, async (request, reply) => {
    if (!(await rest.handle(request, reply, callers.get(request) ?? nobody))) throw notFound(request);
  });
  serveProof(app, options.ownToken);
  const { metrics } = options;
  if (metrics) {
    app.get(METRICS_PATH, async (_request, reply) => reply.type(METRICS_TYPE).send(await metrics()));
  }
  if (options.windowDirectory !== null) await serveWindow(app, options.windowDirectory);
  app.setNotFoundHandler((request) => {
    throw notFound(request);
  });
  const upgraded = takeUpgrades(app, options);
  if (options.guard) guardConnections(app.server, options.guard);
  await app.listen({ host: options.host, port: options.port });
  const { port } = app.server.address() as AddressInfo;
  return {
    url: `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`,
    close: () => closeWithin(CLOSE_TIMEOUT_MS, app, upgraded),
  };
}

/**
 * Ends listening and every connection: answers under way still leave, then feeds and streams (which never end by
 * themselves, and which Node does not close) are cut.
 */
async function closeWithin(timeoutMs: number, app: FastifyInstance, upgraded: ReadonlySet<Duplex>): Promise<void> {
  const closing = app.close();
  // The answers of operations that just ended are being written in this turn of the event loop.
  await new Promise((resolve) => setImmediate(resolve));
  for (const socket of upgraded) socket.end();
  const timer = setTimeout(() => {
    for (const socket of upgraded) socket.destroy();
    app.server.closeAllConnections();
  }, timeoutMs);
  await closing;
  clearTimeout(timer);
}

/** The window itself holds no secret and must load before anybody can log in; so must the calls that log in. */
function needsIdentity(request: FastifyRequest, rest: Rest): boolean {
  const path = request.url.split('?')[0] ?? '';
  if (path === METRICS_PATH) return true;
  if (!path.startsWith(`${API_PREFIX}/`)) return false;
  return ![...openCalls].some((call) => rest.pathOf(call) === path);
}

/** A path that can't be decoded, or that leads out of the folder with the window. */
function isNoPath(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'FST_ERR_BAD_URL' || code === 'FST_STATIC_FORBIDDEN_PATH';
}

function notFound(request: FastifyRequest): TtError {
  return new TtError('ROUTE_NOT_FOUND', { method: request.method, path: request.url.split('?')[0] ?? '' });
}

/** Hands upgrades to their handlers; returns the sockets that are open. */
function takeUpgrades(
  app: FastifyInstance,
  { upgrades, isOpen, access, logger }: HttpServerOptions,
): ReadonlySet<Duplex> {
  const open = new Set<Duplex>();
  app.server.on('upgrade', (request, socket, head) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    const path = (request.url ?? '').split('?')[0] ?? '';
    const handler = upgrades.get(path);
    try {
      access.checkOrigin(request.headers);
      const caller = isOpen(path)
        ? (access.callerOf(request.headers) ?? nobody)
        : access.checkIdentity(request.headers);
      if (!handler) throw new TtError('ROUTE_NOT_FOUND', { method: 'GET', path });
      if (!isNobody(caller)) endWithIdentity(request, socket, caller, access);
      handler(request, socket, head, caller);
    } catch (error) {
      if (!(error instanceof TtError)) logger.error({ err: error }, 'upgrade failed');
      refuseUpgrade(socket, error instanceof TtError ? error : new TtError('INTERNAL', { requestId: 'upgrade' }));
    }
  });
  return open;
}

/** A socket lives as long as its caller is who they were when it opened: one who is gone, or has another role, is cut off. */
function endWithIdentity(request: IncomingMessage, socket: Duplex, caller: Caller, access: Access): void {
  const stop = access.onChange(() => {
    const now = access.callerOf(request.headers);
    if (now?.name !== caller.name || now.role !== caller.role) socket.destroy();
  });
  socket.once('close', stop);
}
