// A call of the contract as one function, put together when the server starts: its middlewares, the check of its input and its handler, in
// oRPC's order and with what oRPC gives them. oRPC's own client of a call puts them together for each request, with a proxy, spans and copies.
import type { AnySchema } from '@orpc/contract';
import {
  type AnyMiddleware,
  type AnyProcedure,
  createORPCErrorConstructorMap,
  middlewareOutputFn,
  ORPCError,
  ValidationError,
} from '@orpc/server';
import type { Leaving } from './leaving.ts';

/** Gives the output of the call, which nobody has checked yet. Rejects with what a middleware or the handler throws, and ORPCError BAD_REQUEST. */
export type CompiledCall = (context: object, input: unknown, leaving: Leaving) => unknown;

export function compiledCall(procedure: AnyProcedure, path: readonly string[]): CompiledCall {
  const { middlewares, handler, inputSchema, inputValidationIndex, errorMap } = procedure['~orpc'];
  const about: About = { procedure, path, errors: createORPCErrorConstructorMap(errorMap) };
  const checkAt = Math.min(Math.max(0, inputValidationIndex), middlewares.length);
  let call: CompiledCall = (context, input, leaving) => handler(new HandlerOptions(about, context, leaving, input));
  for (let index = middlewares.length; index >= 0; index--) {
    const middleware = middlewares[index];
    if (middleware) call = around(call, middleware, about);
    if (index === checkAt && inputSchema) call = afterCheck(call, inputSchema);
  }
  return call;
}

/** The same for all requests. */
interface About {
  procedure: AnyProcedure;
  path: readonly string[];
  errors: ReturnType<typeof createORPCErrorConstructorMap>;
}

/** Of a class, so that a signal is only made for the few that look at it. */
class Options {
  readonly procedure: AnyProcedure;
  readonly path: readonly string[];
  readonly errors: About['errors'];
  readonly context: object;
  readonly lastEventId = undefined;
  readonly #leaving: Leaving;

  constructor({ procedure, path, errors }: About, context: object, leaving: Leaving) {
    this.procedure = procedure;
    this.path = path;
    this.errors = errors;
    this.context = context;
    this.#leaving = leaving;
  }

  get signal(): AbortSignal {
    return this.#leaving.signal;
  }
}

class HandlerOptions extends Options {
  readonly input: unknown;

  constructor(about: About, context: object, leaving: Leaving, input: unknown) {
    super(about, context, leaving);
    this.input = input;
  }
}

type Next = (options?: { context?: object }) => Promise<{ output: unknown; context: object }>;

class MiddlewareOptions extends Options {
  readonly next: Next;

  constructor(about: About, context: object, leaving: Leaving, next: Next) {
    super(about, context, leaving);
    this.next = next;
  }
}

function around(inner: CompiledCall, middleware: AnyMiddleware, about: About): CompiledCall {
  return async (context, input, leaving) => {
    const next: Next = async (options) => {
      const more = options?.context;
      const output = await inner(more ? { ...context, ...more } : context, input, leaving);
      return { output, context: more ?? {} };
    };
    // oRPC's types are of one call; this is of any.
    const options = new MiddlewareOptions(about, context, leaving, next) as unknown as Parameters<AnyMiddleware>[0];
    const { output } = await middleware(options, input, middlewareOutputFn as Parameters<AnyMiddleware>[2]);
    return output;
  };
}

function afterCheck(inner: CompiledCall, schema: AnySchema): CompiledCall {
  return async (context, input, leaving) => {
    const result = await schema['~standard'].validate(input);
    if (!result.issues) return inner(context, result.value, leaving);
    const { issues } = result;
    const message = 'Input validation failed';
    const cause = new ValidationError({ message, issues, data: input });
    throw new ORPCError('BAD_REQUEST', { message, data: { issues }, cause });
  };
}
