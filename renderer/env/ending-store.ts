// ENVs whose end is near, as the agent warned (15, 5, 1 min before). Each stays until it is extended, gone or put aside, so
// that none is lost when several end together; a later warning brings a put aside one back.
import type { Env, EventData } from '@tt/protocol';
import { action, computed, makeObservable, observable } from 'mobx';
import type { EnvStore } from './env-store.ts';

export type Ending = EventData<'env.ending'>;

/** A window that was not there for the last warning gives it itself. */
const MISSED_WITHIN_S = 300;

/** Who looks: tells the ENVs of others from one's own. */
interface Me {
  isOthers(env: Env): boolean;
}

export class EndingStore {
  readonly #warned = observable.map<string, Ending & { aside: boolean }>({}, { deep: false });
  readonly #envs: EnvStore;
  readonly #me: Me;

  constructor(envs: EnvStore, me: Me) {
    this.#envs = envs;
    this.#me = me;
    makeObservable(this, { shown: computed, note: action, noteMissed: action, dismiss: action, dismissAll: action });
  }

  /** The warnings that still hold, soonest end first. Other people's ENVs are not ours to worry about. */
  get shown(): Ending[] {
    return [...this.#warned.values()]
      .filter(({ name, endAt, aside }) => {
        const env = this.#envs.get(name);
        return !aside && env && !env.expired && env.endAt === endAt && !this.#me.isOthers(env);
      })
      .sort((a, b) => a.endAt.localeCompare(b.endAt) || a.name.localeCompare(b.name));
  }

  note(ending: Ending): void {
    this.#warned.set(ending.name, { ...ending, aside: false });
  }

  /** After a whole picture: warns of ENVs that end in a moment, unless it was done already. */
  noteMissed(envs: readonly Env[], now = Date.now()): void {
    for (const { name, endAt, endPolicy, expired, state } of envs) {
      const endsInS = Math.round((Date.parse(endAt) - now) / 1000);
      const known = this.#warned.get(name)?.endAt === endAt;
      if (known || expired || state === 'deleting' || endsInS <= 0 || endsInS > MISSED_WITHIN_S) continue;
      this.note({ name, endAt, endsInS, endPolicy });
    }
  }

  dismiss(name: string): void {
    const ending = this.#warned.get(name);
    if (ending) this.#warned.set(name, { ...ending, aside: true });
  }

  /** Those that are shown; a later warning of each comes all the same. */
  dismissAll(): void {
    for (const { name } of this.shown) this.dismiss(name);
  }
}
