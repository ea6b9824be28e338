// Test support: a client that records every failure whose code its call does not declare in the contract.
import { type AnyContractRouter, isContractProcedure } from '@orpc/contract';
import { contract, type TtClient, TtError } from '@tt/protocol';

/** The same client; `onUndeclared` is told of codes that a call's part of the contract does not name. */
export function declaredOnly(client: TtClient, onUndeclared: (fault: string) => void): TtClient {
  return wrap(contract, client, [], onUndeclared) as TtClient;
}

function wrap(
  part: AnyContractRouter,
  client: unknown,
  path: string[],
  onUndeclared: (fault: string) => void,
): unknown {
  if (!isContractProcedure(part)) {
    return Object.fromEntries(
      Object.entries(part).map(([name, inner]) => [
        name,
        wrap(inner as AnyContractRouter, (client as Record<string, unknown>)[name], [...path, name], onUndeclared),
      ]),
    );
  }
  const declared = part['~orpc'].errorMap;
  const call = client as (...args: unknown[]) => Promise<unknown>;
  return async (...args: unknown[]) => {
    try {
      return await call(...args);
    } catch (error) {
      const code = error instanceof TtError ? error.code : String(error);
      if (!(code in declared)) onUndeclared(`${path.join('.')} failed with ${code}, which it does not declare`);
      throw error;
    }
  };
}
