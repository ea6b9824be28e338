// Live pictures of the guests' screens: asked for every two seconds, or as often as somebody wants, but only of machines that somebody can see.
import { action, makeObservable, observable } from 'mobx';
import type { Bridge } from '../bridge.ts';
import type { LinkStore } from '../state/link-store.ts';
import type { RightsStore } from '../state/rights-store.ts';
import type { VmStore } from './vm-store.ts';

export interface Thumbnail {
  url: string;
  takenAt: string;
  /** Of before the page was loaded: not of now, whatever the machine does. */
  isOld?: true;
}

const EVERY_MS = 2000;
const MOST_AT_ONCE = 4;
/** More machines in sight than this are a crowd: their new pictures are shown together once a second, as each drawing of a page costs. */
const CROWD_FROM = 2 * MOST_AT_ONCE;
const SHOW_CROWD_MS = 1000;
/** First ones of a crowd more often: there is nothing yet where they belong. */
const SHOW_FIRST_MS = 250;
/** A screen that shows the same as before draws nothing anew; only the time that is said of it follows, this often. */
const SAME_FOR_MS = 30_000;

export class ThumbnailStore {
  readonly #pictures = observable.map<string, Thumbnail>({}, { deep: false });
  /** For each machine how often those who see it want a picture, in ms. */
  readonly #watchers = new Map<string, number[]>();
  readonly #lenders = new Map<string, () => Thumbnail | null>();
  readonly #asked = new Map<string, number>();
  readonly #inFlight = new Set<string>();
  /** Pictures that have come since the last ones were shown: a page of many tiles is drawn once for all of a round. */
  readonly #arrived = new Map<string, Thumbnail>();
  #shownAt = 0;
  readonly #bridge: Bridge;
  readonly #link: LinkStore;
  readonly #vms: VmStore;
  readonly #rights: RightsStore;
  readonly #isShown: () => boolean;

  constructor(bridge: Bridge, link: LinkStore, vms: VmStore, rights: RightsStore, isShown: () => boolean) {
    this.#bridge = bridge;
    this.#link = link;
    this.#vms = vms;
    this.#rights = rights;
    this.#isShown = isShown;
    makeObservable(this, { keep: action, showArrived: action, forgetGone: action });
  }

  /** The last picture of a VM's screen, however old; undefined when there never was one. */
  of(vmId: string): Thumbnail | undefined {
    return this.#pictures.get(vmId);
  }

  /** All there are, by VM id; those that were lent are of now. Changes nothing: a page that goes must not draw anything new. */
  all(): (readonly [string, Thumbnail])[] {
    const lent = [...this.#lenders].flatMap(([vmId, look]) => {
      const picture = look();
      return picture ? [[vmId, picture] as const] : [];
    });
    return [...new Map([...this.#pictures, ...lent])];
  }

  /** A console that is open has a better picture, until the answer is called. It is asked only when all are wanted. */
  lend(vmId: string, picture: () => Thumbnail | null): () => void {
    this.#lenders.set(vmId, picture);
    return () => {
      if (this.#lenders.get(vmId) === picture) this.#lenders.delete(vmId);
    };
  }

  /** Somebody can see this VM's tile, until the answer is called. */
  watch(vmId: string, everyMs = EVERY_MS): () => void {
    this.#watchers.set(vmId, [...(this.#watchers.get(vmId) ?? []), everyMs]);
    this.askDue();
    let watching = true;
    return () => {
      if (!watching) return;
      watching = false;
      const left = [...(this.#watchers.get(vmId) ?? [])];
      left.splice(left.indexOf(everyMs), 1);
      if (left.length > 0) this.#watchers.set(vmId, left);
      else this.#watchers.delete(vmId);
    };
  }

  keep(vmId: string, picture: Thumbnail): void {
    this.#pictures.set(vmId, picture);
  }

  /** When the last answer of a round has come, or when the next is due, whatever comes first; of a crowd once a second. */
  showArrived(now = Date.now()): void {
    if (this.#arrived.size === 0) return;
    const isFirst = [...this.#arrived.keys()].some((vmId) => !this.#pictures.has(vmId));
    const everyMs = this.#watchers.size <= CROWD_FROM ? 0 : isFirst ? SHOW_FIRST_MS : SHOW_CROWD_MS;
    if (now - this.#shownAt < everyMs) return;
    this.#shownAt = now;
    for (const [vmId, picture] of this.#arrived) this.#pictures.set(vmId, picture);
    this.#arrived.clear();
  }

  forgetGone(): void {
    for (const vmId of this.#pictures.keys()) if (!this.#vms.items.has(vmId)) this.#pictures.delete(vmId);
  }

  /** Asks for the pictures that are due, longest waiting first. `onlyFirst`: of machines that have none. */
  askDue(now = Date.now(), onlyFirst = false): void {
    if (!this.#isShown() || !this.#link.up || this.#rights.whyNot('vm.screenshot') !== null) return;
    let free = MOST_AT_ONCE - this.#inFlight.size;
    if (free <= 0) return;
    const due = [...this.#watchers]
      .filter(([vmId, every]) => !this.#inFlight.has(vmId) && now - this.#askedAt(vmId) >= Math.min(...every))
      .filter(([vmId]) => !onlyFirst || !(this.#pictures.has(vmId) || this.#arrived.has(vmId)))
      .map(([vmId]) => vmId)
      .sort((a, b) => this.#askedAt(a) - this.#askedAt(b));
    for (const vmId of due) {
      // Looked at last: of a crowd, only few get their turn.
      if (!this.#hasNews(vmId)) continue;
      void this.#ask(vmId, now);
      if (--free === 0) return;
    }
  }

  #askedAt(vmId: string): number {
    return this.#asked.get(vmId) ?? 0;
  }

  /** One that is paused shows what it showed: one picture of now is enough. */
  #hasNews(vmId: string): boolean {
    const state = this.#vms.get(vmId)?.state;
    if (state !== 'paused') return state === 'running';
    const picture = this.#pictures.get(vmId);
    return picture === undefined || picture.isOld === true;
  }

  /** Who asks more often than others, as a wall does, wants to know of each moment that a screen shows the same. */
  #isNews(vmId: string, { url, takenAt }: Thumbnail): boolean {
    const before = this.#pictures.get(vmId);
    if (before === undefined || before.isOld || before.url !== url) return true;
    const isClosely = Math.min(...(this.#watchers.get(vmId) ?? [])) < EVERY_MS;
    return isClosely || Date.parse(takenAt) - Date.parse(before.takenAt) >= SAME_FOR_MS;
  }

  async #ask(vmId: string, now: number): Promise<void> {
    this.#inFlight.add(vmId);
    this.#asked.set(vmId, now);
    try {
      const { takenAt, contentType, dataBase64 } = await this.#bridge.client.vm.screenshot({ vmId });
      const picture = { url: `data:${contentType};base64,${dataBase64}`, takenAt };
      if (this.#isNews(vmId, picture)) this.#arrived.set(vmId, picture);
    } catch {
      // A missing picture is no news: the tile keeps the last one, its age says so, and the next round asks again.
    } finally {
      this.#inFlight.delete(vmId);
      if (this.#inFlight.size === 0) {
        this.showArrived();
        // A page that opens is not filled four by four each quarter of a second.
        this.askDue(Date.now(), true);
      }
    }
  }

  start(): () => void {
    const timer = setInterval(() => {
      this.showArrived();
      this.askDue();
      this.forgetGone();
    }, 250);
    return () => clearInterval(timer);
  }
}
