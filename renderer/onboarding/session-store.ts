// Access: a browser needs a code or token, the desktop needs a connection; after that the feed starts.

import type { TtError } from '@tt/protocol';
import { action, makeObservable, observable, observableRef, reaction } from 'mobx';
import type { Bridge } from '../bridge.ts';
import type { ConnectionStore } from '../connections/connection-store.ts';
import { asTtError } from '../activity/operation-store.ts';

export type SessionState = 'opening' | 'login' | 'choose' | 'ready';

export class SessionStore {
  state: SessionState = 'opening';
  busy = false;
  error: TtError | null = null;
  readonly #bridge: Bridge;
  readonly #connections: ConnectionStore | null;

  /** `connections`: those of the desktop; null in a browser. */
  constructor(bridge: Bridge, connections: ConnectionStore | null) {
    this.#bridge = bridge;
    this.#connections = connections;
    makeObservable(this, {
      state: observable,
      busy: observable,
      error: observableRef,
      enter: action,
      fail: action,
      setBusy: action,
    });
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

  /** Finds out where we stand; disposing stops listening. */
  start(): () => void {
    const connections = this.#connections;
    if (connections) {
      return reaction(
        () => stateOf(connections, this.state),
        (state) => this.enter(state),
        { fireImmediately: true },
      );
    }
    const { login } = this.#bridge;
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

/** A link that is lost leaves what is known on the screen; one that never was has nothing to show. */
function stateOf({ shown }: ConnectionStore, before: SessionState): SessionState {
  switch (shown?.link.kind) {
    case 'connected':
      return 'ready';
    case 'connecting':
      return before === 'ready' ? 'ready' : 'opening';
    case 'lost':
      return before === 'ready' ? 'ready' : 'choose';
    case 'off':
    case 'refused':
    case undefined:
      return 'choose';
  }
}
