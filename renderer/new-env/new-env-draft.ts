// What is being composed in the New ENV sheet: its machines, under what name, for how long, and what comes then.
import type { EndPolicy } from '@tt/protocol';
import { LIFETIME_DEFAULT_S } from '@tt/protocol';
import { action, computed, makeObservable, observable, observableRef } from 'mobx';
import type { EnvSpec } from '../env/env-store.ts';
import { type LifetimeChoice, secondsOf } from '../env/lifetime-choice.ts';
import { type ImageStore, osFamily } from '../images/image-store.ts';
import { GroupsDraft } from './groups-draft.ts';

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
  anyName: string | null = null;
  lifetime: LifetimeChoice;
  endPolicy: EndPolicy = 'delete';
  options: Readonly<EnvOptions> = { denyOutgoing: false, sameUuid: false, overrideLimit: false };
  readonly #takenNames: () => readonly string[];

  constructor(images: ImageStore, takenNames: () => readonly string[], lifetimeS = LIFETIME_DEFAULT_S) {
    super(images);
    this.#takenNames = takenNames;
    this.lifetime = { kind: 'seconds', seconds: lifetimeS };
    makeObservable(this, {
      anyName: observable,
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
    return this.anyName ?? this.#suggestedName();
  }

  typeName(name: string): void {
    this.anyName = name;
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

  toRequest(now = Date.now()): EnvSpec {
    const { lifetime, endPolicy, options } = this;
    const chosen = Object.entries(options).filter(([, value]) => value);
    return {
      name: this.name,
      ...this.toMachines(),
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
