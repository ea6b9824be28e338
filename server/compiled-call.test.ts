// A call as one function, beside oRPC's own client of it: the same steps in the same order, with the same contexts, answers and failures.
import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { type AnyProcedure, createProcedureClient, ORPCError, os, ValidationError } from '@orpc/server';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { compiledCall } from './compiled-call.ts';
import { Leaving } from './leaving.ts';

const PATH = ['group', 'call'];
const base = os.$context<{ steps: string[]; name: string }>();
const input = z.object({ number: z.number().default(3) });

const outer = base.use(async ({ context, path, next }) => {
  context.steps.push(`outer of ${path.join('.')} for ${context.name}`);
  try {
    const result = await next({ context: { name: 'inner', more: 1 } });
    context.steps.push(`answered ${JSON.stringify(result)}`);
    return result;
  } catch (error) {
    context.steps.push('failed');
    throw error;
  }
});
const plain = outer.use(({ context, next }) => {
  context.steps.push(`plain for ${context.name}`);
  return next();
});
const refusing = outer.use(({ context, next }) => {
  if (context.name === 'inner') throw new ORPCError('FORBIDDEN');
  return next();
});
const replaced = outer.use(async (_options, _input, output) => output('from a middleware'));
const last = os.$context<{ steps: string[]; name: string }>().input(input);

const calls: Record<string, AnyProcedure> = {
  alone: base.handler(({ context, path }) => [context.name, path]),
  inOrder: plain.handler(({ context, input: given }) => ({ ...context, given })),
  checkedInside: plain.input(input).handler(({ context, input: { number } }) => [context.name, number]),
  checkedFirst: last
    .use(({ context, next }, { number }) => next({ context: { name: `${context.name}${number}` } }))
    .handler(({ context }) => context.name),
  refused: refusing.handler(() => 'never'),
  replaced: replaced.handler(() => 'never'),
  failing: plain.handler(() => {
    throw new Error('of the handler');
  }),
  late: plain.handler(async () => {
    await Promise.resolve();
    return null;
  }),
};

function leaving(): Leaving {
  return new Leaving(Object.assign(new EventEmitter(), { closed: false }) as unknown as ServerResponse);
}

async function outcomeOf(run: (context: object) => unknown) {
  const steps: string[] = [];
  try {
    return { steps, output: await run({ steps, name: 'outer' }) };
  } catch (error) {
    const { code, data, cause, message } = error as ORPCError<string, unknown>;
    const issues = cause instanceof ValidationError ? cause.issues : null;
    return { steps, code, data, message, issues, isCoded: error instanceof ORPCError };
  }
}

it.each(
  Object.keys(calls).flatMap((name) => [undefined, {}, { number: 5 }, { number: 'x' }].map((given) => [name, given])),
)('%s with %j', async (name, given) => {
  const procedure = calls[name as string] as AnyProcedure;
  const call = compiledCall(procedure, PATH);
  const client = createProcedureClient(procedure, { path: PATH, context: (context: object) => context });
  const ours = await outcomeOf(async (context) => call(context, given, leaving()));
  const theirs = await outcomeOf((context) =>
    (client as (input: unknown, options: object) => unknown)(given, { context }),
  );
  expect(ours).toEqual(theirs);
});

it('a call that asks learns that its client has left; one that asks too late, at once', async () => {
  const response = Object.assign(new EventEmitter(), { closed: false, writableFinished: false });
  const call = compiledCall(base.handler(({ signal }) => signal) as AnyProcedure, PATH);
  const asked = (of: Leaving) => call({ steps: [], name: '' }, undefined, of) as Promise<AbortSignal>;
  const signal = await asked(new Leaving(response as unknown as ServerResponse));
  expect(signal.aborted).toBe(false);
  response.closed = true;
  response.emit('close');
  expect(signal.aborted).toBe(true);
  expect((await asked(new Leaving(response as unknown as ServerResponse))).aborted).toBe(true);
  response.writableFinished = true;
  expect((await asked(new Leaving(response as unknown as ServerResponse))).aborted).toBe(false);
});
