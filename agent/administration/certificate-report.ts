// What a server presents over TLS, for its administrators.
import { X509Certificate } from 'node:crypto';
import { fingerprintOf } from '@tt/client/node';
import type { ServerCertificate } from '@tt/protocol';
import type { TlsIdentity } from '@tt/server';

/** `files`: of the administrator; null for a certificate of the agent itself. */
export function certificateReport(
  identity: Pick<TlsIdentity, 'current' | 'pinned' | 'renewsAt'>,
  files: readonly string[] | null,
): ServerCertificate {
  // The first of the chain is the one that is presented.
  const certificate = new X509Certificate(identity.current.cert);
  return {
    origin: files === null ? 'own' : 'administrator',
    subject: inOneLine(certificate.subject),
    issuer: inOneLine(certificate.issuer),
    names: (certificate.subjectAltName ?? '').split(', ').filter((name) => name !== ''),
    fingerprint: fingerprintOf(certificate.raw),
    authorityFingerprint: identity.pinned?.fingerprint ?? null,
    validFrom: new Date(certificate.validFrom).toISOString(),
    validTo: new Date(certificate.validTo).toISOString(),
    renewAt: identity.renewsAt?.toISOString() ?? null,
    files: [...(files ?? [])],
  };
}

/** `CN=tt\nO=us` -> `CN=tt, O=us` */
function inOneLine(name: string): string {
  return name.split('\n').join(', ');
}
