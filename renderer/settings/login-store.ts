// The sessions of browsers, as the Settings page shows them: asked for when it is opened, and ended from there.
import type { SessionView, TtError } from '@tt/protocol';
import { action, makeObservable, observable, observableRef } from 'mobx';
import type { Bridge } from '../bridge.ts';
import { asTtError } from '../activity/operation-store.ts';

export class LoginStore {
  /** null until they have been asked for. */
  sessions: readonly SessionView[] | null = null;
  error: TtError | null = null;
  /** The one that is being ended. */
  endingId: string | null = null;
  readonly #bridge: Bridge;

  constructor(bridge: Bridge) {
    this.#bridge = bridge;
    makeObservable(this, {
      sessions: observableRef,
      error: observableRef,
      endingId: observable,
      take: action,
      fail: action,
      setEnding: action,
    });
  }

  take(sessions: readonly SessionView[]): void {
    this.sessions = sessions;
    this.error = null;
  }

  fail(error: unknown): void {
    this.error = asTtError(error);
  }

  setEnding(id: string | null): void {
    this.endingId = id;
  }

  async load(): Promise<void> {
    try {
      this.take((await this.#bridge.client.session.list()).sessions);
    } catch (error) {
      this.fail(error);
    }
  }

  async end(id: string): Promise<void> {
    this.setEnding(id);
    try {
      await this.#bridge.client.session.end({ which: [id] });
      this.take((await this.#bridge.client.session.list()).sessions);
    } catch (error) {
      this.fail(error);
    } finally {
      this.setEnding(null);
    }
  }
}
