// Things of one noun by id, as the stores keep them: replaced whole, never edited in place, so an old one stays true.
import { action, computed, makeObservable, type ObservableMap, observable } from 'mobx';

export class Collection<Item> {
  readonly #idOf: (item: Item) => string;
  readonly #byId: ObservableMap<string, Item> = observable.map<string, Item>({}, { deep: false });

  constructor(idOf: (item: Item) => string) {
    this.#idOf = idOf;
    makeObservable(this, { all: computed, put: action, remove: action, replaceAll: action });
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
}
