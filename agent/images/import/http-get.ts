// One GET with a range, following redirects within limits. Uses Node's own client, because it lets the caller check each address
// before connecting.
import { reason } from '@tt/protocol';
import { type LookupAddress, type LookupOptions, lookup } from 'node:dns';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import { isInnerAddress, publicUrl } from './source-url.ts';
import { ReasonError } from '../../host/reason-error.ts';

const MAX_REDIRECTS = 5;

export interface GetOptions {
  /** Headers besides the usual ones. */
  headers: Record<string, string>;
  /** Without data for this time, the connection is cut. */
  idleMs: number;
  /** False: addresses inside the host's network are refused. */
  innerAllowed: boolean;
  signal: AbortSignal;
}

/** A refusal that no second try would change. */
export class FinalRefusal extends ReasonError {
  override readonly name = 'FinalRefusal';
}

/** The answer with a status that is no redirect; its body has not been read. */
export async function httpGet(start: URL, options: GetOptions): Promise<IncomingMessage> {
  let url = start;
  for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
    const answer = await getOnce(url, url.host === start.host ? credentialsOf(start) : {}, options);
    const { statusCode = 0 } = answer;
    const { location } = answer.headers;
    if (statusCode < 300 || statusCode >= 400 || statusCode === 304 || location === undefined) return answer;
    answer.destroy();
    const next = URL.parse(location, url);
    if (!next || (next.protocol !== 'https:' && next.protocol !== 'http:')) {
      throw new FinalRefusal(reason('redirectNotHttp'));
    }
    if (url.protocol === 'https:' && next.protocol === 'http:') {
      throw new FinalRefusal(reason('redirectToHttp', { url: publicUrl(next) }));
    }
    url = next;
  }
  throw new FinalRefusal(reason('tooManyRedirects', { max: MAX_REDIRECTS }));
}

function getOnce(url: URL, credentials: Record<string, string>, options: GetOptions): Promise<IncomingMessage> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (!options.innerAllowed && isIP(host) !== 0 && isInnerAddress(host)) throw innerRefusal();
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const asked = request(
      new URL(`${url.protocol}//${url.host}${url.pathname}${url.search}`),
      {
        headers: { 'user-agent': 'tt-agent', 'accept-encoding': 'identity', ...credentials, ...options.headers },
        signal: options.signal,
        timeout: options.idleMs,
        // A connection of its own: one that was left open may lead where this caller must not ask.
        agent: false,
        ...(options.innerAllowed ? {} : { lookup: outerLookup }),
      },
      resolve,
    );
    asked.on('timeout', () => asked.destroy(new ReasonError(reason('idle', { idleMs: options.idleMs }))));
    asked.on('error', reject);
    asked.end();
  });
}

/** Connects to the address that was checked: the name cannot resolve differently in between. */
function outerLookup(
  host: string,
  options: LookupOptions,
  done: (error: Error | null, address: string | LookupAddress[], family?: number) => void,
): void {
  lookup(host, { ...options, all: true }, (error, addresses) => {
    const [first] = addresses ?? [];
    if (error || !first) return done(error ?? new Error(`${host} has no address`), []);
    if (addresses.some(({ address }) => isInnerAddress(address))) return done(innerRefusal(), []);
    if (options.all) return done(null, addresses);
    return done(null, first.address, first.family);
  });
}

function innerRefusal(): FinalRefusal {
  return new FinalRefusal(reason('innerAddress'));
}

function credentialsOf({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {};
  const plain = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { authorization: `Basic ${Buffer.from(plain).toString('base64')}` };
}
