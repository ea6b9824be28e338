// Limits per user: transfers, concurrent streams, and bytes against the quota and the disk.
import { type Transfer, TtError } from '@tt/protocol';
import { UnderWay } from '@tt/server';
import { isDiskFull } from '../host/disk-full.ts';
import { diskFullError } from '../storage/disk-full-error.ts';
import type { TransferSpace } from './interface.ts';

/** Of one user, uploads and downloads together. */
const OPEN_LIMIT = 32;
/** Streams of one user at once: each costs a window of bytes and a file that is open. */
const STREAM_LIMIT = 16;

export interface LimitParts {
  transfers: () => Iterable<Transfer>;
  /** Throws when so many more bytes are too many for this user (QUOTA_EXCEEDED). */
  admit: (owner: string, bytes: number) => void;
  /** What may be written, less what is left to guests and claimed by other writes. */
  freeBytes: () => Promise<number>;
}

export class TransferLimits implements TransferSpace {
  readonly #parts: LimitParts;
  readonly #streams = new UnderWay((user, total, used) => new TtError('TRANSFER_LIMIT', { user, total, used }));

  constructor(parts: LimitParts) {
    this.#parts = parts;
  }

  /** One more file of so many bytes. Throws TRANSFER_LIMIT, QUOTA_EXCEEDED or DISK_FULL. */
  async admit(owner: string, bytes: number): Promise<void> {
    const used = this.#of(owner).length;
    if (used >= OPEN_LIMIT) throw new TtError('TRANSFER_LIMIT', { user: owner, total: OPEN_LIMIT, used });
    await this.admitBytes(owner, bytes);
  }

  async admitBytes(owner: string, bytes: number): Promise<void> {
    this.#parts.admit(owner, this.allocatedBytes(owner) + bytes);
    const wanted = this.owedBytes() + bytes;
    const free = await this.#parts.freeBytes();
    if (free < wanted) throw diskFullError(owner, free, wanted);
  }

  /** What open uploads were allocated and have not sent yet is spoken for. */
  owedBytes(): number {
    let owed = 0;
    for (const { sizeBytes, doneBytes } of this.#parts.transfers()) owed += sizeBytes - doneBytes;
    return owed;
  }

  storedBytes(owner: string): number {
    // What is still being made counts where it is made.
    const made = this.#of(owner).filter(({ state }) => state !== 'packing');
    return made.reduce((sum, { doneBytes }) => sum + doneBytes, 0);
  }

  allocatedBytes(owner: string): number {
    return this.#of(owner).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  }

  /** One more stream of this user, until the returned function is called (once). Throws TRANSFER_LIMIT. */
  enter(user: string): () => void {
    return this.#streams.enter(user, STREAM_LIMIT);
  }

  /** Runs `work`, which writes so many bytes of this file: a full disk is DISK_FULL. */
  async onDisk<Result>({ fileName }: Transfer, bytes: number, work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      throw diskFullError(fileName, await this.#parts.freeBytes(), bytes, error);
    }
  }

  #of(owner: string): Transfer[] {
    return [...this.#parts.transfers()].filter((transfer) => transfer.owner === owner);
  }
}
