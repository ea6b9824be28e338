// What anybody may know of a server's authority: its certificate as a file, and a page that explains it to people with browsers.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { TtError } from '@tt/protocol';
import {
  AUTHORITY_FILE_NAME,
  AUTHORITY_FILE_PATH,
  AUTHORITY_PAGE_PATH,
  authorityPage,
  languageIn,
} from './authority-page.ts';
import type { TlsIdentity } from './tls-identity.ts';

/** What browsers offer to import (the type that Netscape gave certificates of authorities). */
const FILE_TYPE = 'application/x-x509-ca-cert';

/** `notFound`: for an administrator's certificate that ends at an authority which this server does not have. */
export function serveAuthority(
  app: FastifyInstance,
  tls: Pick<TlsIdentity, 'pinned'>,
  notFound: (request: FastifyRequest) => TtError,
): void {
  const pinned = (request: FastifyRequest) => {
    if (tls.pinned === null) throw notFound(request);
    return tls.pinned;
  };
  app.get(AUTHORITY_FILE_PATH, { config: { access: 'anybody' } }, async (request, reply) =>
    reply
      .type(FILE_TYPE)
      .header('content-disposition', `attachment; filename="${AUTHORITY_FILE_NAME}"`)
      .send(pinned(request).authority),
  );
  app.get(AUTHORITY_PAGE_PATH, { config: { access: 'anybody' } }, async (request, reply) => {
    const page = authorityPage(pinned(request).fingerprint, languageIn(request.headers['accept-language']));
    return reply.headers(page.headers).send(page.html);
  });
}
