// A call of a client by its path, for links that stand between a client and its callers.
import type { TtClient } from '@tt/protocol';

export type AnyCall = (input: unknown, options: { signal?: AbortSignal }) => Promise<unknown>;

/** `path`: as `['env', 'create']`. */
export function callAt(client: TtClient, path: readonly string[]): AnyCall {
  let found: unknown = client;
  for (const name of path) found = (found as Record<string, unknown>)[name];
  return found as AnyCall;
}
