// Disks that lie in the image folder in other forms: each is given to be imported once, and what went wrong is remembered with
// it. A file that changed is another one. The image service shows what is told here.
import { type ErrorRecord, TtError, toErrorRecord } from '@tt/protocol';
import type { DroppedDisk } from './dropped-disk.ts';
import type { FolderEntry } from './image-folder.ts';
import { reasonOf } from '../host/reason-error.ts';

export class DroppedImports {
  /** null: given, and nothing went wrong so far. */
  readonly #given = new WeakMap<DroppedDisk, ErrorRecord | null>();
  readonly #import: (dropped: DroppedDisk) => Promise<unknown>;
  readonly #onFailure: () => void;

  constructor(importDropped: (dropped: DroppedDisk) => Promise<unknown>, onFailure: () => void) {
    this.#import = importDropped;
    this.#onFailure = onFailure;
  }

  /** Begins the import of those that are new. */
  give(entries: Iterable<FolderEntry>): void {
    for (const entry of entries) {
      if (entry.kind !== 'dropped' || this.#given.has(entry)) continue;
      this.#given.set(entry, null);
      this.#import(entry).catch((error: unknown) => {
        const { name: imageName, file } = entry;
        this.#given.set(
          entry,
          toErrorRecord(new TtError('IMAGE_BROKEN', { imageName, file, reason: reasonOf(error) })),
        );
        this.#onFailure();
      });
    }
  }

  problemOf(dropped: DroppedDisk): ErrorRecord | null {
    return this.#given.get(dropped) ?? null;
  }
}
