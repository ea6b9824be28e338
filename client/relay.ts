// The contract implemented by passing every call on to another client: Electron main uses it between the window and an
// agent, the proxy between clients and agents. Inputs are checked against the contract first.
import { type AnyContractProcedure, type AnyContractRouter, isContractProcedure } from '@orpc/contract';
import { type AnyRouter, implement, ORPCError } from '@orpc/server';
import { contract, type TtClient, TtError } from '@tt/protocol';

type AnyCall = (input: unknown, options: { signal?: AbortSignal; context?: object }) => Promise<unknown>;

/**
 * A router with every call of the contract. `clientOf` is asked at each call, with its context, so the far end may change under it and be
 * another one for each caller; it throws a TtError (AGENT_UNREACHABLE) while there is none. `check` gets the context of each call before its
 * input is checked, and throws if the call must not be passed on. `passedOn` gives what goes on with it, such as who asked.
 */
export function relayRouter(
  clientOf: (context: unknown) => TtClient,
  check: (context: unknown) => void = () => {},
  passedOn: (context: unknown) => object = () => ({}),
): AnyRouter {
  return relayPart(contract, [], { clientOf, check, passedOn });
}

interface Relay {
  clientOf: (context: unknown) => TtClient;
  check: (context: unknown) => void;
  passedOn: (context: unknown) => object;
}

function relayPart(part: AnyContractRouter, path: readonly string[], relay: Relay): AnyRouter {
  if (isContractProcedure(part)) return relayCall(part, path, relay);
  return Object.fromEntries(
    Object.entries(part).map(([name, inner]) => [name, relayPart(inner as AnyContractRouter, [...path, name], relay)]),
  );
}

function relayCall(procedure: AnyContractProcedure, path: readonly string[], relay: Relay): AnyRouter {
  const { clientOf, check, passedOn } = relay;
  // As part of a router, so that the check comes before the input's.
  const checked = implement({ procedure }).use(({ context, next }) => {
    check(context);
    return next();
  });
  return checked.procedure.handler(async ({ input, signal, context }) => {
    try {
      return await callAt(clientOf(context), path)(input, { ...(signal && { signal }), context: passedOn(context) });
    } catch (error) {
      throw error instanceof TtError ? toWireError(error) : error;
    }
  });
}

/** A TtError in the form oRPC puts on the wire. */
export function toWireError(error: TtError): ORPCError<string, unknown> {
  return new ORPCError(error.code, { status: error.status, message: error.message, data: error.data, cause: error });
}

function callAt(client: TtClient, path: readonly string[]): AnyCall {
  let found: unknown = client;
  for (const name of path) found = (found as Record<string, unknown>)[name];
  return found as AnyCall;
}
