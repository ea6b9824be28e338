// Test support: which calls of a router run for an anonymous caller, without a border in front.
import { type AnyRouter, createRouterClient } from '@orpc/server';
import { contract } from '@tt/protocol';
import { nobody } from '@tt/server';

type AnyCall = (input: unknown) => Promise<unknown>;

/** The names of all calls of the contract that are not refused with UNAUTHORIZED, sorted. */
export async function callsOfNobody(router: AnyRouter): Promise<string[]> {
  const client = createRouterClient(router, { context: { caller: nobody } }) as Record<string, Record<string, AnyCall>>;
  const names = Object.entries(contract).flatMap(([group, members]) =>
    Object.keys(members).map((name) => [group, name] as const),
  );
  const said = await Promise.all(
    names.map(async ([group, name]) => {
      const code = await client[group]?.[name]?.({}).then(
        () => null,
        (error: unknown) => (error as { code?: unknown }).code,
      );
      return code === 'UNAUTHORIZED' ? [] : [`${group}.${name}`];
    }),
  );
  return said.flat().toSorted();
}
