// Hosts: capacity, use and what is still being set up. One today; a proxy will bring several.
import type { Host } from '@tt/protocol';
import { computed, makeObservable } from 'mobx';
import { Collection } from './collection.ts';

export class HostStore {
  readonly items = new Collection<Host>((host) => host.id);

  constructor() {
    makeObservable(this, { all: computed, first: computed, isSetUp: computed });
  }

  get all(): Host[] {
    return this.items.all;
  }

  get first(): Host | null {
    return this.items.all[0] ?? null;
  }

  /** False while the first minute's steps are still going or one has failed. */
  get isSetUp(): boolean {
    return this.items.all.every((host) => host.setup.every(({ state }) => state === 'done'));
  }
}
