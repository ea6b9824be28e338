// Proves to clients of this computer that this server knows the token, before they send it.
import { PROOF_PATH, proofFor } from '@tt/client/node';
import { TtError } from '@tt/protocol';
import type { FastifyInstance } from 'fastify';

/** Open to everyone; an answer reveals nothing about the token. */
export function serveProof(app: FastifyInstance, token: string): void {
  app.get(PROOF_PATH, { config: { access: 'anybody' } }, async (request, reply) => {
    // Bound to the address of the connection, which a unix socket has none of.
    const proof = request.socket.localAddress === undefined ? null : proofFor(request.raw, token);
    if (proof === null) throw new TtError('ROUTE_NOT_FOUND', { method: request.method, path: PROOF_PATH });
    return reply.type('text/plain').send(proof);
  });
}
