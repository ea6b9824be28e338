// Secrets: hashed, and compared in constant time.
import { hash, timingSafeEqual } from 'node:crypto';

/** What a client shows: a token, or the secret of a session. However often it is looked up, it is hashed once. */
export class Credential {
  readonly text: string;
  #digest: Buffer | null = null;
  #hex: string | null = null;

  constructor(text: string) {
    this.text = text;
  }

  /** SHA-256. */
  get digest(): Buffer {
    this.#digest ??= digestOf(this.text);
    return this.#digest;
  }

  get hex(): string {
    this.#hex ??= this.digest.toString('hex');
    return this.#hex;
  }
}

/** SHA-256: of one length, whatever the secret has. */
export function digestOf(secret: string): Buffer {
  return hash('sha256', secret, 'buffer');
}

export function sameSecret(given: string, expected: string): boolean {
  return timingSafeEqual(digestOf(given), digestOf(expected));
}
