// A text of its own in every string of every input and answer: only those of names and ids that the table lists get into the
// trail, however the call ends.
import { isContractProcedure } from '@orpc/contract';
import { auditRuleOf, contract, PLAIN_READ } from '@tt/protocol';
import { type BorderContext, nobody } from '@tt/server';
import { expect, it } from 'vitest';
import { z } from 'zod';
import type { NewEntry } from './audit-database.ts';
import { AuditWitness } from './audit-witness.ts';

/** What it looks like could be a name, so nothing but the table keeps it out. */
const marker = (place: string) => `secret-${place.replaceAll(/[^A-Za-z0-9.]/g, '-')}`;

interface JsonSchema {
  type?: string | string[];
  properties?: Record<string, JsonSchema>;
  additionalProperties?: JsonSchema | boolean;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  $ref?: string;
  $defs?: Record<string, JsonSchema>;
}

/** A value of this form with a marker in each of its strings; `pick` chooses among alternatives. */
function marked(schema: JsonSchema, place: string, pick: number, root: JsonSchema, depth = 0): unknown {
  if (depth > 12) return null;
  const within = (inner: JsonSchema, at: string) => marked(inner, at, pick, root, depth + 1);
  if (schema.$ref) return within(root.$defs?.[schema.$ref.split('/').at(-1) ?? ''] ?? {}, place);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return within(choices[pick % choices.length] ?? {}, place);
  if (schema.allOf) return Object.assign({}, ...schema.allOf.map((one) => within(one, place)));
  if (schema.properties || schema.type === 'object') {
    const fields = Object.entries(schema.properties ?? {});
    const open = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : null;
    return {
      ...Object.fromEntries(
        fields.map(([name, inner]) => [name, within(inner, place === '' ? name : `${place}.${name}`)]),
      ),
      ...(open && { [marker(`${place}.key`)]: within(open, `${place}.value`) }),
    };
  }
  if (schema.items || schema.type === 'array') return [within(schema.items ?? {}, place)];
  return schema.type === 'number' || schema.type === 'integer' || schema.type === 'boolean' ? 1 : marker(place);
}

const calls = Object.entries(contract).flatMap(([group, methods]) =>
  Object.entries(methods as Record<string, unknown>).flatMap(([method, procedure]) => {
    if (!isContractProcedure(procedure)) return [];
    const { inputSchema, outputSchema } = procedure['~orpc'];
    return [{ name: `${group}.${method}`, inputSchema, outputSchema }];
  }),
);

function allMarked(schema: unknown, io: 'input' | 'output'): unknown[] {
  if (!(schema instanceof z.ZodType)) return [undefined];
  const form = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as JsonSchema;
  return [0, 1, 2, 3].map((pick) => marked(form, '', pick, form));
}

const entries: NewEntry[] = [];
const witness = new AuditWitness({
  trail: { note: (entry) => void entries.push(entry) },
  inventory: {
    findVm: () => null,
    hasEnv: () => false,
    env: () => {
      throw new Error('there is none');
    },
  },
  now: () => new Date(0),
});

const context = {
  requestId: 'r',
  caller: { name: 'ann', role: 'user' },
  sessionId: null,
  peerAddress: null,
  fromAddress: '192.0.2.1',
  askedBy: null,
  userAgent: 'test',
} as unknown as BorderContext;

const endings: [string, (output: unknown) => Promise<unknown>][] = [
  ['ok', (output) => Promise.resolve(output)],
  ['ENV_NOT_YOURS', () => Promise.reject(Object.assign(new Error(marker('message')), { code: 'ENV_NOT_YOURS' }))],
  ['INPUT_INVALID', () => Promise.reject(Object.assign(new Error(marker('message')), { code: 'INPUT_INVALID' }))],
  ['failed', () => Promise.reject(new Error(marker('message')))],
];

it.each(calls)('$name', async ({ name, inputSchema, outputSchema }) => {
  const rule = auditRuleOf(name);
  const [outputs, inputs] = [allMarked(outputSchema, 'output'), allMarked(inputSchema, 'input')];
  for (const [result, answer] of endings) {
    for (const [index, input] of inputs.entries()) {
      entries.length = 0;
      await witness.call({ name, input, context }, () => answer(outputs[index])).catch(() => {});
      const found = JSON.stringify(entries).match(/secret-[A-Za-z0-9.-]*/g) ?? [];
      const listed = rule === PLAIN_READ || result === 'INPUT_INVALID' ? [] : placesOf(rule, result);
      expect(found.filter((one) => !listed.includes(one))).toEqual([]);
    }
  }
});

function placesOf(rule: Exclude<ReturnType<typeof auditRuleOf>, typeof PLAIN_READ>, result: string): string[] {
  const answers = result === 'ok' ? Object.keys(rule.answer ?? {}) : [];
  return [...Object.keys(rule.names), ...answers].map(marker);
}

it('nothing of a call of nobody known is written but the call', async () => {
  entries.length = 0;
  const refused = Object.assign(new Error('no'), { code: 'UNAUTHORIZED' });
  const anonymous = { ...context, caller: nobody };
  await witness
    .call({ name: 'env.delete', input: { name: marker('name') }, context: anonymous }, () => Promise.reject(refused))
    .catch(() => {});
  expect(entries).toMatchObject([{ actor: 'nobody', call: 'env.delete', result: 'UNAUTHORIZED', subject: {} }]);
});
