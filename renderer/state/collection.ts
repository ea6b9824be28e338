// Things of one noun by id, as the stores keep them: replaced whole, never edited in place, so an old one stays true.
import { action, computed, makeObservable, type ObservableMap, observable } from 'mobx';

export class Collection<Item> {
  readonly #idOf: (item: Item) => string;
  readonly #byId: ObservableMap<string, Item> = observable.map<string, Item>({}, { deep: false });
  /** Ids that have come since `beginWhole`; null while no whole is coming. */
  #arrived: Set<string> | null = null;

  constructor(idOf: (item: Item) => string) {
    this.#idOf = idOf;
    makeObservable(this, {
      all: computed,
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

  get(id: string): Item | undefined {
    return this.#byId.get(id);
  }

  has(id: string): boolean {
    return this.#byId.has(id);
  }

  put(item: Item): void {
    this.#byId.set(this.#idOf(item), item);
  }

  remove(id: string): void {
    this.#byId.delete(id);
  }

  replaceAll(items: readonly Item[]): void {
    this.#byId.replace(items.map((item) => [this.#idOf(item), item]));
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
    for (const id of this.#byId.keys()) if (!arrived.has(id) && !keep(id)) this.#byId.delete(id);
  }
}
