// The table of audited calls: complete, only names and ids of fields that are there, and no change that leaves no trace.
import { isContractProcedure } from '@orpc/contract';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { auditedCalls, auditRuleOf, PLAIN_READ } from './audited-calls.ts';
import { contract } from './contract.ts';

const calls = Object.entries(contract).flatMap(([group, methods]) =>
  Object.entries(methods as Record<string, unknown>).map(([method, procedure]) => {
    if (!isContractProcedure(procedure)) throw new Error(`${group}.${method} is no call`);
    return { name: `${group}.${method}`, procedure: procedure['~orpc'] };
  }),
);

it('names the calls of the contract, all of them and no other', () => {
  const named = Object.entries(auditedCalls).flatMap(([group, methods]) =>
    Object.keys(methods).map((method) => `${group}.${method}`),
  );
  expect(named.toSorted()).toEqual(calls.map(({ name }) => name).toSorted());
});

it('a call that is not there yet is audited, without its arguments', () => {
  expect(auditRuleOf('env.noSuchCall')).toEqual({ names: {} });
  expect(auditRuleOf('constructor.name')).toEqual({ names: {} });
});

it('only reads are plain reads', () => {
  const silent = calls.filter(
    ({ name, procedure: { route } }) => auditRuleOf(name) === PLAIN_READ && route.method !== 'GET',
  );
  // They say what would happen.
  expect(silent.map(({ name }) => name)).toEqual(['env.planClone', 'snapshot.planFork']);
});

/** The schema at a path like `env.name`; null: there is none. */
function schemaAt(schema: unknown, place: string): z.ZodType | null {
  let found = schema;
  for (const part of place.split('.')) {
    while (found instanceof z.ZodOptional) found = found.unwrap();
    found = found instanceof z.ZodObject ? (found.shape as Record<string, unknown>)[part] : undefined;
  }
  return (found as z.ZodType | undefined) ?? null;
}

it('takes names and ids only, from fields that are there', () => {
  const good = /(^|\.)(name|newName|giveTo|id|medium|user|team|kind|channel|which|[a-z]+Name|[a-z]+Ids?)$/;
  const odd = calls.flatMap(({ name, procedure: { inputSchema, outputSchema } }) => {
    const rule = auditRuleOf(name);
    if (rule === PLAIN_READ) return [];
    const fields = [
      ...Object.keys(rule.names).map((place) => ({ place, schema: inputSchema })),
      ...Object.keys(rule.answer ?? {}).map((place) => ({ place, schema: outputSchema })),
    ];
    return fields
      .filter(({ place, schema }) => !good.test(place) || schemaAt(schema, place) === null)
      .map(({ place }) => `${name}: ${place}`);
  });
  expect(odd).toEqual([]);
});
