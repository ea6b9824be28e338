// Access: a browser needs a code or token, the desktop needs a connection; after that the feed starts.

import type { TtError } from '@tt/protocol';
import { action, makeObservable, observable, observableRef } from 'mobx';
import type { Bridge, ConnectionState } from '../bridge.ts';
import { asTtError } from '../activity/operation-store.ts';

export type SessionState = 'opening' | 'login' | 'choose' | 'ready';

export class SessionStore {
  state: SessionState = 'opening';
  /** Desktop: what the main process says of the connection. */
  connection: ConnectionState = { kind: 'none' };
  busy = false;
  error: TtError | null = null;
  readonly #bridge: Bridge;

  constructor(bridge: Bridge) {
    this.#bridge = bridge;
    makeObservable(this, {
      state: observable,
      connection: observableRef,
      busy: observable,
      error: observableRef,
      enter: action,
      takeConnection: action,
      fail: action,
      setBusy: action,
    });
  }

  /** What stands at the top of the window as the place one works on. */
  get label(): string | null {
    return this.connection.kind === 'connected' ? this.connection.label : null;
  }

  enter(state: SessionState): void {
    this.state = state;
    this.error = null;
  }

  fail(error: unknown): void {
    this.error = asTtError(error);
  }

  setBusy(busy: boolean): void {
    this.busy = busy;
  }

  takeConnection(connection: ConnectionState): void {
    this.connection = connection;
    this.state = connection.kind === 'connected' ? 'ready' : 'choose';
  }

  /** Browser: the session was refused (over, ended, or never there). */
  refused(): void {
    if (this.#bridge.login && this.state === 'ready') this.enter('login');
  }

  /** Browser: turns the code from a link, or a token, into a session. */
  async join(code: string): Promise<void> {
    await this.#attempt(async () => {
      await this.#bridge.login?.join(code.trim());
      this.enter('ready');
    });
  }

  /** Browser: begins a session with a name and a password; resolves with how many wrong ones came before. */
  async login(userName: string, password: string): Promise<number> {
    let wrongBefore = 0;
    await this.#attempt(async () => {
      wrongBefore = (await this.#bridge.login?.login(userName.trim(), password)) ?? 0;
      this.enter('ready');
    });
    return wrongBefore;
  }

  /** Browser: ends the session and asks for a code. */
  async leave(): Promise<void> {
    await this.#attempt(async () => {
      await this.#bridge.login?.leave();
      this.enter('login');
    });
  }

  /** Whether one can log out: the window is a browser's. */
  get canLeave(): boolean {
    return this.#bridge.login !== null;
  }

  async connectThisComputer(): Promise<void> {
    await this.#attempt(async () => {
      const state = await this.#bridge.connection?.useThisComputer();
      if (state) this.takeConnection(state);
    });
  }

  /** `fingerprint`: the authority that the user compared and trusts from now on. */
  async connectServer(address: string, token: string, fingerprint: string | null = null): Promise<void> {
    await this.#attempt(async () => {
      const state = await this.#bridge.connection?.useServer(address.trim(), token.trim(), fingerprint);
      if (state) this.takeConnection(state);
    });
  }

  /** Finds out where we stand; disposing stops listening. */
  start(): () => void {
    const { login, connection } = this.#bridge;
    if (connection) {
      const stop = connection.onChange((state) => this.takeConnection(state));
      void this.#attempt(async () => this.takeConnection(await connection.current()));
      return stop;
    }
    const code = login?.takeCode() ?? null;
    if (code === null) this.enter('ready');
    else void this.join(code).then(() => this.state === 'opening' && this.#askForCode());
    return () => {};
  }

  /** Keeps the error of the link's own code beside the empty field. */
  readonly #askForCode = action(() => {
    this.state = 'login';
  });

  async #attempt(work: () => Promise<void>): Promise<void> {
    this.setBusy(true);
    try {
      await work();
    } catch (error) {
      this.fail(error);
    } finally {
      this.setBusy(false);
    }
  }
}
