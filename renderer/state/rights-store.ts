// What the current user may call, in one place: actions, buttons, keys and drops ask here for the reason why not. The agent decides
// all the same; this only says so before.
import { type Contract, type Env, viewerCalls } from '@tt/protocol';
import { computed, makeObservable } from 'mobx';
import type { Action, WhyNot } from '../components/action.ts';
import type { MeStore } from '../hosts/me-store.ts';

/** `env.start` */
export type CallName = {
  [Group in keyof Contract]: `${Group}.${Extract<keyof Contract[Group], string>}`;
}[keyof Contract];

/** What members of the team of an ENV may not do to it. */
const ownersCalls: ReadonlySet<CallName> = new Set<CallName>(['env.delete', 'env.restore', 'env.purge']);

export class RightsStore {
  readonly #me: MeStore;

  constructor(me: MeStore) {
    this.#me = me;
    makeObservable(this, { isViewer: computed });
  }

  /** False while it is not known: nothing is greyed that may be allowed. */
  get isViewer(): boolean {
    return this.#me.me?.role === 'viewer';
  }

  /** null: nothing that is known here keeps the user from this call. */
  whyNot(call: CallName): WhyNot | null {
    return this.isViewer && !viewerCalls.has(call) ? 'viewer' : null;
  }

  /** The same for a call about an ENV. */
  whyNotIn(env: Env, call: CallName): WhyNot | null {
    return this.whyNot(call) ?? (ownersCalls.has(call) ? this.whyNotShare(env) : null);
  }

  /** Only its owner and administrators say who an ENV is shared with. */
  whyNotShare(env: Env): WhyNot | null {
    const isShared = (env.team ?? null) !== null;
    return this.whyNot('env.update') ?? (isShared && this.#me.isOthers(env) && !this.#me.isAdmin ? 'notOwner' : null);
  }

  /** The actions, each with the reason why the user may not make its call before all others; null: it makes none that needs a right. */
  on<Id extends string>(calls: Readonly<Record<Id, CallName | null>>, actions: Record<Id, Action>): Record<Id, Action> {
    const each = Object.entries<Action>(actions).map(([id, action]): [string, Action] => {
      const call = calls[id as Id];
      return [id, this.before(call, action)];
    });
    return Object.fromEntries(each) as Record<Id, Action>;
  }

  /** One of them. */
  before(call: CallName | null, action: Action): Action {
    return { ...action, whyNot: (call === null ? null : this.whyNot(call)) ?? action.whyNot };
  }
}
