// For whom a proxy asks, and from where: the server sees the proxy’s connection alone. The proxy signs what it says with the server’s
// own token, so nobody else can say it of themselves. It decides nothing: it is for the audit trail.
import { createHmac } from 'node:crypto';
import { ASKED_BY_HEADER, type AskedBy, askedBySchema } from '@tt/protocol';
import { sameSecret } from './same-secret.ts';

/** Characters; a user agent has at most 200. */
const MOST_HEADER = 2048;

/** The value of the header. `key`: the token of the server that is asked. */
export function signAskedBy(askedBy: AskedBy, key: string): string {
  const text = encodeURIComponent(JSON.stringify(askedBy));
  return `${text} ${signatureOf(text, key)}`;
}

/** null: the caller itself asks, or nobody with the key has signed it. `key`: the server’s own token. */
export function askedByIn(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  key: string,
): AskedBy | null {
  const given = headers[ASKED_BY_HEADER];
  if (typeof given !== 'string' || given.length > MOST_HEADER) return null;
  const [text = '', signature = ''] = given.split(' ');
  if (!sameSecret(signature, signatureOf(text, key))) return null;
  try {
    return askedBySchema.safeParse(JSON.parse(decodeURIComponent(text))).data ?? null;
  } catch {
    return null;
  }
}

function signatureOf(text: string, key: string): string {
  return createHmac('sha256', key).update(`${ASKED_BY_HEADER} ${text}`).digest('hex');
}
