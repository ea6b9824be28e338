// The users of the server, for administrators, and the tokens of devices: asked for when their panel is opened, changed from there.
import type { Role, TokenView, TtError, User } from '@tt/protocol';
import { action, makeObservable, observable, observableRef } from 'mobx';
import { asTtError } from '../activity/operation-store.ts';
import type { Bridge } from '../bridge.ts';

/** What is shown only once. */
export interface Secret {
  /** Whose link, or the name of the device. */
  about: string;
  kind: 'code' | 'token';
  text: string;
}

type List = 'users' | 'tokens';

export class PeopleStore {
  /** null until they have been asked for, and for everybody but administrators. */
  users: readonly User[] | null = null;
  /** null until they have been asked for. */
  tokens: readonly TokenView[] | null = null;
  secret: Secret | null = null;
  usersError: TtError | null = null;
  tokensError: TtError | null = null;
  busy = false;
  readonly #bridge: Bridge;

  constructor(bridge: Bridge) {
    this.#bridge = bridge;
    makeObservable(this, {
      users: observableRef,
      tokens: observableRef,
      secret: observableRef,
      usersError: observableRef,
      tokensError: observableRef,
      busy: observable,
      takeUsers: action,
      takeTokens: action,
      show: action,
      fail: action,
      setBusy: action,
    });
  }

  takeUsers(users: readonly User[]): void {
    this.users = users;
  }

  takeTokens(tokens: readonly TokenView[]): void {
    this.tokens = tokens;
  }

  show(secret: Secret | null): void {
    this.secret = secret;
  }

  fail(list: List, error: unknown): void {
    const shown = error === null ? null : asTtError(error);
    if (list === 'users') this.usersError = shown;
    else this.tokensError = shown;
  }

  setBusy(busy: boolean): void {
    this.busy = busy;
  }

  loadUsers(): Promise<boolean> {
    return this.#attempt(async () => {});
  }

  loadTokens(): Promise<boolean> {
    return this.#attempt(async () => {}, 'tokens');
  }

  add(name: string, role: Role): Promise<boolean> {
    return this.#attempt(async () => {
      await this.#bridge.client.user.create({ name, role });
    });
  }

  setRole(name: string, role: Role): Promise<boolean> {
    return this.#attempt(async () => {
      await this.#bridge.client.user.update({ name, role });
    });
  }

  setDisabled(name: string, disabled: boolean): Promise<boolean> {
    return this.#attempt(async () => {
      await this.#bridge.client.user.update({ name, disabled });
    });
  }

  invite(name: string): Promise<boolean> {
    return this.#attempt(async () => {
      const { code } = await this.#bridge.client.user.invite({ name });
      this.show({ about: name, kind: 'code', text: code });
    });
  }

  addToken(name: string): Promise<boolean> {
    return this.#attempt(async () => {
      const { secret, token } = await this.#bridge.client.token.create({ name });
      this.show({ about: token.name, kind: 'token', text: secret });
    }, 'tokens');
  }

  revoke(tokenId: string): Promise<boolean> {
    return this.#attempt(async () => {
      await this.#bridge.client.token.revoke({ tokenId });
    }, 'tokens');
  }

  /** Does `work`, and asks for the list again; false: it failed, which is shown. */
  async #attempt(work: () => Promise<void>, list: List = 'users'): Promise<boolean> {
    this.setBusy(true);
    this.fail(list, null);
    try {
      await work();
      const { user, token } = this.#bridge.client;
      if (list === 'users') this.takeUsers((await user.list()).users);
      else this.takeTokens((await token.list()).tokens);
      return true;
    } catch (error) {
      this.fail(list, error);
      return false;
    } finally {
      this.setBusy(false);
    }
  }
}

/**
 * The link for a code: to the page's own address, or to the base address of the server that is shown; null: others can't reach it.
 * `fingerprint`: of the authority that its taker is to pin, 64 hexadecimal digits; null: there is none.
 */
export function linkFor(
  code: string,
  { address, origin, fingerprint }: { address: string | null; origin: string | null; fingerprint: string | null },
): string | null {
  const base = origin ?? (address !== null && /^https?:/.test(address) ? (URL.parse(address)?.origin ?? null) : null);
  return base === null ? null : `${base}/#join=${code}${fingerprint === null ? '' : `&ca=${fingerprint}`}`;
}
