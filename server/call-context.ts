// What the border adds to every call, whoever implements the contract: an id for the log, headers, and the way in for browsers.
import type { Router } from '@orpc/server';
import type { Contract } from '@tt/protocol';
import type { JoinCodes } from './join-codes.ts';

export interface BorderContext {
  /** From click to QMP: stands in every log line and in INTERNAL errors. */
  requestId: string;
  joinCodes: JoinCodes;
  /** Headers of the HTTP answer; undefined over a WebSocket. */
  resHeaders?: Headers;
}

/** How the REST and RPC doors reach an implementation of the contract. */
export interface Door<Context extends BorderContext> {
  /** An oRPC router with every call of the contract. */
  router: Router<Contract, Context>;
  contextFor: (requestId: string) => Context;
  onInternal: (error: unknown, requestId: string) => void;
}
