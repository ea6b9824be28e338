// Disks in other formats in the image folder: each is submitted for import once, and a failure is remembered with the file. A
// file that changed counts as a new one. The image service lists them.
import { type ErrorRecord, TtError, toErrorRecord } from '@tt/protocol';
import type { DroppedDisk } from './dropped-disk.ts';
import type { FolderEntry } from './image-folder.ts';
import { reasonOf } from '../host/reason-error.ts';

export class DroppedImports {
  /** null: submitted, without a failure so far. */
  readonly #given = new WeakMap<DroppedDisk, ErrorRecord | null>();
  readonly #import: (dropped: DroppedDisk) => Promise<unknown>;
  readonly #onFailure: () => void;

  constructor(importDropped: (dropped: DroppedDisk) => Promise<unknown>, onFailure: () => void) {
    this.#import = importDropped;
    this.#onFailure = onFailure;
  }

  /** Starts the import of those that are new. */
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
