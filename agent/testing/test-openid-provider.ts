// Test support: a real OpenID provider (oidc-provider) on loopback, in this process, and a browser that logs in there. It knows everybody
// who is put into `people`, asks for no password, and says of them what the test wants.
// oxlint-disable-next-line typescript/triple-slash-reference -- who uses it by an import has no other way to its types
/// <reference path="./oidc-provider.d.ts" />
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LOGIN_CALLBACK_PATH } from '@tt/protocol';
import { exportJWK, generateKeyPair, importJWK, type JWK, type JWTPayload, SignJWT } from 'jose';
import { Provider } from 'oidc-provider';
import type { OidcConfig } from '../config/oidc-schema.ts';
import { oidcSchema } from '../config/oidc-schema.ts';

const CLIENT_ID = 'tt';
export const CLIENT_SECRET = 'the-secret-of-the-client-of-the-provider';
/** Its keys are made in no time. */
const ALGORITHM = 'ES256';
const INTERACTION = '/interaction/';

export interface TestProvider {
  readonly issuer: string;
  /** What `oidc` of the agent's configuration must be; `more` is put over it. */
  configFor(serverUrl: string, more?: Partial<OidcConfig>): OidcConfig;
  /** What it says of whoever logs in; `sub` too. null: they do not agree. */
  person: ({ sub: string } & Record<string, unknown>) | null;
  /** Changes what stands in ID tokens before they are signed: by the key of now, or by `key`. */
  forge: { change: (claims: JWTPayload) => JWTPayload; key?: 'another' } | null;
  /** Answers everything with this status; null: as it should. */
  broken: number | null;
  /** From now on it signs by another key, and has forgotten the one before. */
  rotateKeys(): Promise<void>;
  /** The path of each request. */
  readonly asked: string[];
  stop(): Promise<void>;
}

/** `redirectTo`: base addresses of servers that may use it. */
export async function startTestProvider(redirectTo: () => readonly string[]): Promise<TestProvider> {
  let key = await newKey();
  let serve: (request: IncomingMessage, response: ServerResponse) => void = () => {};
  const server = createServer((request, response) => {
    state.asked.push((request.url ?? '').split('?')[0] ?? '');
    if (state.broken === null) serve(request, response);
    else response.writeHead(state.broken, { 'content-type': 'text/plain' }).end('broken');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const state: TestProvider = {
    issuer,
    person: null,
    forge: null,
    broken: null,
    asked: [],
    configFor: (serverUrl, more = {}) => {
      const config = oidcSchema.parse({ issuer, clientId: CLIENT_ID, serverUrl, name: 'Example' });
      if (!config) throw new Error('unreachable');
      return { ...config, ...more };
    },
    async rotateKeys() {
      key = await newKey();
      serve = handlerOf();
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  serve = handlerOf();
  return state;

  function handlerOf(): typeof serve {
    const provider = new Provider(issuer, {
      clients: [
        {
          client_id: CLIENT_ID,
          client_secret: CLIENT_SECRET,
          id_token_signed_response_alg: ALGORITHM,
          redirect_uris: redirectTo().map((url) => url + LOGIN_CALLBACK_PATH),
        },
      ],
      jwks: { keys: [key] },
      cookies: { keys: ['a key of the test'] },
      claims: { openid: ['sub'], profile: ['preferred_username', 'groups'], email: ['email', 'email_verified'] },
      features: { devInteractions: { enabled: false } },
      interactions: { url: (_context: unknown, { uid }: { uid: string }) => INTERACTION + uid },
      findAccount: (_context: unknown, accountId: string) => ({ accountId, claims: async () => state.person }),
      loadExistingGrant: async (context: { oidc: { session: { accountId: string } } }) => {
        const grant = new provider.Grant({ accountId: context.oidc.session.accountId, clientId: CLIENT_ID });
        grant.addOIDCScope('openid profile email');
        await grant.save();
        return grant;
      },
      pkce: { required: () => true },
      ttl: { AccessToken: 60, Grant: 60, IdToken: 60, Interaction: 60, Session: 60 },
    });
    provider.use(async (context, next) => {
      await next();
      if (context.path === '/token' && context.status === 200) context.body = await forged(context.body as Tokens);
    });
    const handle = provider.callback();
    return (request, response) => {
      if (!request.url?.startsWith(INTERACTION)) return handle(request, response);
      interact(provider, request, response).catch(() => response.writeHead(400).end());
    };
  }

  async function interact(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
    await provider.interactionDetails(request, response);
    const result = state.person
      ? { login: { accountId: state.person.sub, remember: false } }
      : { error: 'access_denied', error_description: 'the person did not agree' };
    await provider.interactionFinished(request, response, result);
  }

  async function forged(tokens: Tokens): Promise<Tokens> {
    if (!state.forge) return tokens;
    const { change, key: by } = state.forge;
    // It says that it is the provider’s.
    const signing = by === 'another' ? { ...(await newKey()), ...(key.kid !== undefined && { kid: key.kid }) } : key;
    const [, payload = ''] = tokens.id_token.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as JWTPayload;
    const header = { alg: ALGORITHM, ...(typeof signing.kid === 'string' && { kid: signing.kid }) };
    const signed = new SignJWT(change(claims)).setProtectedHeader(header);
    return { ...tokens, id_token: await signed.sign(await importJWK(signing, ALGORITHM)) };
  }
}

interface Tokens {
  id_token: string;
}

async function newKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  return { ...(await exportJWK(privateKey)), use: 'sig', alg: ALGORITHM, kid: crypto.randomUUID() };
}

const MOST_REDIRECTS = 10;

/**
 * A browser that opens this address and follows redirects, up to one that leads back into the window or to a program of this computer;
 * resolves with that, or with the first of `until`, which it does not open.
 */
export async function browse(address: string, until: (url: string) => boolean = () => false): Promise<string> {
  const cookies = new Map<string, string>();
  let url = address;
  for (let count = 0; count < MOST_REDIRECTS; count++) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(url, { redirect: 'manual', headers: cookie === '' ? {} : { cookie } });
    const text = await answer.text();
    for (const set of answer.headers.getSetCookie()) {
      const [pair = ''] = set.split(';');
      const [name = '', value = ''] = pair.split('=');
      cookies.set(name, value);
    }
    const location = answer.headers.get('location');
    if (location === null) throw new Error(`${url.split('?')[0]} answered ${answer.status}: ${text.slice(0, 500)}`);
    url = new URL(location, url).href;
    if (until(url) || url.includes('#login=') || /^http:\/\/127\.0\.0\.1:\d+\/[\w-]{22}\?code=/.test(url)) return url;
  }
  throw new Error(`more than ${MOST_REDIRECTS} redirects, the last to ${url}`);
}
