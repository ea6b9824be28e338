// Access: a browser needs a code or token, the desktop needs a connection; after that the feed starts.

import { JOIN_CODE_LIFETIME_MS, type TtError } from '@tt/protocol';
import { action, makeObservable, observable, observableRef, reaction } from 'mobx';
import type { Bridge, LoginProvider } from '../bridge.ts';
import type { ConnectionStore } from '../connections/connection-store.ts';
import { asTtError } from '../activity/operation-store.ts';

export type SessionState = 'opening' | 'login' | 'choose' | 'ready';

/** Between two tries of a link that found nobody; the last one stays. */
const AGAIN_AFTER_MS = [500, 1000, 2000, 5000];

export interface JoinedWords {
  joined(): void;
  failed(error: TtError): void;
}

export class SessionStore {
  state: SessionState = 'opening';
  busy = false;
  error: TtError | null = null;
  /** Browser: the OpenID provider of the server; null: it has none, or was not asked yet. */
  provider: LoginProvider | null = null;
  /** Browser: nobody answered the link that was opened, which is tried again until then, in ms since 1970; null: nothing is tried. */
  triesUntil: number | null = null;
  /** Ends the tries of a link: there is another one, or the window ends. */
  #tries = new AbortController();
  readonly #bridge: Bridge;
  readonly #connections: ConnectionStore | null;

  readonly #tell: JoinedWords;

  /** `connections`: those of the desktop; null in a browser. `tell`: what came of a link that was pasted into an open tab. */
  constructor(bridge: Bridge, connections: ConnectionStore | null, tell: JoinedWords) {
    this.#bridge = bridge;
    this.#connections = connections;
    this.#tell = tell;
    makeObservable(this, {
      state: observable,
      busy: observable,
      error: observableRef,
      provider: observableRef,
      triesUntil: observable,
      setProvider: action,
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

  setProvider(provider: LoginProvider | null): void {
    this.provider = provider;
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
    this.#clearError();
    await this.#attempt(async () => {
      await this.#bridge.login?.join(code.trim());
      this.enter('ready');
    });
  }

  /**
   * Browser: a join link was pasted into the tab. A code that is no good changes nothing where a session is there already; otherwise
   * it is told beside the field.
   */
  async joinAnew(code: string): Promise<void> {
    const hadSession = this.state === 'ready';
    this.#stopTrying();
    await this.join(code);
    if (this.error === null) this.#tell.joined();
    else if (hadSession) this.#tell.failed(this.error);
    else this.#askForCode();
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

  /** Browser: asks how one can log in. An older server, or one that is away, has no provider to offer. */
  async askForProvider(): Promise<void> {
    this.setProvider((await this.#bridge.login?.byProvider.provider().catch(() => null)) ?? null);
  }

  /** Browser: leaves for the OpenID provider. */
  async logInByProvider(): Promise<void> {
    await this.#attempt(async () => {
      if (this.provider) await this.#bridge.login?.byProvider.begin(this.provider);
    });
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
    const back = login?.byProvider.takeCode() ?? null;
    if (code === null && back === null) this.enter('ready');
    else {
      const { signal } = this.#tries;
      const entering = back === null ? this.#joinWhenThere(code ?? '', signal) : this.#comeBack(back);
      void entering.then(() => this.state === 'opening' && !signal.aborted && this.#askForCode());
    }
    const stopListening = login?.onCode((pasted) => void this.joinAnew(pasted)) ?? (() => {});
    return () => {
      this.#stopTrying();
      stopListening();
    };
  }

  /** A server that is just being started anew does not cost the link: it is tried again for as long as its code may be good. */
  async #joinWhenThere(code: string, signal: AbortSignal): Promise<void> {
    const until = Date.now() + JOIN_CODE_LIFETIME_MS;
    for (let tries = 0; !signal.aborted; tries++) {
      await this.join(code);
      const waitMs = AGAIN_AFTER_MS[Math.min(tries, AGAIN_AFTER_MS.length - 1)] ?? 0;
      if (this.error?.code !== 'AGENT_UNREACHABLE' || Date.now() + waitMs >= until || signal.aborted) break;
      this.#setTries(until);
      await pause(waitMs, signal);
    }
    this.#setTries(null);
  }

  #stopTrying(): void {
    this.#tries.abort();
    this.#setTries(null);
  }

  readonly #setTries = action((until: number | null): void => {
    this.triesUntil = until;
  });

  /** From the OpenID provider. */
  async #comeBack(code: string): Promise<void> {
    await this.#attempt(async () => {
      await this.#bridge.login?.byProvider.finish(code);
      this.enter('ready');
    });
  }

  readonly #clearError = action(() => {
    this.error = null;
  });

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

/** Ends sooner when the signal does. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  signal.addEventListener('abort', () => resolve(), { once: true });
  await promise;
  clearTimeout(timer);
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
