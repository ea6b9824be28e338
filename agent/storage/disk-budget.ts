// How much of the disk may still be written, by whom: what is left of its quotas and of the disk, less one reserve that
// all writers leave to the guests. Every write that grows goes through `write`: refused before it begins, or stopped while it runs.
import { setTimeout as sleep } from 'node:timers/promises';
import type { TtError } from '@tt/protocol';
import type { FileSystemSpace } from '../host/file-system-space.ts';
import { BudgetedWrite, type WriteRequest } from './budgeted-write.ts';
import { diskFullError } from './disk-full-error.ts';

const MIB = 1024 * 1024;
/** Always left free, for running guests. */
const RESERVE_BYTES = 256 * MIB;
/** Of a small disk, only such a share. */
const RESERVE_SHARE = 1 / 50;
/** No disk takes more in a millisecond: so soon nothing can be written that is not there yet. */
const FASTEST_BYTES_PER_MS = 4 * MIB;
const SHORTEST_WAIT_MS = 5;
const LONGEST_WAIT_MS = 1000;

/** How quotas count disk: in two ways. */
export interface QuotaBytes {
  /** Sizes of disks, and files (`diskMiB`). */
  allocatedBytes: number;
  /** Bytes that really lie on the host (`storedMiB`). */
  storedBytes: number;
}

export interface DiskBudgetParts {
  /** Of the file system with this folder; null: the one with the disks. Folders with the same `id` share it. */
  space: (folder: string | null) => Promise<FileSystemSpace & { id: number }>;
  /** What is left of the quota of a user or a team; infinite without one, negative when more is used. */
  quotaLeft: (account: string) => QuotaBytes;
  /** Throws QUOTA_EXCEEDED or TEAM_QUOTA_EXCEEDED when so many more bytes are too many for this account. */
  admit: (account: string, wanted: QuotaBytes) => void;
  /** Uploads that were allowed and have not arrived: where they go, and how much is to come. */
  uploads?: () => { folder: string; owedBytes: number };
  /** A look that failed; the next one comes soon. */
  onProblem?: (error: unknown) => void;
  /** Between two looks at what is being written; default: real time. */
  wait?: (ms: number) => Promise<unknown>;
}

/** What one file system has for a write. */
interface Space {
  id: number;
  /** Free less the reserve; negative when the reserve is being used. */
  spareBytes: number;
  reserveBytes: number;
}

interface Entry {
  write: BudgetedWrite;
  /** Of its file systems. */
  ids: readonly number[];
}

export class DiskBudget {
  readonly #parts: DiskBudgetParts;
  /** Writes under way, oldest first. */
  readonly #entries = new Set<Entry>();
  #isWatching = false;

  constructor(parts: DiskBudgetParts) {
    this.#parts = parts;
  }

  /** What one more write may take where this folder is, uploads that are to come left out; never negative. Default: the disks. */
  async usableBytes(folder: string | null = null): Promise<number> {
    return Math.max(0, this.#beside(await this.#spaceIn(folder), null));
  }

  /**
   * Runs `work`, which writes; what it claims is kept for it meanwhile. Rejects with QUOTA_EXCEEDED, TEAM_QUOTA_EXCEEDED or DISK_FULL before it begins,
   * or when it was stopped by `write.signal`. What was written by then is for `work` to remove.
   */
  async write<Result>(request: WriteRequest, work: (write: BudgetedWrite) => Promise<Result>): Promise<Result> {
    const { write, close } = await this.open(request);
    try {
      return await work(write);
    } catch (error) {
      request.signal?.throwIfAborted();
      throw write.refusal ?? error;
    } finally {
      close();
    }
  }

  /** As {@link write}, for one that ends elsewhere: by `close`, which may be called more than once. */
  async open(request: WriteRequest): Promise<{ write: BudgetedWrite; close: () => void }> {
    const { isAdmitted = false, subject, folders = [null], wantedBytes = 0 } = request;
    request.signal?.throwIfAborted();
    const spaces = await Promise.all(folders.map((folder) => this.#spaceIn(folder)));
    const uploads = await this.#uploads();
    // No await from here on: of two at once the second sees what the first claimed.
    for (const account of wantedBytes > 0 ? accountsOf(request) : []) {
      const others = this.#counted(account, null);
      const allocatedBytes = isAdmitted ? 0 : others.allocatedBytes + wantedBytes;
      this.#parts.admit(account, { allocatedBytes, storedBytes: others.storedBytes + wantedBytes });
    }
    const usable = Math.max(0, Math.min(...spaces.map((space) => this.#beside(space, null, uploads))));
    if (usable < wantedBytes) throw diskFullError(subject, usable, wantedBytes);
    const write: BudgetedWrite = new BudgetedWrite(request, {
      maxBytes: (thereBytes) => this.#maxBytes(write, thereBytes),
      refusal: () => this.#refusal(write),
    });
    const entry: Entry = { write, ids: spaces.map(({ id }) => id) };
    this.#entries.add(entry);
    if (!this.#isWatching) void this.#watch();
    return { write, close: () => void this.#entries.delete(entry) };
  }

  async #maxBytes(write: BudgetedWrite, thereBytes: number): Promise<number> {
    const { folders = [null] } = write.request;
    const uploads = await this.#uploads();
    const spaces = await Promise.all(folders.map((folder) => this.#spaceIn(folder)));
    const usable = spaces.map((space) => this.#beside(space, write, uploads) + thereBytes);
    const left = accountsOf(write.request).map((account) => this.#quotaLeft(account, write));
    return Math.max(0, Math.floor(Math.min(...left, ...usable)));
  }

  /** By that of quota and disk of which less is left. */
  async #refusal(write: BudgetedWrite): Promise<TtError> {
    const { subject, folders = [null] } = write.request;
    const spaces = await Promise.all(folders.map((folder) => this.#spaceIn(folder)));
    const usable = Math.min(...spaces.map((space) => this.#beside(space, write)));
    const byDisk = diskFullError(subject, usable);
    const lefts = accountsOf(write.request).map((account) => ({ account, left: this.#quotaLeft(account, write) }));
    const least = lefts.toSorted((a, b) => a.left - b.left)[0];
    return (least && least.left < usable ? this.#overQuota(least.account, write) : null) ?? byDisk;
  }

  #overQuota(account: string, { request: { isAdmitted = false } }: BudgetedWrite): TtError | null {
    const { allocatedBytes, storedBytes } = this.#parts.quotaLeft(account);
    const beyond = (left: number) => Math.max(0, left) + 1;
    const isByStored = isAdmitted || storedBytes < allocatedBytes;
    try {
      this.#parts.admit(account, {
        allocatedBytes: isByStored ? 0 : beyond(allocatedBytes),
        storedBytes: isByStored ? beyond(storedBytes) : 0,
      });
      return null;
    } catch (error) {
      return error as TtError;
    }
  }

  /** Of the account’s quota, beside what other writes of its take of it; may be negative. */
  #quotaLeft(account: string, write: BudgetedWrite, left = this.#parts.quotaLeft(account)): number {
    const others = this.#counted(account, write);
    const storedBytes = left.storedBytes - others.storedBytes;
    return write.request.isAdmitted ? storedBytes : Math.min(storedBytes, left.allocatedBytes - others.allocatedBytes);
  }

  /** What the account’s writes take of the quota; those that were stopped give it back. */
  #counted(account: string, except: BudgetedWrite | null): QuotaBytes {
    const counted = { allocatedBytes: 0, storedBytes: 0 };
    for (const { write } of this.#entries) {
      if (write === except || !accountsOf(write.request).includes(account) || write.refusal) continue;
      counted.storedBytes += write.countedBytes;
      if (!write.request.isAdmitted) counted.allocatedBytes += write.countedBytes;
    }
    return counted;
  }

  async #spaceIn(folder: string | null): Promise<Space> {
    const { id, freeBytes, totalBytes } = await this.#parts.space(folder);
    const reserveBytes = reserveBytesOf(totalBytes);
    return { id, reserveBytes, spareBytes: freeBytes - reserveBytes };
  }

  async #uploads(): Promise<{ id: number; owedBytes: number } | null> {
    const { folder, owedBytes } = this.#parts.uploads?.() ?? { folder: '', owedBytes: 0 };
    return owedBytes > 0 ? { id: (await this.#parts.space(folder)).id, owedBytes } : null;
  }

  /** What is left there beside what other writes claim. */
  #beside({ id, spareBytes }: Space, except: BudgetedWrite | null, uploads?: { id: number; owedBytes: number } | null) {
    let left = spareBytes - (uploads?.id === id ? uploads.owedBytes : 0);
    for (const { write, ids } of this.#entries) if (write !== except && ids.includes(id)) left -= write.owedBytes;
    return left;
  }

  /** As long as anything is written: the less is left, the sooner it looks again. */
  async #watch(): Promise<void> {
    this.#isWatching = true;
    const wait = this.#parts.wait ?? ((ms: number) => sleep(ms, undefined, { ref: false }));
    while (this.#entries.size > 0) {
      const spareBytes = await this.#look().catch((error: unknown) => {
        this.#parts.onProblem?.(error);
        return Number.POSITIVE_INFINITY;
      });
      await wait(Math.min(LONGEST_WAIT_MS, Math.max(SHORTEST_WAIT_MS, spareBytes / FASTEST_BYTES_PER_MS)));
    }
    this.#isWatching = false;
  }

  /** Stops who goes too far. Gives what is left to whom least is. */
  async #look(): Promise<number> {
    let least = Number.POSITIVE_INFINITY;
    const folders = new Set<string | null>();
    const seen = [...this.#entries];
    for (const { write } of seen) {
      await write.measure();
      for (const folder of write.request.folders ?? [null]) folders.add(folder);
    }
    const spaces = new Map<number, Space>();
    for (const folder of folders) {
      const space = await this.#spaceIn(folder);
      spaces.set(space.id, space);
    }
    for (const space of spaces.values()) {
      least = Math.min(least, space.spareBytes);
      if (space.spareBytes >= 0) continue;
      // What one that has ended since took may be gone already: the next look, which is soon, knows. Nobody is stopped for it.
      const hasEnded = seen.some((entry) => entry.ids.includes(space.id) && !this.#entries.has(entry));
      if (!hasEnded || isDeepIn(space)) this.#stopOne(space);
    }
    // All records of an account are gone through to know it: once for each look, not for each write.
    const quotas = new Map<string, QuotaBytes>();
    for (const { write } of Array.from(this.#entries).toReversed()) {
      for (const account of accountsOf(write.request)) {
        if (write.refusal) break;
        const quota = quotas.get(account) ?? this.#parts.quotaLeft(account);
        quotas.set(account, quota);
        const left = this.#quotaLeft(account, write, quota) - write.writtenBytes;
        least = Math.min(least, left);
        if (left < 0) this.#stopByQuota(account, write);
      }
    }
    return least;
  }

  /** The reserve is being used: whoever began last goes first, and those who keep to what they claimed go last. */
  #stopOne(space: Space): void {
    const there = [...this.#entries].filter(({ ids }) => ids.includes(space.id)).map(({ write }) => write);
    // One that was stopped removes what it wrote, which may be enough.
    if (there.some(({ refusal }) => refusal) && !isDeepIn(space)) return;
    const running = there.filter(({ refusal }) => !refusal);
    const last = running.findLast(({ isWithinClaim }) => !isWithinClaim) ?? running.at(-1);
    last?.stop(diskFullError(last.request.subject, space.spareBytes));
  }

  #stopByQuota(account: string, write: BudgetedWrite): void {
    const refusal = this.#overQuota(account, write);
    if (refusal) write.stop(refusal);
  }
}

/** What every write leaves free on a disk of this size. */
export function reserveBytesOf(totalBytes: number): number {
  return Math.min(RESERVE_BYTES, totalBytes * RESERVE_SHARE);
}

/** Whose quotas it counts in. */
function accountsOf({ owner, team }: WriteRequest): string[] {
  return [owner, team].flatMap((account) => account ?? []);
}

/** Half of the reserve is gone: too little to wait for anybody. */
function isDeepIn({ spareBytes, reserveBytes }: Space): boolean {
  return spareBytes <= -reserveBytes / 2;
}
