// The current user as the agent knows them: name, role, quota and its use. There is no event for it, so it is read again when
// the allocation of the host changes, since the use changes with it.
import type { Env, Me } from '@tt/protocol';
import { action, computed, makeObservable, observableRef, reaction } from 'mobx';
import type { Bridge } from '../bridge.ts';
import type { HostStore } from './host-store.ts';
import type { LinkStore } from '../state/link-store.ts';

/** Many changes within this time are one. */
const SETTLE_MS = 400;

export class MeStore {
  /** null while it is not known. */
  me: Me | null = null;
  readonly #bridge: Bridge;
  readonly #link: LinkStore;
  readonly #hosts: HostStore;

  constructor(bridge: Bridge, link: LinkStore, hosts: HostStore) {
    this.#bridge = bridge;
    this.#link = link;
    this.#hosts = hosts;
    makeObservable(this, { me: observableRef, isAdmin: computed, set: action });
  }

  get isAdmin(): boolean {
    return this.me?.role === 'admin';
  }

  /** True when it is known that the ENV belongs to somebody else. */
  isOthers(env: Env): boolean {
    return this.me !== null && this.me.name !== env.owner;
  }

  set(me: Me | null): void {
    this.me = me;
  }

  async load(): Promise<void> {
    try {
      this.set(await this.#bridge.client.host.me());
    } catch {
      // No news is shown as such: what is known stays, and the next change or link asks again.
    }
  }

  start(): () => void {
    const stopFirst = reaction(
      () => this.#link.up,
      (up) => up && void this.load(),
      { fireImmediately: true },
    );
    const stopRest = reaction(
      () => this.#hosts.first && [this.#hosts.first.cpu.used, this.#hosts.first.disk.usedMiB].join(),
      () => this.#link.up && void this.load(),
      { delay: SETTLE_MS },
    );
    return () => {
      stopFirst();
      stopRest();
    };
  }
}
