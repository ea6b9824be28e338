// Whether the shelf is open: as the user chose, or automatically where it has something to show. Otherwise it is a strip, which is a target
// of drags all the same. What it shows for the first time while somebody points at the page moves nothing of that page.
import { action, compareShallow, computed, makeObservable, observable, reaction } from 'mobx';
import type { OperationStore } from '../activity/operation-store.ts';
import type { SettingsStore } from '../settings/settings-store.ts';
import type { LinkStore } from '../state/link-store.ts';
import type { ViewStore } from '../state/view-store.ts';
import { savingOf } from './saving.ts';
import type { SnapshotStore } from './snapshot-store.ts';
import type { TakeStore } from './take-store.ts';

export interface ShelfStores {
  settings: SettingsStore;
  view: ViewStore;
  snapshots: SnapshotStore;
  operations: OperationStore;
  takes: TakeStore;
  link: LinkStore;
}

/** Beside the page, over a page that keeps its width, or closed. */
export type ShelfStand = 'beside' | 'over' | 'strip';

/** On the page, there where an open shelf would lie over it, or nowhere on the page. */
export type PointerPlace = 'page' | 'edge' | 'elsewhere';

export class ShelfStore {
  /** Where it opened automatically: it stays open there, whatever becomes of the snapshots. */
  openedAt: string | null = null;
  /** Where it was a strip, as there was nothing to show. */
  stripAt: string | null = null;
  /** Where it opened over the page. */
  overAt: string | null = null;
  /** What opens beside the page would move what is about to be clicked on it. */
  pointer: PointerPlace = 'elsewhere';
  /** The window has little space beside the board. */
  isNarrow = false;
  readonly #stores: ShelfStores;

  constructor(stores: ShelfStores) {
    this.#stores = stores;
    makeObservable(this, {
      openedAt: observable,
      stripAt: observable,
      overAt: observable,
      pointer: observable,
      isNarrow: observable,
      hasSomething: computed,
      opensItself: computed,
      place: computed,
      stand: computed,
      isLow: computed,
      isOpen: computed,
      remember: action,
      setPointer: action,
      setNarrow: action,
      toggle: action,
    });
  }

  /**
   * On the board, which must not change its width with each ENV that gets the focus, snapshots of any ENV count; in a narrow window
   * those of the chosen one alone, as nothing but a sentence would take a third of it.
   */
  get hasSomething(): boolean {
    const { view, snapshots, takes } = this.#stores;
    if (takes.naming !== null) return true;
    if (view.route.page === 'envs' && !this.isNarrow) return snapshots.items.ids.length > 0;
    const { chosenEnv } = view;
    if (chosenEnv === null) return false;
    return snapshots.ofEnv(chosenEnv).length > 0 || savingOf(this.#stores, chosenEnv).length > 0;
  }

  get opensItself(): boolean {
    return this.hasSomething || this.openedAt === this.place;
  }

  get stand(): ShelfStand {
    const { settings, takes } = this.#stores;
    if (settings.shelf !== 'auto') return settings.shelf === 'open' ? 'beside' : 'strip';
    if (!this.opensItself) return 'strip';
    const place = this.place;
    if (this.pointer === 'elsewhere' || this.openedAt === place || this.stripAt !== place) return 'beside';
    // One that came from elsewhere covers nothing that is pointed at; one that was taken here is to be named.
    return takes.naming !== null || this.overAt === place || this.pointer === 'page' ? 'over' : 'strip';
  }

  /** It opened over the page, below its verbs, and its contents stay where they came: also beside the page, until another is shown. */
  get isLow(): boolean {
    return this.stand === 'over' || (this.isOpen && this.overAt === this.place);
  }

  get isOpen(): boolean {
    return this.stand !== 'strip';
  }

  /** To be called for each change of where and how it stands, while it is shown. */
  remember(): void {
    if (this.overAt !== this.place) this.overAt = null;
    if (this.stand === 'over') this.overAt = this.place;
    else if (this.stand === 'beside' && this.hasSomething) this.openedAt = this.place;
    // Before the first picture of the agent has come it shows nothing of anything.
    else if (this.stand === 'strip' && !this.hasSomething && this.#stores.link.up) this.stripAt = this.place;
  }

  /** Remembers until the answer is called. */
  follow(): () => void {
    return reaction(
      () => [this.place, this.stand, this.hasSomething, this.#stores.link.up],
      () => this.remember(),
      { fireImmediately: true, equals: compareShallow },
    );
  }

  setPointer(place: PointerPlace): void {
    this.pointer = place;
  }

  setNarrow(isNarrow: boolean): void {
    this.isNarrow = isNarrow;
  }

  /** What it would do anyway needs no choice that is remembered. */
  toggle(): void {
    const wanted = !this.isOpen;
    this.openedAt = null;
    this.stripAt = null;
    this.#stores.settings.showShelf(wanted === this.opensItself ? 'auto' : wanted ? 'open' : 'closed');
  }

  /** What it belongs to: the board, or an ENV. */
  get place(): string {
    const { view } = this.#stores;
    return view.route.page === 'envs' ? '' : (view.chosenEnv ?? '');
  }
}
