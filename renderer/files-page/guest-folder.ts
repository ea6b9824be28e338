// One folder of a guest as it was listed last. A list is data of whoever rules the guest: one that makes no sense is refused whole.
import { type GuestEntryView, TtError } from '@tt/protocol';
import { action, computed, makeObservable, observable, observableRef } from 'mobx';
import { asTtError } from '../activity/operation-store.ts';
import type { Bridge } from '../bridge.ts';
import { naturalOrder } from '../state/natural-order.ts';

export interface FolderEntry extends GuestEntryView {
  /** Without its folder, as the guest spells it. */
  name: string;
}

export type FolderColumn = 'name' | 'size' | 'modified';

export class GuestFolder {
  readonly vm: { id: string; name: string };
  readonly path: string;
  /** null until it was read once. */
  entries: readonly FolderEntry[] | null = null;
  failure: TtError | null = null;
  isReading = false;
  sort: { column: FolderColumn; descending: boolean } = { column: 'name', descending: false };
  readonly #bridge: Bridge;
  #abort = new AbortController();

  constructor(vm: { id: string; name: string }, path: string, bridge: Bridge) {
    this.vm = vm;
    this.path = path;
    this.#bridge = bridge;
    makeObservable(this, {
      entries: observableRef,
      failure: observableRef,
      isReading: observable,
      sort: observableRef,
      sorted: computed,
      sortBy: action,
    });
  }

  /** Folders first; the same array until it is read again or sorted otherwise. */
  get sorted(): readonly FolderEntry[] {
    const { column, descending } = this.sort;
    const direction = descending ? -1 : 1;
    return (this.entries ?? []).toSorted(
      (a, b) =>
        Number(b.kind === 'folder') - Number(a.kind === 'folder') ||
        direction * order[column](a, b) ||
        naturalOrder(a.name, b.name),
    );
  }

  /** Again by the same column: the other way round. */
  sortBy(column: FolderColumn): void {
    this.sort = { column, descending: this.sort.column === column && !this.sort.descending };
  }

  /** Resolves when it was read, or `failure` says why not. What was listed before stays until then. */
  async read(): Promise<void> {
    this.#abort.abort();
    const abort = new AbortController();
    this.#abort = abort;
    this.#begin();
    const { vm, path } = this;
    try {
      const call = { vmId: vm.id, path, what: 'folder' } as const;
      const { entries } = await this.#bridge.client.guestFile.list(call, { signal: abort.signal });
      if (!abort.signal.aborted) this.#end(entriesOf(vm.name, path, entries), null);
    } catch (error) {
      if (!abort.signal.aborted) this.#end(this.entries, asTtError(error));
    }
  }

  /** Nobody looks at it any more. */
  stop(): void {
    this.#abort.abort();
  }

  readonly #begin = action(() => {
    this.isReading = true;
  });

  readonly #end = action((entries: GuestFolder['entries'], failure: TtError | null) => {
    this.isReading = false;
    this.entries = entries;
    this.failure = failure;
  });
}

const order: Record<FolderColumn, (a: FolderEntry, b: FolderEntry) => number> = {
  name: (a, b) => naturalOrder(a.name, b.name),
  size: (a, b) => a.sizeBytes - b.sizeBytes,
  modified: (a, b) => a.modifiedAt.localeCompare(b.modifiedAt),
};

/** Throws GUEST_LIST_INVALID. */
export function entriesOf(vmName: string, path: string, listed: readonly GuestEntryView[]): FolderEntry[] {
  const start = path.endsWith('/') ? path : `${path}/`;
  const seen = new Set<string>();
  return listed.map((entry) => {
    const name = entry.path.startsWith(start) ? entry.path.slice(start.length) : '';
    const isName = name !== '' && name !== '.' && name !== '..' && !/[/\0]/.test(name);
    if (!isName || seen.has(name)) throw new TtError('GUEST_LIST_INVALID', { vmName, path: entry.path });
    seen.add(name);
    return { ...entry, name };
  });
}

/** `/a/b` without its last part; the root is its own. */
export function parentOf(path: string): string {
  return path.slice(0, Math.max(1, path.replace(/\/+$/, '').lastIndexOf('/'))) || '/';
}
