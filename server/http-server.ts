// The one listening socket of an agent or proxy: REST and OpenAPI, the RPC and stream WebSockets, and the window for browsers.
// Loopback only by default. Every request passes the same checks of URL, origin and identity first; the matched route or
// call decides whether anonymous access is allowed, and the default is no.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { API_PREFIX, TtError } from '@tt/protocol';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Identified } from './access.ts';
import { Admission } from './admission.ts';
import type { BodyPatience } from './body-pieces.ts';
import type { CallLimits } from './call-limits.ts';
import { JsonText } from './checked-texts.ts';
import { directCalls } from './direct-calls.ts';
import { type ConnectionGuard, guardConnections } from './guarded-connections.ts';
import { badUrl, errorBody, fastifyFailure, isBadUrl, notFound } from './http-errors.ts';
import { mustBeSomebody, nobody } from './identities.ts';
import { Leaving } from './leaving.ts';
import { atUnixSocket, contextOf, endAll, plainSpeaker, tlsServers } from './listening.ts';
import { serveNoWindow } from './no-window.ts';
import { REQUEST_ID_HEADER, requestIdIn } from './request-id.ts';
import { OpenAnswers } from './open-answers.ts';
import { splitTarget } from './request-target.ts';
import { type AnswerCall, JSON_TYPE, type RestAnswer } from './rest-api.ts';
import { type FinishLogin, serveLoginCallback } from './serve-login-callback.ts';
import { serveProof } from './serve-proof.ts';
import { asListenProblem } from './start-failure.ts';
import { serveWindow } from './static-window.ts';
import { takeUpgrades, type UpgradeOptions } from './take-upgrades.ts';
import { refusePlain } from './tls/plain-http.ts';
import type { TlsIdentity } from './tls/tls-identity.ts';
import type { StreamEndpoint, StreamPurpose } from './stream-socket.ts';
import { Unhurried } from './unhurried.ts';
import type { UnixPlace } from './unix-listener.ts';
import { serveUploads } from './upload-requests.ts';

/** Calls are small; files are sent as streams. */
const BODY_LIMIT_BYTES = 1024 * 1024;
/**
 * How long a client may take to send the head, and the whole, of a request; how often that is checked; and the patience with the body of an
 * upload, which replaces the limit for the whole.
 */
export interface RequestTimeouts {
  headersMs: number;
  requestMs: number;
  lookEveryMs: number;
  upload: BodyPatience;
}
const REQUEST_TIMEOUTS: RequestTimeouts = {
  headersMs: 10_000,
  requestMs: 60_000,
  lookEveryMs: 2_000,
  upload: { mostWaitMs: 60_000, leastBytesPerS: 4096 },
};
/** The path and the content type for Prometheus (exposition format, text). */
const METRICS_PATH = '/metrics';
const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';
/** Headers of every answer: it is never cached, framed, sniffed or given to a page of another origin. */
const ALWAYS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/** The REST endpoint, for any implementation of the contract. */
export interface Rest {
  /** How the call of this method and path is answered; null if there is none, or it is a feed. */
  find(method: string, path: string): AnswerCall | null;
  /** Sends the feed of this method and path; false if there is none. */
  follow(request: FastifyRequest, reply: FastifyReply, identified: Identified): Promise<boolean>;
  document(): Promise<unknown>;
  /** See {@link FinishLogin}. */
  finishLogin: FinishLogin;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who can use a route: `anybody`, or `perCall` if the call decides. Absent: authenticated callers. */
    access?: 'anybody' | 'perCall';
  }
}

export interface HttpServerOptions extends UpgradeOptions {
  /** Address to listen on. */
  host: string;
  /** 0 lets the system choose. */
  port: number;
  /** The server's own token, whose knowledge it proves (`serve-proof.ts`). */
  ownToken: string;
  rest: Rest;
  limits: CallLimits;
  /** What takes the bytes of uploads that come as requests, and by which tickets. */
  streams: StreamEndpoint<StreamPurpose>;
  /** Absent: 10 s for the head, 60 s for the whole; of an upload, 60 s of waiting that each 4 KiB make up for by a second. */
  timeouts?: RequestTimeouts;
  /** A unix socket beside the port, by plain HTTP; absent: none. */
  socket?: UnixPlace | undefined;
  /** Decides about each connection before anything is read from it; absent accepts all. Guests reach no unix sockets. */
  guard?: ConnectionGuard;
  /** Folder with the built window; null serves none. */
  windowDirectory: string | null;
  /** Text for Prometheus at `/metrics`; absent serves none. */
  metrics?: () => Promise<string>;
  /** Speaks TLS and nothing else; absent: plain HTTP, for loopback. */
  tls?: TlsIdentity | undefined;
}

export interface HttpServer {
  /** Base address as a client reaches it, e.g. `http://127.0.0.1:41234` or `https://10.0.0.5:9527`. */
  url: string;
  close(): Promise<void>;
}

/** Throws LISTEN_FAILED, and FILE_UNUSABLE for the unix socket. */
export async function listen(options: HttpServerOptions): Promise<HttpServer> {
  const { access, rest, logger, tls, timeouts = REQUEST_TIMEOUTS } = options;
  const admission = new Admission(access);
  const answers = new OpenAnswers(access);
  const asFault = (error: unknown, requestId: string): TtError => {
    logger.error({ err: error, requestId }, 'request failed');
    return new TtError('INTERNAL', { requestId });
  };
  const answerFailure = (error: unknown, request: FastifyRequest, reply: FastifyReply): void => {
    const known = isBadUrl(error)
      ? badUrl(request.raw)
      : fastifyFailure(error, BODY_LIMIT_BYTES, (unknown) => asFault(unknown, request.id));
    void reply.status(known.status).send(errorBody(known));
  };
  const settings = {
    bodyLimit: BODY_LIMIT_BYTES,
    logger: false,
    requestTimeout: timeouts.requestMs,
    genReqId: ({ headers }: IncomingMessage) => requestIdIn(headers),
    frameworkErrors: answerFailure,
  } as const;
  const { headersMs: headersTimeout, lookEveryMs: connectionsCheckingInterval } = timeouts;
  const http = { headersTimeout, connectionsCheckingInterval };
  const app = Fastify({
    ...settings,
    ...(tls ? { serverFactory: tlsServers(tls, { ...http, requestTimeout: timeouts.requestMs }) } : { http }),
  });
  app.setErrorHandler(answerFailure);
  const callers = new WeakMap<FastifyRequest, Identified>();
  const whoAsks = (request: FastifyRequest) => callers.get(request) ?? { caller: nobody, sessionId: null };
  // With `done`: an async hook would cost each request a turn of promises.
  app.addHook('onRequest', (request, reply, done) => {
    reply.header(REQUEST_ID_HEADER, request.id);
    reply.headers(ALWAYS);
    try {
      const admitted = admission.admit(request.raw);
      if (!(admitted instanceof Promise)) take(request, admitted);
      else {
        admitted.then((identified) => take(request, identified)).then(() => done(), done); // oxlint-disable-line promise/no-callback-in-promise -- fastify's hooks take one
        return;
      }
    } catch (error) {
      done(error as Error);
      return;
    }
    done();
  });
  function take(request: FastifyRequest, identified: Identified): void {
    callers.set(request, identified);
    if (request.routeOptions.config.access === undefined) mustBeSomebody(identified.caller);
  }
  app.get(`${API_PREFIX}/openapi.json`, () => rest.document());
  app.all(`${API_PREFIX}/*`, { config: { access: 'perCall' } }, async (request, reply) => {
    const identified = whoAsks(request);
    answers.enter(request.raw, reply.raw, identified);
    const [path, query] = splitTarget(request.raw.url ?? '');
    const call = rest.find(request.method, path);
    if (call) {
      const { id: requestId, raw, body } = request;
      const leaving = new Leaving(reply.raw);
      const { status, json } = await call({ requestId, raw, query, body, identified, leaving });
      reply.status(status);
      return json ? reply.header('content-type', JSON_TYPE).send(json.text) : reply.send();
    }
    if (await rest.follow(request, reply, identified)) return reply;
    mustBeSomebody(identified.caller);
    throw notFound(request);
  });
  const unhurried = new Unhurried();
  await serveUploads(app, {
    streams: options.streams,
    limits: options.limits,
    patience: timeouts.upload,
    unhurried,
    enter(request, reply) {
      const identified = whoAsks(request);
      answers.enter(request.raw, reply.raw, identified, true);
      return identified;
    },
  });
  serveProof(app, options.ownToken);
  serveLoginCallback(app, (request, query) => rest.finishLogin(request, query));
  if (tls) (await import('./tls/serve-authority.ts')).serveAuthority(app, tls, notFound);
  const { metrics } = options;
  if (metrics) {
    app.get(METRICS_PATH, async (_request, reply) => reply.type(METRICS_TYPE).send(await metrics()));
  }
  if (options.windowDirectory === null) serveNoWindow(app);
  else await serveWindow(app, options.windowDirectory);
  app.setNotFoundHandler((request) => {
    throw notFound(request);
  });
  const upgraded = takeUpgrades(app, options);
  let isClosing = false;
  const direct = directCalls({
    admission,
    answers,
    find: (method, path) => (isClosing ? null : rest.find(method, path)),
    headers: ALWAYS,
    onFault: (error, requestId) => asAnswer(asFault(error, requestId)),
  });
  before(app.server, direct);
  unhurried.guard(app.server);
  const { guard, limits } = options;
  let url = '';
  const speakPlain = plainSpeaker(app.server, tls !== undefined);
  guardConnections(app.server, async (socket) => {
    const error = limits.enterConnection(socket) ?? (await guard?.(socket)) ?? null;
    if (error) return { error };
    return tls ? refusePlain(socket, () => url) : null;
  });
  const stopFollowing = tls?.onChange((key) => app.server.setSecureContext(contextOf(key)));
  await app.listen({ host: options.host, port: options.port }).catch((error: unknown) => {
    throw asListenProblem(error, options.host, options.port);
  });
  const closeSocket = await atUnixSocket(options, speakPlain).catch(async (error: unknown) => {
    await endAll(app, upgraded);
    throw error;
  });
  const { port } = app.server.address() as AddressInfo;
  url = `${tls ? 'https' : 'http'}://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`;
  return {
    url,
    close: async () => {
      isClosing = true;
      stopFollowing?.();
      answers.close();
      await closeSocket();
      await endAll(app, upgraded);
    },
  };
}

/** Asks `take` about each request before those who listen already; they get those it does not take. */
function before(
  server: FastifyInstance['server'],
  take: (request: IncomingMessage, response: ServerResponse) => boolean,
): void {
  const listeners = server.listeners('request');
  server.removeAllListeners('request');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (!take(request, response)) for (const listener of listeners) listener.call(server, request, response);
  });
}

function asAnswer(error: TtError): RestAnswer {
  return { status: error.status, json: new JsonText(JSON.stringify(errorBody(error))) };
}
