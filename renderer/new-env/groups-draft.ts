// Machines being composed, for a new ENV or to be added to one: which systems, how many, how large.
import type { Host, Image, Me, VmGroup } from '@tt/protocol';
import { action, computed, makeObservable, observable, observableRef } from 'mobx';
import type { ImageStore } from '../images/image-store.ts';
import { DraftGroup } from './draft-group.ts';
import { type WhatIf, whatIf } from './what-if.ts';

export class GroupsDraft {
  query = '';
  groups: readonly DraftGroup[] = [];
  /** Boots machines that could wake from the warm instant of their image. */
  cold = false;
  /** How many ENVs it makes, for the quota. */
  readonly newEnvs: number = 0;
  readonly #images: ImageStore;

  constructor(images: ImageStore) {
    this.#images = images;
    makeObservable(this, {
      query: observable,
      groups: observableRef,
      cold: observable,
      canWake: computed,
      matches: computed,
      vmCount: computed,
      isComplete: computed,
      search: action,
      toggle: action,
      remove: action,
      setCold: action,
      setGroups: action,
    });
  }

  /** Images that the typed prefixes select, ready or not. */
  get matches(): Image[] {
    return this.#images.matching(this.query);
  }

  get vmCount(): number {
    return this.groups.reduce((sum, { copies }) => sum + copies, 0);
  }

  /** Whether the image of something chosen is warm: only then `cold` makes a difference. */
  get canWake(): boolean {
    return this.groups.some(({ image }) => this.#images.items.get(image.name)?.warm?.state === 'ready');
  }

  /** Something is chosen, and all that was typed has a meaning. */
  get isComplete(): boolean {
    return this.groups.length > 0 && this.groups.every(({ isValid }) => isValid);
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

  whatIf(host: Host, me: Me | null = null): WhatIf {
    return whatIf(host, this.groups, me, this.newEnvs);
  }

  /** Replaces all that was chosen. */
  setGroups(groups: readonly DraftGroup[]): void {
    this.query = '';
    this.groups = groups;
  }

  setCold(cold: boolean): void {
    this.cold = cold;
  }

  toMachines(): { groups: VmGroup[]; cold?: true } {
    return { groups: this.groups.map((group) => group.toRequest()), ...(this.cold && this.canWake && { cold: true }) };
  }
}
