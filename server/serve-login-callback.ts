// Where browsers come back from an OpenID provider. Nothing is decided here: what the provider sent goes to the call that ends the login,
// and the browser goes on to where that says.
import { LOGIN_CALLBACK_PATH, UNKNOWN_LOGIN } from '@tt/protocol';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** Ends a login with the query of the address; gives where the browser goes on. Rejects with TtError. */
export type FinishLogin = (request: FastifyRequest, query: string) => Promise<string>;

/** Open to everyone: a login that nobody began ends at the window, which says so. */
export function serveLoginCallback(app: FastifyInstance, finish: FinishLogin): void {
  app.get(LOGIN_CALLBACK_PATH, { config: { access: 'anybody' } }, async (request, reply) => {
    const [, query = ''] = (request.raw.url ?? '').split('?');
    const location = await finish(request, query).catch(() => `/#login=${UNKNOWN_LOGIN}`);
    return reply.redirect(location, 303);
  });
}
