// The fingerprint of the authority that clients pin, for links: whoever takes one that carries it has nothing to compare.

const CERTIFICATE = /-----BEGIN CERTIFICATE-----([\s\S]+?)-----END CERTIFICATE-----/;

/** SHA-256 of a certificate (PEM): 64 hexadecimal digits. Rejects for what is none. */
export async function fingerprintOfPem(pem: string): Promise<string> {
  const base64 = CERTIFICATE.exec(pem)?.[1];
  if (base64 === undefined) throw new Error('not a certificate');
  const der = Uint8Array.from(atob(base64.replaceAll(/\s/g, '')), (char) => char.charCodeAt(0));
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', der));
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Of the server of a page at `origin`; null if there is nothing to pin: plain HTTP, or an authority that is not the server's own. */
export async function fingerprintOfPage(origin: string, load: typeof fetch = fetch): Promise<string | null> {
  if (!origin.startsWith('https:')) return null;
  const answer = await load(`${origin}/ca.pem`);
  if (answer.status === 404) return null;
  if (!answer.ok) throw new Error(`the server answers ${answer.status}`);
  return fingerprintOfPem(await answer.text());
}
