// What is being composed in the New ENV sheet: which systems, how many, how large, under what name, for how long.
import type { Host, Image } from '@tt/protocol';
import { LIFETIME_DEFAULT_S, LIFETIME_MAX_S } from '@tt/protocol';
import { action, computed, makeObservable, observable, observableRef } from 'mobx';
import type { EnvWish } from '../state/env-store.ts';
import { type ImageStore, osFamily } from '../state/image-store.ts';
import { DraftGroup } from './draft-group.ts';
import { type WhatIf, whatIf } from './what-if.ts';

export type LifetimeChoice = { kind: 'seconds'; seconds: number } | { kind: 'until'; end: Date };

export class NewEnvDraft {
  query = '';
  groups: readonly DraftGroup[] = [];
  /** As typed; null = the suggestion stands. */
  typedName: string | null = null;
  lifetime: LifetimeChoice = { kind: 'seconds', seconds: LIFETIME_DEFAULT_S };
  readonly #images: ImageStore;
  readonly #takenNames: () => readonly string[];

  constructor(images: ImageStore, takenNames: () => readonly string[]) {
    this.#images = images;
    this.#takenNames = takenNames;
    makeObservable(this, {
      query: observable,
      groups: observableRef,
      typedName: observable,
      lifetime: observableRef,
      matches: computed,
      name: computed,
      vmCount: computed,
      search: action,
      toggle: action,
      remove: action,
      typeName: action,
      setLifetime: action,
    });
  }

  /** Images that the typed prefixes select, ready or not. */
  get matches(): Image[] {
    return this.#images.matching(this.query);
  }

  get vmCount(): number {
    return this.groups.reduce((sum, { copies }) => sum + copies, 0);
  }

  get name(): string {
    return this.typedName ?? this.#suggestedName();
  }

  /** Typing selects as the CLI would: what matches is chosen, what no longer matches (and was not touched) is let go. */
  search(query: string): void {
    this.query = query;
    const matching = new Set(this.matches.filter(({ state }) => state === 'ready').map(({ name }) => name));
    const kept = this.groups.filter((group) => !group.bySearch || matching.has(group.image.name));
    const known = new Set(kept.map(({ image }) => image.name));
    const added = this.matches.filter(({ name }) => matching.has(name) && !known.has(name));
    this.groups = [...kept, ...added.map((image) => new DraftGroup(image, true))];
  }

  toggle(image: Image): void {
    const chosen = this.groups.some((group) => group.image.name === image.name);
    if (chosen) this.remove(image.name);
    else this.groups = [...this.groups, new DraftGroup(image, false)];
  }

  remove(imageName: string): void {
    this.groups = this.groups.filter(({ image }) => image.name !== imageName);
  }

  typeName(name: string): void {
    this.typedName = name;
  }

  setLifetime(lifetime: LifetimeChoice): void {
    this.lifetime = lifetime;
  }

  whatIf(host: Host): WhatIf {
    return whatIf(host, this.groups);
  }

  toWish(now = Date.now()): EnvWish {
    const { lifetime } = this;
    const lifetimeS =
      lifetime.kind === 'seconds' ? lifetime.seconds : Math.round((lifetime.end.getTime() - now) / 1000);
    return { name: this.name, groups: this.groups.map((group) => group.toWish()), lifetimeS };
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

/** Today's 18:00 when an ENV made now may live until then; else null. */
export function sixOClock(now: Date): Date | null {
  const end = new Date(now);
  end.setHours(18, 0, 0, 0);
  const leftS = (end.getTime() - now.getTime()) / 1000;
  return leftS >= 15 * 60 && leftS <= LIFETIME_MAX_S ? end : null;
}
