// Compares secrets in constant time.
import { hash, timingSafeEqual } from 'node:crypto';

/** SHA-256: of one length, whatever the secret has. */
export function digestOf(secret: string): Buffer {
  return hash('sha256', secret, 'buffer');
}

export function sameSecret(given: string, expected: string): boolean {
  return timingSafeEqual(digestOf(given), digestOf(expected));
}
