// Makes the certificates of a server: an authority of its own, and what the server presents, signed by it. The only file that
// knows the library for X.509; loaded by those who serve TLS.
import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  type JsonGeneralNames,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { SERVER_ROLE_URI } from '@tt/client/node';

const DAY_MS = 24 * 60 * 60 * 1000;
const AUTHORITY_DAYS = 3650;
export const SERVER_DAYS = 30;
/** Valid since then already: clients’ clocks are behind now and then. */
const BACKDATED_MS = DAY_MS;

/** P-256 with SHA-256: what every TLS client of the last ten years accepts (RFC 5480), browsers included. */
const KEY_ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' };
const SIGNING_ALGORITHM = { name: 'ECDSA', hash: 'SHA-256' };

/** A private key (PKCS#8) and its certificate, both PEM. */
export interface CertifiedKey {
  key: string;
  certificate: string;
}

/** Host names and IP addresses at which clients reach a server. */
export interface ServerNames {
  hostNames: readonly string[];
  addresses: readonly string[];
}

/** A new authority, valid for ten years. `name` is for people. */
export async function makeAuthority(name: string, now: Date): Promise<CertifiedKey> {
  const keys = await newKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: [{ CN: [name] }],
    ...validity(now, AUTHORITY_DAYS),
    keys,
    signingAlgorithm: SIGNING_ALGORITHM,
    extensions: [
      // It signs certificates of servers, and none that sign others.
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { key: await pemOf(keys.privateKey), certificate: certificate.toString('pem') };
}

/** What a server with these names presents, valid for 30 days. */
export async function makeServerCertificate(
  authority: CertifiedKey,
  { hostNames, addresses }: ServerNames,
  now: Date,
): Promise<CertifiedKey> {
  const keys = await newKeys();
  const signer = new X509Certificate(authority.certificate);
  const names: JsonGeneralNames = [
    { type: 'url', value: SERVER_ROLE_URI },
    ...hostNames.map((value) => ({ type: 'dns' as const, value })),
    ...addresses.map((value) => ({ type: 'ip' as const, value })),
  ];
  const extensions: Extension[] = [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
    new SubjectAlternativeNameExtension(names),
    await SubjectKeyIdentifierExtension.create(keys.publicKey),
    await AuthorityKeyIdentifierExtension.create(signer),
  ];
  const certificate = await X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: [{ CN: [hostNames[0] ?? addresses[0] ?? 'TT'] }],
    issuer: signer.subject,
    ...validity(now, SERVER_DAYS),
    publicKey: keys.publicKey,
    signingKey: await privateKeyOf(authority.key),
    signingAlgorithm: SIGNING_ALGORITHM,
    extensions,
  });
  return { key: await pemOf(keys.privateKey), certificate: certificate.toString('pem') };
}

function validity(now: Date, days: number): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(now.getTime() - BACKDATED_MS), notAfter: new Date(now.getTime() + days * DAY_MS) };
}

/** Positive, and hard to guess (RFC 5280 4.1.2.2). */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
}

function newKeys() {
  return crypto.subtle.generateKey(KEY_ALGORITHM, true, ['sign', 'verify']);
}

async function pemOf(key: Parameters<typeof crypto.subtle.exportKey>[1]): Promise<string> {
  return PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), PemConverter.PrivateKeyTag);
}

function privateKeyOf(pem: string) {
  const [der = new ArrayBuffer()] = PemConverter.decode(pem);
  return crypto.subtle.importKey('pkcs8', der, KEY_ALGORITHM, false, ['sign']);
}
