// What the peers of the TLS bench present: a certificate of the same kind as the agent makes for itself.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makeAuthority, makeServerCertificate } from '../../server/tls/certificates.ts';

export interface BenchCertificate {
  /** PEM. */
  authority: string;
  certificateFile: string;
  keyFile: string;
  /** Both in one, as haproxy takes them. */
  bothFile: string;
}

export async function makeBenchCertificate(folder: string): Promise<BenchCertificate> {
  const now = new Date();
  const authority = await makeAuthority('TT bench', now);
  const names = { hostNames: ['localhost'], addresses: ['127.0.0.1'] };
  const { certificate, key } = await makeServerCertificate(authority, names, now);
  const chain = `${certificate.trim()}\n${authority.certificate.trim()}\n`;
  const fileOf = (name: string) => path.join(folder, name);
  const [certificateFile, keyFile, bothFile] = [fileOf('peer.crt'), fileOf('peer.key'), fileOf('peer.pem')];
  await writeFile(certificateFile, chain);
  await writeFile(keyFile, key, { mode: 0o600 });
  await writeFile(bothFile, `${chain}${key}`, { mode: 0o600 });
  return { authority: authority.certificate, certificateFile, keyFile, bothFile };
}
