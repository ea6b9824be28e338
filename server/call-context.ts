// What the border adds to every call of any implementation of the contract: an id for the log, the caller, and browser logins.
import type { Router } from '@orpc/server';
import type { Contract } from '@tt/protocol';
import type { Asker } from './identities.ts';
import type { Logins } from './logins.ts';

export interface BorderContext {
  /** From click to QMP: stands in every log line and in INTERNAL errors. */
  requestId: string;
  /** Who asks. `nobody` reaches the calls that anybody may make (`openCalls`), and no other. */
  caller: Asker;
  /** The session by which a browser asks; null for one who shows a token. */
  sessionId: string | null;
  /** The IP address a plain HTTP request came from; null over a WebSocket, which may be a proxy's for many. */
  peerAddress: string | null;
  /** What the client says it is; for people to tell sessions apart. */
  userAgent: string;
  logins: Logins;
  /** The WebSocket that carries the call; absent for plain HTTP. */
  socket?: object;
}

/** One call, and who asks. */
export interface RequestScope {
  requestId: string;
  caller: Asker;
}

/** How the REST and RPC doors reach an implementation of the contract. */
export interface Endpoint<Context extends BorderContext> {
  /** An oRPC router with every call of the contract. */
  router: Router<Contract, Context>;
  contextFor: (border: BorderContext) => Context;
  /** Runs one call, so that whatever it does can be told from other calls, e.g. in the log. */
  scope?: <Result>(request: RequestScope, run: () => Promise<Result>) => Promise<Result>;
  onInternal: (error: unknown, requestId: string) => void;
  /** Told of each call that ended: `env.create`, `ok` or the code of its error, and how long it took. */
  onCall?: (method: string, result: string, durationMs: number) => void;
}

/** Runs one call in the door's scope, where it has one. */
export function inScope<Result>(
  endpoint: Pick<Endpoint<BorderContext>, 'scope'>,
  request: RequestScope,
  run: () => Promise<Result>,
): Promise<Result> {
  return endpoint.scope ? endpoint.scope(request, run) : run();
}
