// The contract over plain HTTP: routes for curl and scripts, and the OpenAPI document generated from the same definitions. Calls that
// answer with JSON are found and answered here, feeds by oRPC; either way what the contract’s implementation says of a call is run, inside `answering`.
import type { IncomingMessage } from 'node:http';
import { OpenAPIGenerator } from '@orpc/openapi';
import { OpenAPIHandler } from '@orpc/openapi/fastify';
import { StandardBracketNotationSerializer } from '@orpc/openapi-client/standard';
import { createRouterClient, ORPCError, validateORPCError } from '@orpc/server';
import { ZodToJsonSchemaConverter } from '@orpc/zod/zod4';
import { API_PREFIX, auditRuleOf, contract, errorTable, fillTemplate, isErrorCode, PLAIN_READ } from '@tt/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { answering } from './answering.ts';
import { askedByIn } from './asked-by.ts';
import type { CallLimits } from './call-limits.ts';
import { type BorderContext, type Endpoint, inScope } from './call-context.ts';
import type { Identified } from './access.ts';
import { CheckedTexts, JsonText } from './checked-texts.ts';
import { compiledCall } from './compiled-call.ts';
import { nobody } from './identities.ts';
import type { Leaving } from './leaving.ts';
import type { Logins } from './logins.ts';
import { type Found, isFeed, restCallsOf, RestRoutes } from './rest-routes.ts';

/** Of each answer that is JSON. */
export const JSON_TYPE = 'application/json; charset=utf-8';

/** A call whose answer is JSON. */
interface JsonCall<Context> {
  successStatus: number;
  /** Whether its input is in the query; else it is in the body. */
  hasQuery: boolean;
  execute: (context: Context, input: unknown, leaving: Leaving) => Promise<JsonText | undefined>;
}

/** A request as far as a call needs it. */
export interface Asking {
  requestId: string;
  raw: IncomingMessage;
  /** Of the address, behind the question mark. */
  query: string;
  /** What was sent, parsed. */
  body?: unknown;
  identified: Identified;
  leaving: Leaving;
}

export interface RestAnswer {
  status: number;
  /** Absent: it is empty. */
  json?: JsonText | undefined;
}

/** Answers a call that was found: with its output or its error. */
export type AnswerCall = (asking: Asking) => Promise<RestAnswer>;

export class RestApi<Context extends BorderContext> {
  readonly #endpoint: Endpoint<Context>;
  readonly #logins: Logins;
  readonly #limits: CallLimits;
  readonly #version: string;
  readonly #ownToken: string;
  readonly #routes = new RestRoutes<JsonCall<Context>>();
  readonly #queries = new StandardBracketNotationSerializer();
  readonly #feeds: OpenAPIHandler<Context>;
  #document: Promise<unknown> | null = null;

  /** `version` is shown in the OpenAPI document. `ownToken`: the server's, which proxies know too. */
  constructor(
    endpoint: Endpoint<Context>,
    logins: Logins,
    limits: CallLimits,
    { version, ownToken }: { version: string; ownToken: string },
  ) {
    this.#endpoint = endpoint;
    this.#logins = logins;
    this.#limits = limits;
    this.#version = version;
    this.#ownToken = ownToken;
    const border = answering(endpoint, limits);
    for (const { method, pattern, path, procedure, successStatus } of restCallsOf(endpoint.router)) {
      const texts = new CheckedTexts(procedure, auditRuleOf(path.join('.')) === PLAIN_READ);
      const call = compiledCall(procedure, path);
      const { errorMap } = procedure['~orpc'];
      const execute: JsonCall<Context>['execute'] = async (context, input, leaving) => {
        // The border sees the answer itself, and that one is not what the contract says as a failure of its call.
        const next = async () => texts.checked(await call(context, input, leaving));
        try {
          return texts.textOf(await border({ context, path, input, next }));
        } catch (error) {
          throw error instanceof ORPCError ? await validateORPCError(errorMap, error) : error;
        }
      };
      this.#routes.add(method, pattern, { successStatus, hasQuery: method === 'GET', execute });
    }
    this.#feeds = new OpenAPIHandler<Context>(endpoint.router, {
      filter: ({ contract: call }) => isFeed(call),
      clientInterceptors: [border],
      customErrorResponseBodyEncoder: bodyOf,
    });
  }

  /** How the call of this method and path is answered; null if there is none, or it is a feed. `path` in its normal form, e.g. `/api/envs`. */
  find(method: string, path: string): AnswerCall | null {
    const found = this.#routes.find(method, path.slice(API_PREFIX.length));
    return found && ((asking) => this.#answer(found, asking));
  }

  /** Sends the feed of this method and path; false if there is none. */
  async follow(request: FastifyRequest, reply: FastifyReply, identified: Identified): Promise<boolean> {
    const scope = { requestId: request.id, caller: identified.caller };
    const context = this.#contextOf(request.raw, request.id, identified);
    const { matched } = await inScope(this.#endpoint, scope, () =>
      this.#feeds.handle(request, reply, { prefix: API_PREFIX, context }),
    );
    return matched;
  }

  /** Makes the call that ends a login, as anybody: the query was sent by a browser. Rejects with TtError. */
  async finishLogin(request: FastifyRequest, query: string): Promise<string> {
    const scope = { requestId: request.id, caller: nobody };
    const client = createRouterClient(this.#endpoint.router, {
      context: this.#contextOf(request.raw, request.id, { caller: nobody, sessionId: null }),
      interceptors: [answering(this.#endpoint, this.#limits)],
    });
    const { location } = await inScope(this.#endpoint, scope, () => client.session.finishOidc({ query }));
    return location;
  }

  async #answer({ call, parameters }: Found<JsonCall<Context>>, asking: Asking): Promise<RestAnswer> {
    const { requestId, raw, query, body, identified, leaving } = asking;
    const input = inputOf(call.hasQuery ? this.#inQuery(query) : body, parameters);
    const context = this.#contextOf(raw, requestId, identified);
    const scope = { requestId, caller: identified.caller };
    try {
      const json = await inScope(this.#endpoint, scope, () => call.execute(context, input, leaving));
      return { status: call.successStatus, json };
    } catch (error) {
      // `answering` lets out nothing else.
      if (!(error instanceof ORPCError)) throw error;
      return { status: error.status, json: new JsonText(JSON.stringify(bodyOf(error))) };
    }
  }

  #inQuery(query: string): unknown {
    return query === '' ? {} : this.#queries.deserialize(Array.from(new URLSearchParams(query)));
  }

  #contextOf({ socket, headers }: IncomingMessage, requestId: string, identified: Identified): Context {
    const address = socket.remoteAddress ?? null;
    return this.#endpoint.contextFor({
      ...identified,
      requestId,
      peerAddress: address,
      fromAddress: address,
      askedBy: askedByIn(headers, this.#ownToken),
      userAgent: headers['user-agent'] ?? '',
      logins: this.#logins,
    });
  }

  /** The OpenAPI 3.1 document, made once. */
  document(): Promise<unknown> {
    this.#document ??= new OpenAPIGenerator({ schemaConverters: [new ZodToJsonSchemaConverter()] }).generate(contract, {
      info: {
        title: 'TT',
        version: this.#version,
        description: 'ENVs, VMs, snapshots and consoles. An agent and a proxy speak the identical API.',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: API_PREFIX }],
      security: [{ bearer: [] }],
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
    });
    return this.#document;
  }
}

/** As oRPC's codec does: the parameters of the path go before fields of the same name. */
function inputOf(data: unknown, parameters: Readonly<Record<string, string>> | null): unknown {
  if (parameters === null) return data;
  return typeof data === 'object' && data !== null && !Array.isArray(data) ? { ...data, ...parameters } : parameters;
}

function bodyOf(error: ORPCError<string, unknown>): object {
  return { ...error.toJSON(), fix: fixFor(error.code, error.data) };
}

/** Every REST failure also says what to do, for users of curl. */
function fixFor(code: string, data: unknown): string | undefined {
  return isErrorCode(code) ? fillTemplate(errorTable[code].fix, (data ?? {}) as Record<string, unknown>) : undefined;
}
