// One OpenID provider, by the library openid-client: where a login begins, and whom it says that somebody is. What it says counts only
// if it is signed by it, for this server, for this very login, and now. Its tokens are used for that and kept nowhere.
import { readFile } from 'node:fs/promises';
import { LOGIN_CALLBACK_PATH, quoted, TtError } from '@tt/protocol';
import type { Logger } from 'pino';
import type { Configuration, CustomFetch, ServerMetadata } from 'openid-client';
import type { OidcConfig } from '../../config/oidc-schema.ts';
import type { PendingLogin } from './pending-logins.ts';
import { providerError } from './provider-errors.ts';
import { providerRequests } from './provider-requests.ts';

type Library = typeof import('openid-client');

/** What is known of the provider is asked for again after this. */
const METADATA_FRESH_MS = 60 * 60_000;
/** A provider that could not be reached is not asked by every click. */
const RETRY_AFTER_MS = 2_000;
const TIMEOUT_S = 10;
/** How far its clock and this one may be apart. */
export const CLOCK_TOLERANCE_S = 60;

/** What the provider says about somebody; `sub` and `iss` are checked. */
export interface Claims extends Record<string, unknown> {
  iss: string;
  sub: string;
}

export interface ProviderParts {
  config: OidcConfig;
  now: () => Date;
  logger: Logger;
}

export class OpenidProvider {
  readonly config: OidcConfig;
  readonly #now: () => Date;
  readonly #logger: Logger;
  #metadata: { found: ServerMetadata; at: number } | null = null;
  #failed: { error: TtError; at: number } | null = null;
  #asking: Promise<ServerMetadata> | null = null;

  constructor({ config, now, logger }: ProviderParts) {
    this.config = config;
    this.#now = now;
    this.#logger = logger;
  }

  /** Where a browser begins this login. Rejects with OIDC_UNREACHABLE, OIDC_MISCONFIGURED, OIDC_ISSUER_WRONG. */
  async addressFor({
    state,
    nonce,
    pkceVerifier,
  }: Pick<PendingLogin, 'state' | 'nonce' | 'pkceVerifier'>): Promise<string> {
    return this.#told(async (library) => {
      const configuration = await this.#configuration(library);
      const address = library.buildAuthorizationUrl(configuration, {
        redirect_uri: this.#redirectUri,
        scope: this.config.scopes.join(' '),
        code_challenge: await library.calculatePKCECodeChallenge(pkceVerifier),
        code_challenge_method: 'S256',
        state,
        nonce,
      });
      // The window goes there: nothing but a page.
      if (address.protocol !== 'https:' && !this.#isPlain)
        throw this.#unusable('its page for logins is not at an https address');
      return address.href;
    });
  }

  /**
   * Who came back with this query. `wanted`: claims that are asked for besides if they did not come. Rejects with OIDC_REFUSED,
   * OIDC_ANSWER_INVALID, OIDC_CLOCK_WRONG, and as {@link addressFor}.
   */
  async claimsIn(query: string, pending: PendingLogin, wanted: readonly string[]): Promise<Claims> {
    return this.#told(async (library) => {
      // Another one each time: keys of the provider are asked for anew, so that a login with new ones is no surprise.
      const configuration = await this.#configuration(library);
      const tokens = await library.authorizationCodeGrant(configuration, new URL(`${this.#redirectUri}?${query}`), {
        pkceCodeVerifier: pending.pkceVerifier,
        expectedState: pending.state,
        expectedNonce: pending.nonce,
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (!claims) throw new Error('there is no ID token');
      const ahead = Math.round(claims.iat - Date.now() / 1000);
      if (ahead > CLOCK_TOLERANCE_S) {
        throw new TtError('OIDC_CLOCK_WRONG', { provider: this.config.name, seconds: ahead });
      }
      const isComplete = wanted.every((name) => claims[name] !== undefined);
      const { userinfo_endpoint: more } = configuration.serverMetadata();
      if (isComplete || more === undefined) return claims;
      return { ...(await library.fetchUserInfo(configuration, tokens.access_token, claims.sub)), ...claims };
    });
  }

  get #redirectUri(): string {
    return `${this.config.serverUrl}${LOGIN_CALLBACK_PATH}`;
  }

  get #isPlain(): boolean {
    return this.config.issuer.startsWith('http:');
  }

  async #told<Result>(work: (library: Library) => Promise<Result>): Promise<Result> {
    try {
      // Only servers with a provider load it.
      return await work(await import('openid-client'));
    } catch (error) {
      const told = providerError(error, this.config);
      const { code, message } = told;
      // Not the error itself: what the library puts into it says much of people.
      const about = { code, provider: this.config.issuer, stack: error instanceof Error ? error.stack : undefined };
      this.#logger.warn(about, `a login by the OpenID provider: ${message}`);
      throw told;
    }
  }

  /** The secret is read each time: a new one needs no restart. */
  async #configuration(library: Library): Promise<Configuration> {
    const metadata = await this.#known(library);
    const { clientId, clientSecretFile } = this.config;
    const secret = clientSecretFile === null ? null : await this.#fileText(clientSecretFile);
    const methods = metadata.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    const shown =
      secret === null
        ? library.None()
        : methods.includes('client_secret_post')
          ? library.ClientSecretPost(secret)
          : library.ClientSecretBasic(secret);
    const configuration = new library.Configuration(
      { ...metadata },
      clientId,
      { [library.clockTolerance]: CLOCK_TOLERANCE_S },
      shown,
    );
    configuration.timeout = TIMEOUT_S;
    configuration[library.customFetch] = await this.#requests();
    if (this.#isPlain) library.allowInsecureRequests(configuration);
    library.enableNonRepudiationChecks(configuration);
    return configuration;
  }

  async #known(library: Library): Promise<ServerMetadata> {
    const now = this.#now().getTime();
    if (this.#metadata && now - this.#metadata.at < METADATA_FRESH_MS) return this.#metadata.found;
    if (this.#failed && now - this.#failed.at < RETRY_AFTER_MS) throw this.#failed.error;
    this.#asking ??= this.#discover(library).finally(() => {
      this.#asking = null;
    });
    try {
      return await this.#asking;
    } catch (error) {
      // What was known is better than nothing.
      if (this.#metadata) return this.#metadata.found;
      this.#failed = { error: providerError(error, this.config), at: now };
      throw error;
    }
  }

  async #discover(library: Library): Promise<ServerMetadata> {
    const configuration = await library.discovery(
      new URL(this.config.issuer),
      this.config.clientId,
      undefined,
      library.None(),
      {
        timeout: TIMEOUT_S,
        [library.customFetch]: await this.#requests(),
        execute: this.#isPlain ? [library.allowInsecureRequests] : [],
      },
    );
    const found = configuration.serverMetadata();
    this.#metadata = { found, at: this.#now().getTime() };
    this.#failed = null;
    return found;
  }

  async #requests(): Promise<CustomFetch> {
    const { caFile } = this.config;
    return providerRequests(caFile === null ? null : await this.#fileText(caFile));
  }

  async #fileText(file: string): Promise<string> {
    try {
      const text = (await readFile(file, 'utf8')).trim();
      if (text !== '') return text;
    } catch (error) {
      // Where it is concerns administrators alone.
      this.#logger.error({ err: error, file }, 'a file for the OpenID provider can’t be read');
    }
    throw this.#unusable('a file that its configuration names can’t be read, or is empty');
  }

  #unusable(why: string): TtError {
    return new TtError('OIDC_MISCONFIGURED', { provider: this.config.name, reason: quoted('reported', why) });
  }
}
