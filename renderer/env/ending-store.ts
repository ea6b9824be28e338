// ENVs whose end is near, as the agent warned (15, 5, 1 min before). Each stays until it is extended, gone or put aside, so
// that none is lost when several end together; a later warning brings a put aside one back,
// and one that was put off comes back when its time has passed.
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

/** Put off for so long, and never into the last minute. */
export const PUT_OFF_MS = 300_000;
const LAST_MS = 60_000;

interface Warned extends Ending {
  aside: boolean;
  /** Not shown before; null: it was not put off. */
  notBefore: number | null;
}

export class EndingStore {
  readonly #warned = observable.map<string, Warned>({}, { deep: false });
  readonly #envs: Pick<EnvStore, 'get'>;
  readonly #me: Me;
  readonly #clock: { readonly now: number };

  constructor(envs: Pick<EnvStore, 'get'>, me: Me, clock: { readonly now: number }) {
    this.#envs = envs;
    this.#me = me;
    this.#clock = clock;
    makeObservable(this, {
      shown: computed,
      note: action,
      noteMissed: action,
      dismiss: action,
      dismissAll: action,
      putOff: action,
    });
  }

  /** The warnings that still hold, soonest end first. Other people's ENVs are not ours to worry about. */
  get shown(): Ending[] {
    return [...this.#warned.values()]
      .filter(({ name, endAt, aside, notBefore }) => {
        const env = this.#envs.get(name);
        // The clock is only followed while something was put off.
        const isPutOff = notBefore !== null && this.#clock.now < notBefore;
        return !aside && !isPutOff && env && !env.expired && env.endAt === endAt && !this.#me.isOthers(env);
      })
      .sort((a, b) => a.endAt.localeCompare(b.endAt) || a.name.localeCompare(b.name));
  }

  note(ending: Ending): void {
    this.#warned.set(ending.name, { ...ending, aside: false, notBefore: null });
  }

  /** After a whole picture: warns of ENVs that end in a moment, unless it was done already. */
  noteMissed(envs: readonly Env[], now = Date.now()): void {
    for (const { name, endAt, endPolicy, expired, state } of envs) {
      const endsInS = Math.round((Date.parse(endAt) - now) / 1000);
      const known = this.#warned.get(name)?.endAt === endAt;
      if (known || expired || state === 'deleting' || state === 'deleted' || endsInS <= 0 || endsInS > MISSED_WITHIN_S)
        continue;
      this.note({ name, endAt, endsInS, endPolicy });
    }
  }

  /** When it comes back if it is put off now; null: there is no time for that. */
  putOffUntil({ endAt }: Pick<Ending, 'endAt'>, now: number): number | null {
    const until = Math.min(now + PUT_OFF_MS, Date.parse(endAt) - LAST_MS);
    return until > now ? until : null;
  }

  putOff(name: string, now = Date.now()): void {
    const ending = this.#warned.get(name);
    const notBefore = ending ? this.putOffUntil(ending, now) : null;
    if (ending && notBefore !== null) this.#warned.set(name, { ...ending, notBefore });
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
