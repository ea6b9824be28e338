// The truth about the link to the agent: up or down, since when, how fast. Everything that needs it looks here.
import type { LinkState } from '@tt/client';
import { TtError } from '@tt/protocol';
import { action, computed, makeObservable, observable, observableRef } from 'mobx';
import type { Bridge } from '../bridge.ts';
import { asTtError } from '../activity/operation-store.ts';

const PING_EVERY_MS = 5000;
/** A feed that was tried again this long ago and has not failed is taken as following (it may simply have no news). */
const RETRY_GRACE_MS = 1500;

/** What the main process says of the connection below, while it is lost. */
export interface LostBelow {
  error: TtError;
  /** ISO 8601; null while an attempt is under way. */
  retryAt: string | null;
}

export class LinkStore {
  /** connecting: never yet up since the window opened. */
  state: 'connecting' | 'up' | 'down' = 'connecting';
  error: TtError | null = null;
  retryAt: Date | null = null;
  /** When the picture of now was last known to be true. */
  lastKnownAt: Date | null = null;
  rttMs: number | null = null;
  /** Desktop: why nothing can come through now; null while the connection below works. */
  below: LostBelow | null = null;
  readonly #bridge: Bridge;

  constructor(bridge: Bridge) {
    this.#bridge = bridge;
    makeObservable(this, {
      state: observable,
      error: observableRef,
      retryAt: observableRef,
      lastKnownAt: observableRef,
      rttMs: observable,
      below: observableRef,
      up: computed,
      isStale: computed,
      setBelow: action,
      apply: action,
      markAlive: action,
      pingAnswered: action,
      pingFailed: action,
    });
  }

  get up(): boolean {
    return this.state === 'up';
  }

  /** Why a verb that needs the link can't be done now; null when it can (components/action.ts). */
  get whyNot(): 'linkDown' | null {
    return this.up ? null : 'linkDown';
  }

  /** True while what is shown may have changed without our knowing. */
  get isStale(): boolean {
    return this.state === 'down' && this.lastKnownAt !== null;
  }

  /** Why it is down: the connection below knows better than the feed, which only ended. */
  get reason(): TtError | null {
    return this.below?.error ?? this.error;
  }

  /** null while an attempt is under way, or up. */
  get nextTryAt(): Date | null {
    if (!this.below) return this.retryAt;
    return this.below.retryAt === null ? null : new Date(this.below.retryAt);
  }

  /** Nothing is shown as live for even a moment after the connection below is known to be lost. */
  setBelow(below: LostBelow | null): void {
    this.below = below;
    if (below && this.state === 'up') this.apply({ up: false, error: below.error, retryAt: this.nextTryAt });
  }

  /** What the feed says of itself (followState's onLink). */
  apply(link: LinkState): void {
    if (link.up) this.markAlive();
    else {
      this.state = 'down';
      this.error = link.error;
      this.retryAt = link.retryAt;
      this.rttMs = null;
    }
  }

  markAlive(): void {
    this.state = 'up';
    this.error = null;
    this.retryAt = null;
    this.lastKnownAt = new Date();
  }

  pingAnswered(tookMs: number): void {
    const retried = this.retryAt !== null && Date.now() > this.retryAt.getTime() + RETRY_GRACE_MS;
    if (this.state === 'up' || (this.state === 'down' && retried)) {
      this.markAlive();
      this.rttMs = tookMs;
    }
  }

  pingFailed(error: unknown): void {
    this.rttMs = null;
    if (this.state === 'up') this.apply({ up: false, error: asTtError(error), retryAt: new Date() });
  }

  /** Measures the link until disposed; a ping that is not answered in time counts as a broken link. */
  start(): () => void {
    let waiting = false;
    const ping = async () => {
      if (waiting || this.state === 'connecting') return;
      waiting = true;
      const began = performance.now();
      try {
        await this.#bridge.client.host.ping(undefined, { signal: AbortSignal.timeout(PING_EVERY_MS) });
        this.pingAnswered(performance.now() - began);
      } catch (error) {
        this.pingFailed(isGivenUp(error) ? new TtError('AGENT_SILENT', { seconds: PING_EVERY_MS / 1000 }) : error);
      } finally {
        waiting = false;
      }
    };
    const first = setTimeout(() => void ping(), 300);
    const timer = setInterval(() => void ping(), PING_EVERY_MS);
    return () => {
      clearTimeout(first);
      clearInterval(timer);
    };
  }
}

/** The limit was reached: to a person nothing was cancelled. */
function isGivenUp(error: unknown): boolean {
  return error instanceof TtError && error.code === 'OPERATION_CANCELLED';
}
