// Hosts: capacity, use and what is still being set up. One today; a proxy will bring several.
import type { Host, TtClient } from '@tt/protocol';
import { computed, makeObservable } from 'mobx';
import type { Bridge } from '../bridge.ts';
import { Collection } from '../state/collection.ts';

export type FirewallText = Awaited<ReturnType<TtClient['host']['firewall']>>;

export class HostStore {
  readonly items = new Collection<Host>((host) => host.id);
  readonly #bridge: Bridge;

  constructor(bridge: Bridge) {
    this.#bridge = bridge;
    makeObservable(this, { all: computed, first: computed, isSetUp: computed });
  }

  get all(): Host[] {
    return this.items.all;
  }

  get first(): Host | null {
    return this.items.all[0] ?? null;
  }

  /** False while steps of the onboarding are still running or one has failed. */
  get isSetUp(): boolean {
    return this.items.all.every((host) => host.startup.every(({ state }) => state === 'done'));
  }

  /** The firewall's rules in force; rejects with NOT_ALLOWED unless an administrator asks. */
  firewall(): Promise<FirewallText> {
    return this.#bridge.client.host.firewall();
  }
}
