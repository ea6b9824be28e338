// The teams of the current user, for administrators all of them: asked for where they are shown, changed from there.
import type { Quota, Team, TtError } from '@tt/protocol';
import { action, makeObservable, observable, observableRef } from 'mobx';
import { asTtError, type Outcome } from '../activity/operation-store.ts';
import type { Bridge } from '../bridge.ts';

export class TeamStore {
  /** null until they have been asked for. */
  teams: readonly Team[] | null = null;
  error: TtError | null = null;
  busy = false;
  readonly #bridge: Bridge;

  constructor(bridge: Bridge) {
    this.#bridge = bridge;
    makeObservable(this, {
      teams: observableRef,
      error: observableRef,
      busy: observable,
      take: action,
      fail: action,
      setBusy: action,
    });
  }

  take(teams: readonly Team[]): void {
    this.teams = teams;
  }

  fail(error: unknown): void {
    this.error = error === null ? null : asTtError(error);
  }

  setBusy(busy: boolean): void {
    this.busy = busy;
  }

  load(): Promise<boolean> {
    return this.#attempt(async () => {});
  }

  add(name: string): Promise<boolean> {
    return this.#attempt(async () => {
      await this.#bridge.client.team.create({ name });
    });
  }

  addMember(name: string, userName: string): Promise<boolean> {
    return this.#attempt(async () => {
      await this.#bridge.client.team.addMember({ name, userName });
    });
  }

  removeMember(name: string, userName: string): Promise<boolean> {
    return this.#attempt(async () => {
      await this.#bridge.client.team.removeMember({ name, userName });
    });
  }

  /** Replaces it. A failure is for the form to show, which keeps what was typed. */
  async setQuota(name: string, quota: Quota): Promise<Outcome<Team>> {
    try {
      const value = await this.#bridge.client.team.update({ name, quota });
      void this.load();
      return { ok: true, value };
    } catch (error) {
      return { ok: false, error: asTtError(error) };
    }
  }

  /** Refused, with how much, while anything is shared with it. */
  remove(name: string): Promise<boolean> {
    return this.#attempt(async () => {
      await this.#bridge.client.team.delete({ name });
    });
  }

  /** Does `work`, and asks for the list again; false: it failed, which is shown. */
  async #attempt(work: () => Promise<void>): Promise<boolean> {
    this.setBusy(true);
    this.fail(null);
    try {
      await work();
      this.take((await this.#bridge.client.team.list()).teams);
      return true;
    } catch (error) {
      this.fail(error);
      return false;
    } finally {
      this.setBusy(false);
    }
  }
}
