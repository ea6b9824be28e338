// Things of one noun by id, as the stores keep them: replaced whole, never edited in place, so an old one stays true. What
// belongs together (the machines of an ENV) is found by an index, so that a change costs what it changes.
import {
  action,
  compareShallow,
  computed,
  makeObservable,
  type ObservableMap,
  type ObservableSet,
  observable,
} from 'mobx';

export interface ItemRef {
  readonly id: string;
}

export class Collection<Item> {
  readonly #idOf: (item: Item) => string;
  readonly #groupOf: ((item: Item) => string) | null;
  readonly #byId: ObservableMap<string, Item> = observable.map<string, Item>({}, { deep: false });
  /** Ids that have come since `beginWhole`; null while no whole is coming. */
  #arrived: Set<string> | null = null;
  readonly #refs = new Map<string, ItemRef>();
  /** Ids by group. */
  readonly #groups: ObservableMap<string, ObservableSet<string>> = observable.map({}, { deep: false });

  /** `groupOf`: what `inGroup` finds an item by. */
  constructor(idOf: (item: Item) => string, groupOf: ((item: Item) => string) | null = null) {
    this.#idOf = idOf;
    this.#groupOf = groupOf;
    makeObservable(this, {
      all: computed,
      ids: computed({ equals: compareShallow }),
      put: action,
      remove: action,
      replaceAll: action,
      putSome: action,
      endWhole: action,
    });
  }

  get all(): Item[] {
    return [...this.#byId.values()];
  }

  /** In the order in which they came. Whoever reads them sees what comes and goes, not what changes. */
  get ids(): string[] {
    return [...this.#byId.keys()];
  }

  /** What stands for each in a list: the same object as long as the item is there, whatever changes in it. */
  refsOf(ids: readonly string[]): ItemRef[] {
    return ids.map((id) => {
      const ref = this.#refs.get(id) ?? { id };
      if (this.#byId.has(id)) this.#refs.set(id, ref);
      return ref;
    });
  }

  get(id: string): Item | undefined {
    return this.#byId.get(id);
  }

  has(id: string): boolean {
    return this.#byId.has(id);
  }

  /** The items of one group. Whoever reads them sees changes of this group only. */
  inGroup(group: string): Item[] {
    return [...(this.#groups.get(group) ?? [])].flatMap((id) => this.#byId.get(id) ?? []);
  }

  put(item: Item): void {
    const id = this.#idOf(item);
    const before = this.#byId.get(id);
    this.#byId.set(id, item);
    if (!this.#groupOf) return;
    const group = this.#groupOf(item);
    if (before !== undefined && this.#groupOf(before) !== group) this.#leave(this.#groupOf(before), id);
    this.#join(group, id);
  }

  remove(id: string): void {
    const before = this.#byId.get(id);
    this.#byId.delete(id);
    this.#refs.delete(id);
    if (before !== undefined && this.#groupOf) this.#leave(this.#groupOf(before), id);
  }

  replaceAll(items: readonly Item[]): void {
    this.#byId.replace(items.map((item) => [this.#idOf(item), item]));
    for (const id of this.#refs.keys()) if (!this.#byId.has(id)) this.#refs.delete(id);
    if (!this.#groupOf) return;
    const idsByGroup = Map.groupBy(items, this.#groupOf);
    for (const group of this.#groups.keys()) if (!idsByGroup.has(group)) this.#groups.delete(group);
    for (const [group, members] of idsByGroup) {
      const ids = members.map(this.#idOf);
      const known = this.#groups.get(group);
      if (known) known.replace(ids);
      else this.#groups.set(group, observable.set(ids));
    }
  }

  /** From here until `endWhole`, `putSome` brings all there are; what was there before stays until then. */
  beginWhole(): void {
    this.#arrived = new Set();
  }

  putSome(items: readonly Item[]): void {
    for (const item of items) {
      this.#arrived?.add(this.#idOf(item));
      this.put(item);
    }
  }

  /** Removes what has not come, but for those that `keep` names. */
  endWhole(keep: (id: string) => boolean = () => false): void {
    const arrived = this.#arrived;
    this.#arrived = null;
    if (!arrived) return;
    for (const id of this.#byId.keys()) if (!arrived.has(id) && !keep(id)) this.remove(id);
  }

  #join(group: string, id: string): void {
    const ids = this.#groups.get(group);
    if (ids) ids.add(id);
    else this.#groups.set(group, observable.set([id]));
  }

  #leave(group: string, id: string): void {
    const ids = this.#groups.get(group);
    ids?.delete(id);
    if (ids?.size === 0) this.#groups.delete(group);
  }
}
