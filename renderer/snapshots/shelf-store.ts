// Whether the shelf is open: as the user chose, or automatically where it has something to show. Otherwise it is a strip, which is a target
// of drags all the same.
import { action, computed, makeObservable, observable } from 'mobx';
import type { OperationStore } from '../activity/operation-store.ts';
import type { SettingsStore } from '../settings/settings-store.ts';
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
}

export class ShelfStore {
  /** Where it opened automatically: it stays open there, whatever becomes of the snapshots. */
  openedAt: string | null = null;
  /** The window has little space beside the board. */
  isNarrow = false;
  readonly #stores: ShelfStores;

  constructor(stores: ShelfStores) {
    this.#stores = stores;
    makeObservable(this, {
      openedAt: observable,
      isNarrow: observable,
      hasSomething: computed,
      opensItself: computed,
      isOpen: computed,
      keepOpen: action,
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
    return this.hasSomething || this.openedAt === this.#place;
  }

  get isOpen(): boolean {
    const { shelf } = this.#stores.settings;
    return shelf === 'auto' ? this.opensItself : shelf === 'open';
  }

  /** To be called while it is shown with something on it. */
  keepOpen(): void {
    this.openedAt = this.#place;
  }

  setNarrow(isNarrow: boolean): void {
    this.isNarrow = isNarrow;
  }

  /** What it would do anyway needs no choice that is remembered. */
  toggle(): void {
    const wanted = !this.isOpen;
    this.openedAt = null;
    this.#stores.settings.showShelf(wanted === this.opensItself ? 'auto' : wanted ? 'open' : 'closed');
  }

  get #place(): string {
    const { view } = this.#stores;
    return view.route.page === 'envs' ? '' : (view.chosenEnv ?? '');
  }
}
