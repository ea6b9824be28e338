// The last pictures of screens over a reload: kept in the tab when the page goes, and given back to the same user, of machines that are
// there still. They are of then, and shown as such.
import { reaction } from 'mobx';
import { z } from 'zod';
import type { LinkStore } from '../state/link-store.ts';
import type { Thumbnail, ThumbnailStore } from './thumbnail-store.ts';
import type { VmStore } from './vm-store.ts';

/** Of a tab, as sessionStorage: ends with it. */
export type TabPlace = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

const KEY = 'tt.pictures';
/** Characters in all: a tab has five million for everything. The newest pictures go first. */
const MOST_CHARACTERS = 2_000_000;

const keptSchema = z.object({
  user: z.string(),
  pictures: z.array(
    z.object({ vmId: z.string(), url: z.string().startsWith('data:image/png;base64,'), takenAt: z.iso.datetime() }),
  ),
});
type Kept = z.infer<typeof keptSchema>;

export interface KeptPicturesOptions {
  place: TabPlace | null;
  /** Whose machines these are; null in a browser, which has one server. */
  connection: string | null;
  /** Calls `listener` when the page goes, until the answer is called. */
  onLeaving: (listener: () => void) => () => void;
}

interface Uses {
  thumbnails: ThumbnailStore;
  vms: VmStore;
  me: { readonly me: { name: string } | null };
  link: LinkStore;
}

export class KeptPictures {
  readonly #stores: Uses;
  readonly #options: KeptPicturesOptions;
  readonly #key: string;
  /** Of machines that are not known yet, or no more. */
  #unplaced: Kept['pictures'] = [];

  constructor(stores: Uses, options: KeptPicturesOptions) {
    this.#stores = stores;
    this.#options = options;
    this.#key = options.connection === null ? KEY : `${KEY}.${options.connection}`;
  }

  /** Gives them back as soon as it is known who looks and what there is; keeps those of now when the page goes or this ends. */
  start(): () => void {
    const { link, me } = this.#stores;
    // Asked first: at the end it may be forgotten already.
    let user: string | null = null;
    const stopRestoring = reaction(
      () => (link.lastKnownAt === null ? null : (me.me?.name ?? null)),
      (name) => {
        if (name === null || name === user) return;
        user = name;
        this.#restore(name);
      },
      { fireImmediately: true },
    );
    const keep = () => {
      if (user !== null) this.#keep(user);
    };
    const stopListening = this.#options.onLeaving(keep);
    const stopPlacing = reaction(
      () => this.#stores.vms.items.ids,
      () => this.#place(),
    );
    return () => {
      stopRestoring();
      stopPlacing();
      stopListening();
      keep();
    };
  }

  /** The session has ended: whoever comes next sees none of them. */
  forget(): void {
    this.#unplaced = [];
    this.#options.place?.removeItem(this.#key);
  }

  #restore(user: string): void {
    const kept = this.#read();
    this.forget();
    if (kept?.user !== user) return;
    this.#unplaced = kept.pictures;
    this.#place();
  }

  /** Of many machines some come later than the first ones, by which the link is up already. */
  #place(): void {
    const { thumbnails, vms } = this.#stores;
    this.#unplaced = this.#unplaced.filter(({ vmId, url, takenAt }) => {
      if (!vms.get(vmId)) return true;
      if (!thumbnails.of(vmId)) thumbnails.keep(vmId, { url, takenAt, isOld: true });
      return false;
    });
  }

  #read(): Kept | null {
    try {
      return keptSchema.parse(JSON.parse(this.#options.place?.getItem(this.#key) ?? 'null'));
    } catch {
      // Nothing, or nothing of this version.
      return null;
    }
  }

  #keep(user: string): void {
    let left = MOST_CHARACTERS;
    const pictures = this.#stores.thumbnails
      .all()
      .toSorted(([, a], [, b]) => Date.parse(b.takenAt) - Date.parse(a.takenAt))
      .flatMap(([vmId, { url, takenAt }]: readonly [string, Thumbnail]) => {
        left -= url.length;
        return left < 0 ? [] : [{ vmId, url, takenAt }];
      });
    try {
      this.#options.place?.setItem(this.#key, JSON.stringify({ user, pictures } satisfies Kept));
    } catch {
      // The tab is full: there will be none.
      this.forget();
    }
  }
}
