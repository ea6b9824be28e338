// What the border adds to every call of any implementation of the contract: an id for the log, the caller, and browser logins.
import type { Router } from '@orpc/server';
import type { Contract } from '@tt/protocol';
import type { Asker } from './identities.ts';
import type { Logins } from './logins.ts';

export interface BorderContext {
  /** From click to QMP: part of every log line and of INTERNAL errors. */
  requestId: string;
  /** The caller. `nobody` can only make anonymous calls (`openCalls`). */
  caller: Asker;
  /** The session of a browser; null for a caller with a token. */
  sessionId: string | null;
  /** The credential of a caller whom another server knows; absent for all others. */
  elsewhere?: string;
  /** The IP address of a plain HTTP request; null over a WebSocket, which may be a proxy's and shared by many. */
  peerAddress: string | null;
  /** How the client describes itself, so that users can tell sessions apart. */
  userAgent: string;
  logins: Logins;
  /** The WebSocket that carries the call; absent for plain HTTP. */
  socket?: object;
}

/** One call and its caller. */
export interface RequestScope {
  requestId: string;
  caller: Asker;
}

/** How REST and RPC reach an implementation of the contract. */
export interface Endpoint<Context extends BorderContext> {
  /** An oRPC router with every call of the contract. */
  router: Router<Contract, Context>;
  contextFor: (border: BorderContext) => Context;
  /** Runs one call, so that what it does can be attributed to it, e.g. in the log. */
  scope?: <Result>(request: RequestScope, run: () => Promise<Result>) => Promise<Result>;
  onInternal: (error: unknown, requestId: string) => void;
  /** Called when a call has ended: `env.create`, `ok` or the code of its error, and how long it took. */
  onCall?: (method: string, result: string, durationMs: number) => void;
}

/** Runs one call in the scope of its endpoint, if the endpoint has one. */
export function inScope<Result>(
  endpoint: Pick<Endpoint<BorderContext>, 'scope'>,
  request: RequestScope,
  run: () => Promise<Result>,
): Promise<Result> {
  return endpoint.scope ? endpoint.scope(request, run) : run();
}
