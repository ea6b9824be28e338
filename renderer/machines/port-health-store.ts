// Whether something answers at the ports of machines: asked for every ten seconds, and only of machines whose ports somebody can see.
import { makeObservable, observable, runInAction } from 'mobx';
import type { PortMapping, VmPortHealth, PortHealth } from '@tt/protocol';
import type { Bridge } from '../bridge.ts';
import type { LinkStore } from '../state/link-store.ts';
import type { RightsStore } from '../state/rights-store.ts';
import type { VmStore } from './vm-store.ts';

const EVERY_MS = 10_000;
const LOOK_MS = 1_000;
/** A few a second, however many are seen. */
const MOST_AT_ONCE = 2;

interface Uses {
  link: Pick<LinkStore, 'up'>;
  vms: Pick<VmStore, 'get'>;
  rights: Pick<RightsStore, 'whyNot'>;
}

export class PortHealthStore {
  readonly #known = observable.map<string, { of: string; ports: VmPortHealth['ports'] }>([], { deep: false });
  /** How many see the ports of each machine. */
  readonly #watchers = new Map<string, number>();
  readonly #asked = new Map<string, number>();
  readonly #inFlight = new Set<string>();
  readonly #bridge: Pick<Bridge, 'client'>;
  readonly #uses: Uses;
  readonly #isShown: () => boolean;

  constructor(bridge: Pick<Bridge, 'client'>, uses: Uses, isShown: () => boolean) {
    this.#bridge = bridge;
    this.#uses = uses;
    this.#isShown = isShown;
    makeObservable(this, {});
  }

  /** null: nobody knows; also what was found in an earlier run. */
  of(vmId: string, { protocol, guestPort }: Pick<PortMapping, 'protocol' | 'guestPort'>): PortHealth | null {
    const known = this.#known.get(vmId);
    if (!known || known.of !== this.#runOf(vmId) || !this.#uses.link.up) return null;
    return known.ports.find((port) => port.protocol === protocol && port.guestPort === guestPort)?.health ?? null;
  }

  /** Somebody can see them, until the answer is called. */
  watch(vmId: string): () => void {
    this.#watchers.set(vmId, (this.#watchers.get(vmId) ?? 0) + 1);
    let isWatching = true;
    return () => {
      if (!isWatching) return;
      isWatching = false;
      const left = (this.#watchers.get(vmId) ?? 1) - 1;
      if (left > 0) this.#watchers.set(vmId, left);
      else {
        this.#watchers.delete(vmId);
        this.#asked.delete(vmId);
        runInAction(() => this.#known.delete(vmId));
      }
    };
  }

  /** Asks for those that are due, longest waiting first. */
  askDue(now = Date.now()): void {
    const { link, rights } = this.#uses;
    if (!this.#isShown() || !link.up || rights.whyNot('vm.portHealth') !== null) return;
    const due = [...this.#watchers.keys()]
      .filter((vmId) => !this.#inFlight.has(vmId) && this.#uses.vms.get(vmId)?.state === 'running')
      .filter((vmId) => now - (this.#asked.get(vmId) ?? 0) >= EVERY_MS)
      .toSorted((a, b) => (this.#asked.get(a) ?? 0) - (this.#asked.get(b) ?? 0));
    for (const vmId of due.slice(0, MOST_AT_ONCE - this.#inFlight.size)) void this.#ask(vmId, now);
  }

  start(): () => void {
    const timer = setInterval(() => this.askDue(), LOOK_MS);
    return () => clearInterval(timer);
  }

  async #ask(vmId: string, now: number): Promise<void> {
    this.#inFlight.add(vmId);
    this.#asked.set(vmId, now);
    const of = this.#runOf(vmId);
    try {
      const { ports } = await this.#bridge.client.vm.portHealth({ vmId });
      if (this.#watchers.has(vmId)) runInAction(() => this.#known.set(vmId, { of, ports }));
    } catch {
      // What can't be asked is not known: an earlier answer says nothing of now.
      runInAction(() => this.#known.delete(vmId));
    } finally {
      this.#inFlight.delete(vmId);
    }
  }

  #runOf(vmId: string): string {
    const vm = this.#uses.vms.get(vmId);
    return `${vm?.state} ${vm?.runningSince}`;
  }
}
