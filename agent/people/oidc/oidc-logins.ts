// Logins by an OpenID provider, from the click to the one-time code that the browser brings back: codes and reasons are only good for
// whoever began, who has the verifier.
import { isDeepStrictEqual } from 'node:util';
import { TtError, UNKNOWN_LOGIN } from '@tt/protocol';
import type { Identities, Logins } from '@tt/server';
import type { Logger } from 'pino';
import type { Settings } from '../../config.ts';
import type { OidcConfig } from '../../config/oidc-schema.ts';
import type { Users } from '../users.ts';
import { claimedUser, claimsWanted } from './claimed-user.ts';
import { FailedLogins } from './failed-logins.ts';
import { OpenidProvider } from './openid-provider.ts';
import { type LoginBeginner, type PendingLogin, PendingLogins } from './pending-logins.ts';

export interface OidcParts {
  settings: Settings;
  users: Users;
  now: () => Date;
  logger: Logger;
}

/** What the border knows of people, and the id of the call for the log. */
export interface Border {
  identities: Identities;
  logins: Logins;
  requestId: string;
}

export class OidcLogins {
  readonly #parts: OidcParts;
  readonly #pending: PendingLogins;
  readonly #failed: FailedLogins;
  #provider: OpenidProvider | null = null;

  constructor(parts: OidcParts) {
    this.#parts = parts;
    this.#pending = new PendingLogins(parts.now);
    this.#failed = new FailedLogins(parts.now);
  }

  /** null: there are no such logins here. */
  get config(): OidcConfig | null {
    return this.#parts.settings.current.oidc;
  }

  /** Where a browser begins. Rejects with OIDC_NOT_CONFIGURED, LOGIN_TOO_MANY, and as {@link OpenidProvider.addressFor}. */
  async begin(beginner: LoginBeginner): Promise<{ url: string; expiresAt: Date }> {
    const provider = this.#current();
    const pending = this.#pending.begin(beginner);
    try {
      return { url: await provider.addressFor(pending), expiresAt: pending.expiresAt };
    } catch (error) {
      this.#pending.take(pending.state);
      throw error;
    }
  }

  /** Ends a login with what the provider sent; answers where the browser goes on. Rejects with OIDC_NOT_CONFIGURED. */
  async finish(query: string, border: Border): Promise<string> {
    const provider = this.#current();
    const [state, ...more] = new URLSearchParams(query).getAll('state');
    const pending = state === undefined || more.length > 0 ? null : this.#pending.take(state);
    if (!pending) return `/#login=${UNKNOWN_LOGIN}`;
    const code = await this.#codeFor(query, pending, provider, border);
    const { device } = pending;
    // A fragment never leaves the browser, but a program can only be told in a query; without the verifier the code is worth nothing.
    return device ? `http://127.0.0.1:${device.port}/${device.key}?code=${code}` : `/#login=${code}`;
  }

  /** Throws what the login of this code failed with. Without a verifier it is the code of something else. */
  mustNotHaveFailed({ code, verifier }: { code: string; verifier?: string | undefined }): void {
    if (verifier !== undefined) this.#failed.mustNotBe(code, verifier);
  }

  async #codeFor(
    query: string,
    pending: PendingLogin,
    provider: OpenidProvider,
    { identities, logins, requestId }: Border,
  ): Promise<string> {
    try {
      const claims = await provider.claimsIn(query, pending, claimsWanted(provider.config));
      const { name } = claimedUser(this.#parts, identities, provider.config, claims);
      const caller = identities.named(name);
      if (caller) return logins.inviteBack(caller, pending.challenge);
      throw new TtError('OIDC_USER_DISABLED', { user: name });
    } catch (error) {
      if (error instanceof TtError) return this.#failed.keep(error, pending.challenge);
      this.#parts.logger.error({ err: error, requestId }, 'a login by the OpenID provider failed');
      return this.#failed.keep(new TtError('INTERNAL', { requestId }, { cause: error }), pending.challenge);
    }
  }

  /** Throws OIDC_NOT_CONFIGURED. Logins under way end with the provider they were begun at. */
  #current(): OpenidProvider {
    const { settings, now, logger } = this.#parts;
    const { oidc: config } = settings.current;
    if (!isDeepStrictEqual(this.#provider?.config ?? null, config)) {
      this.#pending.clear();
      this.#provider = config && new OpenidProvider({ config, now, logger });
    }
    if (!this.#provider) throw new TtError('OIDC_NOT_CONFIGURED', {});
    return this.#provider;
  }
}
