// The fingerprint of an authority: what people compare, links carry, and clients pin (decision 0090).
import { createHash, timingSafeEqual, X509Certificate } from 'node:crypto';

/** SHA-256 of a certificate (PEM, or its DER form): 64 hexadecimal digits in lower case. */
export function fingerprintOf(certificate: string | Buffer): string {
  const der = typeof certificate === 'string' ? new X509Certificate(certificate).raw : certificate;
  return createHash('sha256').update(der).digest('hex');
}

/** As people compare it: sixteen groups of four. */
export function fingerprintText(fingerprint: string): string {
  return (fingerprint.match(/.{4}/g) ?? []).join(' ');
}

/** A fingerprint as somebody typed or pasted it: with spaces, colons, capitals or `sha256:` before it. null if it is none. */
export function readFingerprint(text: string): string | null {
  const digits = text
    .trim()
    .replace(/^sha-?256[:=]/i, '')
    .replaceAll(/[\s:]/g, '')
    .toLowerCase();
  return /^[0-9a-f]{64}$/.test(digits) ? digits : null;
}

export function isSameFingerprint(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
}
