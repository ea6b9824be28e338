// Transfers as files in the state folder: offsets checked, size and SHA-256 at the end, limits, and an end for what is forgotten.
import { randomUUID } from 'node:crypto';
import { type Transfer, TtError } from '@tt/protocol';
import { eachApartInTurn } from '../host/each-apart.ts';
import { Mutex } from '../host/mutex.ts';
import type { TakenUpload, Transfers, TransferUser } from './interface.ts';
import { TransferFiles } from './transfer-files.ts';

const MIB = 1024 * 1024;
/** What nobody touched for so long is removed: long enough for a laptop that sleeps over a meal, short enough for a full disk. */
const IDLE_LIMIT_MS = 6 * 60 * 60 * 1000;
/** Of one user, uploads and downloads together. */
const OPEN_LIMIT = 32;
/** Left free on the file system whatever is sent, for guests that run. */
const SPARE_BYTES = 256 * MIB;

export interface TransferParts {
  directory: string;
  now: () => Date;
  /** Throws when so many more bytes are too many for this user (QUOTA_EXCEEDED). */
  admit: (owner: string, bytes: number) => void;
  /** Free bytes where the files lie; default: asked of the file system. */
  freeBytes?: () => Promise<number>;
  idleLimitMs?: number;
}

interface Entry {
  transfer: Transfer;
  changes: Mutex;
}

export class FileTransfers implements Transfers {
  readonly #parts: TransferParts;
  readonly #files: TransferFiles;
  readonly #entries = new Map<string, Entry>();
  readonly #beginning = new Mutex();

  constructor(parts: TransferParts) {
    this.#parts = parts;
    this.#files = new TransferFiles(parts.directory);
  }

  async init(): Promise<void> {
    for (const found of await this.#files.init()) {
      // Whoever had it in use died with the earlier agent. Nobody could reach it meanwhile, so its time begins anew.
      this.#put(this.#touched({ ...found, state: found.state === 'inUse' ? 'whole' : found.state }));
    }
  }

  list(user: TransferUser): Transfer[] {
    return [...this.#entries.values()].map(({ transfer }) => transfer).filter((transfer) => mayTouch(transfer, user));
  }

  status(id: string, user: TransferUser): Transfer {
    return this.#entry(id, user).transfer;
  }

  begin(
    request: { id?: string | undefined; fileName: string; sizeBytes: number },
    user: TransferUser,
  ): Promise<Transfer> {
    return this.#beginning.run(async () => {
      const known = request.id === undefined ? undefined : this.#entries.get(request.id)?.transfer;
      if (known && known.owner === user.name && known.direction === 'upload' && known.sizeBytes === request.sizeBytes) {
        return known;
      }
      await this.admit(user.name, request.sizeBytes);
      // An id that is somebody else's is not this one's: it gets one of its own.
      const id = known || request.id === undefined ? randomUUID() : request.id;
      const transfer = this.#fresh({
        id,
        direction: 'upload',
        state: 'open',
        sha256: null,
        owner: user.name,
        ...pick(request),
      });
      await this.#files.create(transfer);
      this.#put(transfer);
      return transfer;
    });
  }

  write(id: string, offset: number, bytes: Uint8Array, user: TransferUser): Promise<Transfer> {
    return this.#change(id, user, async (transfer) => {
      mustBe(transfer, 'upload', 'open');
      const { doneBytes, sizeBytes } = transfer;
      if (offset !== doneBytes) throw new TtError('TRANSFER_OFFSET', { transferId: id, offset, expected: doneBytes });
      if (offset + bytes.length > sizeBytes) {
        throw new TtError('TRANSFER_SIZE', {
          fileName: transfer.fileName,
          sizeBytes,
          sentBytes: offset + bytes.length,
        });
      }
      await this.#onDisk(transfer, bytes.length, () => this.#files.write(id, offset, bytes));
      return { ...transfer, doneBytes: offset + bytes.length };
    });
  }

  async read(
    id: string,
    offset: number,
    maxBytes: number,
    user: TransferUser,
  ): Promise<{ bytes: Uint8Array; isLast: boolean }> {
    const entry = this.#entry(id, user);
    const { transfer } = entry;
    mustBe(transfer, 'download', 'whole');
    const { sizeBytes } = transfer;
    if (offset > sizeBytes) throw new TtError('TRANSFER_OFFSET', { transferId: id, offset, expected: sizeBytes });
    const bytes = await this.#files.read(id, offset, Math.min(maxBytes, sizeBytes - offset)).catch((error: unknown) => {
      // Dropped, or its time was over, while it was read: that is not there, and no fault of anybody.
      this.#entry(id, user);
      throw error;
    });
    entry.transfer = this.#touched(entry.transfer);
    return { bytes, isLast: offset + bytes.length === sizeBytes };
  }

  end(id: string, sha256: string, user: TransferUser): Promise<Transfer> {
    return this.#change(id, user, async (transfer) => {
      // The answer to the first call may have been lost with the link.
      if (transfer.direction === 'upload' && transfer.state === 'whole' && transfer.sha256 === sha256) return transfer;
      mustBe(transfer, 'upload', 'open');
      const { fileName, sizeBytes, doneBytes } = transfer;
      if (doneBytes !== sizeBytes) throw new TtError('TRANSFER_SIZE', { fileName, sizeBytes, sentBytes: doneBytes });
      const found = await this.#onDisk(transfer, 0, () => this.#files.seal(id));
      if (found !== sha256) throw new TtError('TRANSFER_HASH', { fileName, expected: sha256, found });
      const whole: Transfer = { ...transfer, state: 'whole', sha256 };
      await this.#files.note(whole);
      return whole;
    });
  }

  async drop(id: string, user: TransferUser): Promise<void> {
    const { changes } = this.#entry(id, user);
    await changes.run(async () => {
      const transfer = this.#entries.get(id)?.transfer;
      if (!transfer) return;
      if (transfer.state === 'inUse') throw stateError(transfer);
      await this.#remove(id);
    });
  }

  take(id: string, user: TransferUser): TakenUpload {
    const entry = this.#entry(id, user);
    mustBe(entry.transfer, 'upload', 'whole');
    entry.transfer = { ...entry.transfer, state: 'inUse' };
    const { fileName, sizeBytes, sha256 } = entry.transfer;
    return {
      path: this.#files.bytesOf(id),
      fileName,
      sizeBytes,
      sha256: sha256 ?? '',
      remove: () => this.#remove(id),
      giveBack: () => {
        entry.transfer = this.#touched({ ...entry.transfer, state: 'whole' });
      },
    };
  }

  draft(): string {
    return this.#files.draft(randomUUID());
  }

  async offer(
    draft: string,
    about: { fileName: string; sizeBytes: number; sha256: string; owner: string },
  ): Promise<Transfer> {
    const transfer = this.#fresh({ id: randomUUID(), direction: 'download', state: 'whole', ...about });
    const whole = { ...transfer, doneBytes: about.sizeBytes };
    await this.#files.adopt(draft, whole);
    this.#put(whole);
    return whole;
  }

  allocatedBytes(owner: string): number {
    const ofUser = [...this.#entries.values()].filter(({ transfer }) => transfer.owner === owner);
    return ofUser.reduce((sum, { transfer }) => sum + transfer.sizeBytes, 0);
  }

  async sweep(): Promise<void> {
    const now = this.#parts.now().getTime();
    await eachApartInTurn([...this.#entries.values()], async ({ transfer, changes }) => {
      if (transfer.state === 'inUse' || Date.parse(transfer.expiresAt) > now) return;
      await changes.run(() => this.#remove(transfer.id));
    });
  }

  #entry(id: string, user: TransferUser): Entry {
    const entry = this.#entries.get(id);
    if (!entry || !mayTouch(entry.transfer, user)) throw new TtError('TRANSFER_NOT_FOUND', { transferId: id });
    return entry;
  }

  /** One change of a transfer at a time: of two chunks for one place exactly one is written. */
  #change(id: string, user: TransferUser, change: (transfer: Transfer) => Promise<Transfer>): Promise<Transfer> {
    const entry = this.#entry(id, user);
    return entry.changes.run(async () => {
      const changed = await change(this.#entry(id, user).transfer);
      entry.transfer = this.#touched(changed);
      return entry.transfer;
    });
  }

  async admit(owner: string, bytes: number): Promise<void> {
    const used = [...this.#entries.values()].filter(({ transfer }) => transfer.owner === owner).length;
    if (used >= OPEN_LIMIT) throw new TtError('TRANSFER_LIMIT', { user: owner, total: OPEN_LIMIT, used });
    await this.admitBytes(owner, bytes);
  }

  async admitBytes(owner: string, bytes: number): Promise<void> {
    this.#parts.admit(owner, this.allocatedBytes(owner) + bytes);
    // What open uploads were allocated and have not sent yet is spoken for.
    const owed = [...this.#entries.values()].reduce(
      (sum, { transfer }) => sum + transfer.sizeBytes - transfer.doneBytes,
      0,
    );
    const wanted = owed + bytes + SPARE_BYTES;
    const free = await this.#free();
    if (free < wanted) throw diskFull(owner, free, wanted);
  }

  async #onDisk<Result>({ fileName }: Transfer, bytes: number, work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ENOSPC' && code !== 'EDQUOT') throw error;
      throw diskFull(fileName, await this.#free(), bytes);
    }
  }

  #free(): Promise<number> {
    return (this.#parts.freeBytes ?? (() => this.#files.freeBytes()))();
  }

  #fresh(about: Omit<Transfer, 'doneBytes' | 'createdAt' | 'expiresAt'>): Transfer {
    return this.#touched({ ...about, doneBytes: 0, createdAt: this.#parts.now().toISOString(), expiresAt: '' });
  }

  #touched(transfer: Transfer): Transfer {
    const expires = this.#parts.now().getTime() + (this.#parts.idleLimitMs ?? IDLE_LIMIT_MS);
    return { ...transfer, expiresAt: new Date(expires).toISOString() };
  }

  #put(transfer: Transfer): void {
    this.#entries.set(transfer.id, { transfer, changes: new Mutex() });
  }

  /** Out of the list first, so that nobody finds half of it; back in it when its bytes could not be removed. */
  async #remove(id: string): Promise<void> {
    const entry = this.#entries.get(id);
    this.#entries.delete(id);
    try {
      await this.#files.remove(id);
    } catch (error) {
      if (entry) this.#entries.set(id, entry);
      throw error;
    }
  }
}

function pick({ fileName, sizeBytes }: { fileName: string; sizeBytes: number }): {
  fileName: string;
  sizeBytes: number;
} {
  return { fileName, sizeBytes };
}

function mayTouch(transfer: Transfer, user: TransferUser): boolean {
  return user.role === 'admin' || transfer.owner === user.name;
}

function mustBe(transfer: Transfer, direction: Transfer['direction'], state: Transfer['state']): void {
  if (transfer.direction !== direction || transfer.state !== state) throw stateError(transfer);
}

function stateError({ fileName, direction, state }: Transfer): TtError {
  return new TtError('TRANSFER_STATE', { fileName, direction, state });
}

function diskFull(subject: string, freeBytes: number, wantedBytes: number): TtError {
  const freeMiB = Math.floor(freeBytes / MIB);
  return new TtError('DISK_FULL', { freeMiB, wantedMiB: Math.max(Math.ceil(wantedBytes / MIB), freeMiB + 1), subject });
}
