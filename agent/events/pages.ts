// All records at one revision, cut into pages when they are asked for. Records are replaced and never changed in place, so the
// pages stay as they were and cost no more than one pointer for each record until somebody takes them.
import {
  type FeedItem,
  feedItemSchema,
  type Host,
  type PictureKind,
  pictureKinds,
  type StateSnapshot,
} from '@tt/protocol';

export type Page = Extract<FeedItem, { kind: 'page' }>;

/** All records of one kind. `at` makes what the reader sees of one. */
export interface RecordList<Kind extends PictureKind = PictureKind> {
  readonly length: number;
  at(index: number): StateSnapshot[Kind][number];
}

export type RecordLists = { readonly [Kind in PictureKind]: RecordList<Kind> };

export interface PageLimits {
  /** Of records as JSON; a record that is larger has a page of its own. */
  bytes: number;
  records: number;
}

export const PAGE_LIMITS: PageLimits = { bytes: 256 * 1024, records: 500 };

/** Where a page begins: the list, as its place in `pictureKinds`, and the record. */
interface Place {
  list: number;
  record: number;
}

/** Everything at one revision, as one reader may see it. */
export interface Picture {
  host: Host;
  /** Shared by all who see the same. */
  pages: Pages;
}

export class Pages {
  readonly counts: Record<PictureKind, number>;
  readonly #lists: RecordLists;
  readonly #limits: PageLimits;
  /** Where the pages that were made begin, and those that are still in use: all who follow at one time share them. */
  readonly #starts: Place[] = [{ list: 0, record: 0 }];
  readonly #made: WeakRef<Page>[] = [];

  constructor(lists: RecordLists, limits: PageLimits = PAGE_LIMITS) {
    this.#lists = lists;
    this.#limits = limits;
    this.counts = Object.fromEntries(pictureKinds.map((kind) => [kind, lists[kind].length])) as Pages['counts'];
  }

  /** Each page is made when it is asked for. */
  *each(): Generator<Page, void, void> {
    for (let index = 0; ; index++) {
      const page = this.#page(index);
      if (!page) return;
      yield page;
    }
  }

  /** null after the last one. */
  #page(index: number): Page | null {
    const known = this.#made[index]?.deref();
    if (known) return known;
    const start = this.#starts[index];
    if (!start) return null;
    const { records, next } = this.#cut(start);
    if (!records) return null;
    const page = feedItemSchema.parse({ kind: 'page', records }) as Page;
    this.#made[index] = new WeakRef(page);
    if (next) this.#starts[index + 1] = next;
    return page;
  }

  /** The records from there on that fit into a page (null: there are none), and where the next one begins. */
  #cut(start: Place): { records: Partial<Record<PictureKind, unknown[]>> | null; next: Place | null } {
    const records: Partial<Record<PictureKind, unknown[]>> = {};
    let [bytes, count] = [0, 0];
    for (let list = start.list; list < pictureKinds.length; list++) {
      const kind = pictureKinds[list] as PictureKind;
      const all = this.#lists[kind];
      for (let record = list === start.list ? start.record : 0; record < all.length; record++) {
        const shown = all.at(record);
        bytes += Buffer.byteLength(JSON.stringify(shown));
        if (count > 0 && (bytes > this.#limits.bytes || count === this.#limits.records)) {
          return { records, next: { list, record } };
        }
        records[kind] ??= [];
        records[kind].push(shown);
        count++;
      }
    }
    return { records: count > 0 ? records : null, next: null };
  }
}
