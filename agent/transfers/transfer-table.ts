// The transfers that there are: who may touch which, until when each is kept, and how one goes. Part of `file-transfers.ts`.
import { type Transfer, TtError } from '@tt/protocol';
import { eachApartInTurn } from '../host/each-apart.ts';
import type { TransferUser } from './interface.ts';
import { TransferEntry } from './transfer-entry.ts';
import type { TransferFiles } from './transfer-files.ts';

/**
 * Transfers untouched for this time are removed: long enough for a laptop that sleeps for a while, short enough for a full
 * disk.
 */
const IDLE_LIMIT_MS = 6 * 60 * 60 * 1000;

export interface TableParts {
  files: TransferFiles;
  now: () => Date;
}

export class TransferTable {
  readonly #parts: TableParts;
  readonly #entries = new Map<string, TransferEntry>();

  constructor(parts: TableParts) {
    this.#parts = parts;
  }

  /** Those of an earlier agent, once. */
  async load(): Promise<void> {
    for (const found of await this.#parts.files.init()) {
      // Whoever had it in use died with the earlier agent. Nobody could reach it meanwhile, so its time begins anew.
      this.add(this.#touched({ ...found, state: found.state === 'inUse' ? 'whole' : found.state }));
    }
  }

  /** Of all users. */
  all(): Transfer[] {
    return [...this.#entries.values()].map(({ transfer }) => transfer);
  }

  list(user: TransferUser): Transfer[] {
    return this.all().filter((transfer) => mayTouch(transfer, user));
  }

  /** Whoever it belongs to. */
  find(id: string): Transfer | undefined {
    return this.#entries.get(id)?.transfer;
  }

  /** Throws TRANSFER_NOT_FOUND, also for one of another user. */
  entry(id: string, user: TransferUser): TransferEntry {
    const entry = this.#entries.get(id);
    if (!entry || !mayTouch(entry.transfer, user)) throw new TtError('TRANSFER_NOT_FOUND', { transferId: id });
    return entry;
  }

  /** A new one, which is not in the table yet ({@link add}): none of its bytes is there. */
  fresh(about: Omit<Transfer, 'doneBytes' | 'createdAt' | 'expiresAt'>): Transfer {
    return this.#touched({ ...about, doneBytes: 0, createdAt: this.#parts.now().toISOString(), expiresAt: '' });
  }

  add(transfer: Transfer): void {
    const entry = new TransferEntry(transfer, {
      files: this.#parts.files,
      touched: (changed) => this.#touched(changed),
      isThere: ({ transfer: { id } }) => this.#entries.get(id) === entry,
    });
    this.#entries.set(transfer.id, entry);
  }

  /** Removed from the table first, so that no partial one is found; restored if its bytes could not be removed. */
  async remove(id: string): Promise<void> {
    const entry = this.#entries.get(id);
    this.#entries.delete(id);
    try {
      await entry?.abandonUpload();
      await this.#parts.files.remove(id);
      entry?.wake();
    } catch (error) {
      if (entry) this.#entries.set(id, entry);
      throw error;
    }
  }

  /** For a download that is not made after all. Bytes that can't be removed go with the next start: no note is beside them. */
  async removeUnnoted(id: string): Promise<void> {
    await this.remove(id).catch(() => this.#entries.delete(id));
  }

  /** Removes those that nobody touched for long. */
  async sweep(): Promise<void> {
    const now = this.#parts.now().getTime();
    await eachApartInTurn([...this.#entries.values()], async (entry) => {
      const { id, expiresAt } = entry.transfer;
      if (entry.isWorkedOn || Date.parse(expiresAt) > now) return;
      await entry.alone(() => this.remove(id));
    });
  }

  /** What has arrived of uploads is on the disk, and noted for the next agent. */
  async settle(): Promise<void> {
    await eachApartInTurn([...this.#entries.values()], (entry) => entry.alone(() => entry.settleUpload()));
  }

  #touched(transfer: Transfer): Transfer {
    const expires = this.#parts.now().getTime() + IDLE_LIMIT_MS;
    return { ...transfer, expiresAt: new Date(expires).toISOString() };
  }
}

function mayTouch(transfer: Transfer, user: TransferUser): boolean {
  return user.role === 'admin' || transfer.owner === user.name;
}
