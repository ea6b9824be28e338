// How the agent asks an OpenID provider: to addresses of the provider alone, without following redirects, within a time and a size, and
// with the authorities of a company beside the usual ones.
import { once } from 'node:events';
import { request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { getCACertificates } from 'node:tls';

const TIMEOUT_MS = 10_000;
/** Of one answer: keys and claims take some KiB. */
const MOST_BYTES = 1024 * 1024;
/** Statuses whose answers have no body (Fetch standard). */
const WITHOUT_BODY = new Set([204, 205, 304]);

/** No answer came, or none that can be read. */
export class ProviderUnreachable extends Error {}

export interface ProviderRequest {
  method: string;
  headers: Record<string, string>;
  body?: string | URLSearchParams | Uint8Array | ArrayBuffer | ReadableStream | null | undefined;
  signal?: AbortSignal | undefined;
}

/** `authorities`: PEM; null: the usual ones alone. The function rejects with {@link ProviderUnreachable}. */
export function providerRequests(
  authorities: string | null,
): (url: string, asked: ProviderRequest) => Promise<Response> {
  const ca = authorities === null ? undefined : [...getCACertificates('default'), authorities];
  return async (url, { method, headers, body, signal }) => {
    // What it makes of body and headers is what a browser would send.
    const wanted = new Request(url, { method, headers, ...(body && { body: body as BodyInit }) });
    try {
      return await send(wanted, ca, signal ?? null);
    } catch (error) {
      throw new ProviderUnreachable(error instanceof Error ? error.message : String(error), { cause: error });
    }
  };
}

async function send(wanted: Request, ca: string[] | undefined, signal: AbortSignal | null): Promise<Response> {
  const url = new URL(wanted.url);
  const text = await wanted.text();
  const ends = [AbortSignal.timeout(TIMEOUT_MS), ...(signal ? [signal] : [])];
  const options = {
    method: wanted.method,
    headers: { ...Object.fromEntries(wanted.headers), 'content-length': String(Buffer.byteLength(text)) },
    signal: AbortSignal.any(ends),
    agent: false,
  } as const;
  const asked = url.protocol === 'https:' ? tlsRequest(url, { ...options, ca }) : plainRequest(url, options);
  asked.end(text);
  const [answer] = (await once(asked, 'response')) as [import('node:http').IncomingMessage];
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of answer as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > MOST_BYTES) throw new Error(`the answer of ${url.host} is longer than ${MOST_BYTES} bytes`);
    parts.push(part);
  }
  const { statusCode: status = 0, headers } = answer;
  const shown = Object.entries(headers).filter(([name]) => name !== 'set-cookie') as [string, string][];
  return new Response(WITHOUT_BODY.has(status) ? null : Buffer.concat(parts), { status, headers: shown });
}
