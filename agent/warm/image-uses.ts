// How much each image is used, so that the most used ones can be kept warm: every VM made from it counts, and counts half after a week.
import type { PlainSpec } from '@tt/protocol';
import type { DocumentTable } from '../state/document-table.ts';

const HALF_LIFE_MS = 7 * 24 * 3_600_000;

/** What a machine must have in common with a warm instant to wake from it, besides the image. */
export interface WarmMachine {
  plain: PlainSpec;
  /** Of the boot disk, the only one. */
  diskMiB: number;
  nicCount: number;
}

export interface ImageUseRecord {
  imageName: string;
  /** VMs made from it, each halved every week since; as of `at`. */
  score: number;
  /** ISO 8601. */
  at: string;
  /** What was asked for last and could be served warm. */
  machine: WarmMachine;
}

export class ImageUses {
  readonly #table: DocumentTable<ImageUseRecord>;
  readonly #records = new Map<string, ImageUseRecord>();

  constructor(table: DocumentTable<ImageUseRecord>) {
    this.#table = table;
    for (const record of table.list()) this.#records.set(record.imageName, record);
  }

  note(imageName: string, count: number, machine: WarmMachine, now: Date): void {
    const known = this.#records.get(imageName);
    const score = (known ? scoreAt(known, now) : 0) + count;
    const record = { imageName, score, at: now.toISOString(), machine };
    this.#table.put(imageName, record);
    this.#records.set(imageName, record);
  }

  /** Most used first. */
  ranking(now: Date): ImageUseRecord[] {
    return [...this.#records.values()].sort((one, other) => scoreAt(other, now) - scoreAt(one, now));
  }

  /** For an image that is gone. */
  forget(imageName: string): void {
    if (!this.#records.delete(imageName)) return;
    this.#table.delete(imageName);
  }
}

function scoreAt({ score, at }: ImageUseRecord, now: Date): number {
  // A clock that was set back makes nothing grow.
  const ageMs = Math.max(0, now.getTime() - Date.parse(at));
  return score * 2 ** (-ageMs / HALF_LIFE_MS);
}
