// What is being composed in the New ENV sheet: its machines, under what name, for how long, and what comes then.
import type { EndPolicy } from '@tt/protocol';
import { LIFETIME_DEFAULT_S, LIFETIME_MAX_S } from '@tt/protocol';
import { action, computed, makeObservable, observable, observableRef } from 'mobx';
import type { EnvWish } from '../env/env-store.ts';
import { type ImageStore, osFamily } from '../images/image-store.ts';
import { GroupsDraft } from './groups-draft.ts';

export type LifetimeChoice = { kind: 'seconds'; seconds: number } | { kind: 'until'; end: Date };

/** The rarely used ones, under "More". */
export interface EnvOptions {
  denyOutgoing: boolean;
  sameUuid: boolean;
  /** Administrators: any lifetime. */
  overrideLimit: boolean;
}

export class NewEnvDraft extends GroupsDraft {
  override readonly newEnvs: number = 1;
  /** As typed; null = the suggestion stands. */
  typedName: string | null = null;
  lifetime: LifetimeChoice;
  endPolicy: EndPolicy = 'delete';
  options: Readonly<EnvOptions> = { denyOutgoing: false, sameUuid: false, overrideLimit: false };
  readonly #takenNames: () => readonly string[];

  constructor(images: ImageStore, takenNames: () => readonly string[], lifetimeS = LIFETIME_DEFAULT_S) {
    super(images);
    this.#takenNames = takenNames;
    this.lifetime = { kind: 'seconds', seconds: lifetimeS };
    makeObservable(this, {
      typedName: observable,
      lifetime: observableRef,
      endPolicy: observable,
      options: observableRef,
      name: computed,
      typeName: action,
      setLifetime: action,
      setEndPolicy: action,
      setOptions: action,
    });
  }

  get name(): string {
    return this.typedName ?? this.#suggestedName();
  }

  typeName(name: string): void {
    this.typedName = name;
  }

  setLifetime(lifetime: LifetimeChoice): void {
    this.lifetime = lifetime;
  }

  setEndPolicy(endPolicy: EndPolicy): void {
    this.endPolicy = endPolicy;
  }

  setOptions(options: Partial<EnvOptions>): void {
    this.options = { ...this.options, ...options };
  }

  toWish(now = Date.now()): EnvWish {
    const { lifetime, endPolicy, options } = this;
    const chosen = Object.entries(options).filter(([, value]) => value);
    return {
      name: this.name,
      groups: this.toGroups(),
      lifetimeS: secondsOf(lifetime, now),
      ...(endPolicy === 'delete' ? {} : { endPolicy }),
      ...(Object.fromEntries(chosen) as Partial<EnvOptions>),
    };
  }

  #suggestedName(): string {
    const families = [...new Set(this.groups.map(({ image }) => osFamily(image.os)))];
    const base = families.length > 2 ? 'matrix' : families.join('-') || 'env';
    const taken = new Set(this.#takenNames());
    if (!taken.has(base)) return base;
    let number = 2;
    while (taken.has(`${base}-${number}`)) number++;
    return `${base}-${number}`;
  }
}

/** How long that is from `now`. */
export function secondsOf(lifetime: LifetimeChoice, now = Date.now()): number {
  return lifetime.kind === 'seconds' ? lifetime.seconds : Math.round((lifetime.end.getTime() - now) / 1000);
}

/** Today's 18:00 when an ENV made now may live until then (`maxS` seconds at most); else null. */
export function sixOClock(now: Date, maxS = LIFETIME_MAX_S): Date | null {
  const end = new Date(now);
  end.setHours(18, 0, 0, 0);
  const leftS = (end.getTime() - now.getTime()) / 1000;
  return leftS >= 15 * 60 && leftS <= maxS ? end : null;
}

/** The usual spans in seconds, shortest first: the default of the host, 1 h, 4 h, and the longest it allows. */
export function lifetimeSpans(limits: { defaultS: number; maxS: number } | undefined): number[] {
  const { defaultS, maxS } = limits ?? { defaultS: LIFETIME_DEFAULT_S, maxS: LIFETIME_MAX_S };
  const spans = [defaultS, 3600, 4 * 3600, maxS].filter((seconds) => seconds <= maxS);
  return [...new Set(spans)].sort((a, b) => a - b);
}
