// What the border adds to every call of any implementation of the contract: an id for the log, the caller, and browser logins.
import type { Router } from '@orpc/server';
import type { AskedBy, Contract } from '@tt/protocol';
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
  /** The IP address of the other end of the connection, whoever it asks for; null if unknown. For the audit trail. */
  fromAddress: string | null;
  /** For whom a proxy asks, and from where; null if no proxy is between. */
  askedBy: AskedBy | null;
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

/** One call as it came: its input is not checked yet. */
export interface WitnessedCall {
  /** `env.create`: what was matched, never what a client typed. */
  name: string;
  input: unknown;
  context: BorderContext;
}

/** From where a connection came. */
export interface ConnectionOrigin {
  address: string | null;
  userAgent: string;
}

/** How REST and RPC reach an implementation of the contract. */
export interface Endpoint<Context extends BorderContext> {
  /** An oRPC router with every call of the contract. */
  router: Router<Contract, Context>;
  contextFor: (border: BorderContext) => Context;
  /** Runs one call, so that what it does can be attributed to it, e.g. in the log. */
  scope?: <Result>(request: RequestScope, run: () => Promise<Result>) => Promise<Result>;
  onInternal: (error: unknown, requestId: string) => void;
  /** Runs every call, refused ones too, to see who asked for what and how it ended. Passes on the answer, or the error. */
  witness?: <Output>(call: WitnessedCall, answer: () => Promise<Output>) => Promise<Output>;
  /** Called when a WebSocket was refused, as nobody known opened it. */
  onRefused?: (from: ConnectionOrigin, code: string) => void;
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
