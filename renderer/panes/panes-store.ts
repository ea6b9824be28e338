// The consoles that are open side by side, in panes: what is shown where, kept for the next time. One layout for each connection.
import { action, makeObservable, observable, observableRef, reaction } from 'mobx';
import type { SettingsPlace } from '../settings/settings-store.ts';
import type { ConsoleTab } from '../state/route.ts';
import {
  activate,
  closeTab,
  keepOnly,
  type Layout,
  moveTab,
  neighbour,
  openTab,
  type Place,
  readLayout,
  resize,
  shiftTab,
  showTab,
  tabId,
  tabsOf,
} from './pane-layout.ts';

const KEY = 'tt.panes';

export class PanesStore {
  layout: Layout;
  /** Id of the tab that is being dragged; null: none is. */
  dragged: string | null = null;
  readonly #place: SettingsPlace | null;
  readonly #key: string;

  /** `connection`: whose machines these are; null in a browser, which has one. */
  constructor(place: SettingsPlace | null, connection: string | null) {
    this.#place = place;
    this.#key = connection === null ? KEY : `${KEY}.${connection}`;
    this.layout = readLayout(parse(place?.getItem(this.#key) ?? null));
    makeObservable(this, {
      layout: observableRef,
      dragged: observable,
      open: action,
      show: action,
      close: action,
      activate: action,
      goOn: action,
      move: action,
      shift: action,
      resize: action,
      drag: action,
      forgetGone: action,
    });
  }

  /** False: there are too many tabs. */
  open(vmId: string, envName: string, tab: ConsoleTab): boolean {
    this.layout = openTab(this.layout, { vmId, envName, tab });
    return tabsOf(this.layout).some(({ id }) => id === tabId(vmId, tab));
  }

  show(id: string): void {
    this.layout = showTab(this.layout, id);
  }

  close(id: string): void {
    this.layout = closeTab(this.layout, id);
  }

  activate(paneId: string): void {
    if (paneId !== this.layout.active) this.layout = activate(this.layout, paneId);
  }

  /** To the next or the previous pane; the answer is its id. */
  goOn(by: 1 | -1): string | null {
    const next = neighbour(this.layout, by);
    if (next) this.layout = activate(this.layout, next.id);
    return next?.id ?? null;
  }

  /** False: it is there already, or there are too many panes. */
  move(id: string, to: Place): boolean {
    const before = this.layout;
    this.layout = moveTab(before, id, to);
    return this.layout !== before;
  }

  /** Along the tabs of its pane. False: it is at their end. */
  shift(id: string, by: 1 | -1): boolean {
    const before = this.layout;
    this.layout = shiftTab(before, id, by);
    return this.layout !== before;
  }

  resize(splitId: string, share: number): void {
    this.layout = resize(this.layout, splitId, share);
  }

  drag(id: string | null): void {
    this.dragged = id;
  }

  forgetGone(isThere: (vmId: string) => boolean): void {
    this.layout = keepOnly(this.layout, isThere);
  }

  /** Keeps each layout from now on, until disposed. */
  start(): () => void {
    return reaction(
      () => JSON.stringify(this.layout.root),
      (text) => this.#place?.setItem(this.#key, text),
    );
  }
}

/** What can't be read is nothing. */
function parse(text: string | null): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return null;
  }
}
