// The contract over plain HTTP: routes for curl and scripts, and the OpenAPI document generated from the same definitions.
import { OpenAPIGenerator } from '@orpc/openapi';
import { OpenAPIHandler } from '@orpc/openapi/fastify';
import { createRouterClient } from '@orpc/server';
import { ZodToJsonSchemaConverter } from '@orpc/zod/zod4';
import { API_PREFIX, contract, errorTable, fillTemplate, isErrorCode } from '@tt/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { answering } from './answering.ts';
import { askedByIn } from './asked-by.ts';
import type { CallLimits } from './call-limits.ts';
import { type BorderContext, type Endpoint, inScope } from './call-context.ts';
import type { Identified } from './access.ts';
import { nobody } from './identities.ts';
import { inOneGo } from './json-answer.ts';
import type { Logins } from './logins.ts';

export class RestApi<Context extends BorderContext> {
  readonly #endpoint: Endpoint<Context>;
  readonly #logins: Logins;
  readonly #limits: CallLimits;
  readonly #version: string;
  readonly #ownToken: string;
  readonly #handler: OpenAPIHandler<Context>;
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
    this.#handler = new OpenAPIHandler<Context>(endpoint.router, {
      // The first one is around the others: what is in them sees the answer itself.
      clientInterceptors: [(call) => call.next().then(inOneGo), answering(endpoint, limits)],
      customErrorResponseBodyEncoder: (error) => ({ ...error.toJSON(), fix: fixFor(error.code, error.data) }),
    });
  }

  /** False when no call has this method and path. */
  async handle(request: FastifyRequest, reply: FastifyReply, identified: Identified): Promise<boolean> {
    const scope = { requestId: request.id, caller: identified.caller };
    const context = this.#contextOf(request, identified);
    const { matched } = await inScope(this.#endpoint, scope, () =>
      this.#handler.handle(request, reply, { prefix: API_PREFIX, context }),
    );
    return matched;
  }

  /** Makes the call that ends a login, as anybody: the query was sent by a browser. Rejects with TtError. */
  async finishLogin(request: FastifyRequest, query: string): Promise<string> {
    const scope = { requestId: request.id, caller: nobody };
    const client = createRouterClient(this.#endpoint.router, {
      context: this.#contextOf(request, { caller: nobody, sessionId: null }),
      interceptors: [answering(this.#endpoint, this.#limits)],
    });
    const { location } = await inScope(this.#endpoint, scope, () => client.session.finishOidc({ query }));
    return location;
  }

  #contextOf(request: FastifyRequest, identified: Identified): Context {
    return this.#endpoint.contextFor({
      ...identified,
      requestId: request.id,
      peerAddress: request.socket.remoteAddress ?? null,
      fromAddress: request.socket.remoteAddress ?? null,
      askedBy: askedByIn(request.headers, this.#ownToken),
      userAgent: request.headers['user-agent'] ?? '',
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

/** Every REST failure also says what to do, for users of curl. */
function fixFor(code: string, data: unknown): string | undefined {
  return isErrorCode(code) ? fillTemplate(errorTable[code].fix, (data ?? {}) as Record<string, unknown>) : undefined;
}
