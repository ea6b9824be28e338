// Asks for the metrics of the machines that somebody looks at, each second, right after the agent has measured: on a host with thousands the
// feed tells only sums of ENVs. Who comes into sight brings its last minute along.
import { MOST_MEASURED_VMS, MOST_MINUTES, type Vm } from '@tt/protocol';
import { reaction } from 'mobx';
import type { Bridge } from '../bridge.ts';
import type { LinkStore } from '../state/link-store.ts';
import type { MetricsStore } from './metrics-store.ts';

/** Machines come into sight many at a time, and while somebody scrolls, again and again. */
const SETTLE_MS = 100;
/** Whoever heard nothing for longer has a hole in what is known of the last minute. */
const HOLE_MS = 2500;

export interface AskerStores {
  metrics: MetricsStore;
  vms: { get(vmId: string): Vm | undefined };
  link: Pick<LinkStore, 'up'>;
}

export class MetricsAsker {
  readonly #bridge: Bridge;
  readonly #stores: AskerStores;
  readonly #isShown: () => boolean;
  #isAsking = false;
  /** Somebody came while an answer was on its way. */
  #isDue = false;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #answeredAtMs = Number.NEGATIVE_INFINITY;

  constructor(bridge: Bridge, stores: AskerStores, isShown: () => boolean) {
    this.#bridge = bridge;
    this.#stores = stores;
    this.#isShown = isShown;
  }

  start(): () => void {
    const { metrics } = this.#stores;
    const stop = reaction(
      () => metrics.sumRounds,
      () => void this.ask(),
    );
    metrics.onLook = () => this.#askSoon();
    return () => {
      stop();
      metrics.onLook = () => {};
      if (this.#timer) clearTimeout(this.#timer);
      this.#timer = null;
    };
  }

  /** One call at a time. What fails is asked for again in the next round; until then meters show what they showed. */
  async ask(now = performance.now()): Promise<void> {
    const { metrics, link } = this.#stores;
    if (!metrics.tellsSums || !link.up || !this.#isShown()) return;
    if (this.#isAsking) {
      this.#isDue = true;
      return;
    }
    const vmIds = metrics
      .looked()
      .filter((vmId) => isMeasured(this.#stores.vms.get(vmId)))
      .slice(0, MOST_MEASURED_VMS);
    if (vmIds.length === 0) return;
    if (now - this.#answeredAtMs > HOLE_MS) metrics.forgetMinutes();
    const minuteOf = vmIds.filter((vmId) => !metrics.isKnown(vmId)).slice(0, MOST_MINUTES);
    this.#isAsking = true;
    try {
      const answer = await this.#bridge.client.host.metrics({ vmIds, ...(minuteOf.length > 0 && { minuteOf }) });
      this.#answeredAtMs = performance.now();
      // An answer of before the link went down is of before.
      if (metrics.tellsSums) metrics.applySeen(answer);
    } catch {
      // The link says so itself, and the feed begins anew.
    } finally {
      this.#isAsking = false;
      if (this.#isDue) this.#askSoon();
      this.#isDue = false;
    }
  }

  #askSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      void this.ask();
    }, SETTLE_MS);
  }
}

/** A machine that does not run uses nothing. */
function isMeasured(vm: Vm | undefined): boolean {
  return vm?.state === 'running' || vm?.state === 'paused';
}
