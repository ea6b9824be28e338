// Transfers as files in the state folder: one writer each, size and SHA-256 checked at the end, limits, and removal of abandoned
// ones.
import { createHash, randomUUID } from 'node:crypto';
import { type ErrorCode, type Transfer, TtError } from '@tt/protocol';
import { eachApartInTurn } from '../host/each-apart.ts';
import { Mutex } from '../host/mutex.ts';
import type { BudgetedWrite } from '../storage/budgeted-write.ts';
import type { DiskBudget } from '../storage/disk-budget.ts';
import type {
  DownloadReader,
  PackingDownload,
  TakenUpload,
  Transfers,
  TransferSpace,
  TransferUser,
  UploadWriter,
} from './interface.ts';
import { TransferEntry } from './transfer-entry.ts';
import { TransferFiles } from './transfer-files.ts';
import { TransferLimits } from './transfer-limits.ts';

/**
 * Transfers untouched for this time are removed: long enough for a laptop that sleeps for a while, short enough for a full
 * disk.
 */
const IDLE_LIMIT_MS = 6 * 60 * 60 * 1000;
/** A disconnected client may return before its earlier stream has ended: it does not need an error for that. */
const BUSY_WAIT_MS = 10_000;

/** Of a digest: between two of them other work of the agent is done. */
const HASH_PIECE_BYTES = 1024 * 1024;

/** Refusals because of the file itself, which no other request would change: it is not kept for a retry. */
const USELESS = new Set<ErrorCode>([
  'CAPSULE_INVALID',
  'RECORDING_INVALID',
  'IMAGE_CHECKSUM_WRONG',
  'IMAGE_CONVERT_FAILED',
]);

export interface TransferParts {
  directory: string;
  now: () => Date;
  /** Throws when so many more bytes are too many for this user (QUOTA_EXCEEDED). */
  admit: (owner: string, bytes: number) => void;
  /** How much may be written where the files lie. */
  budget: Pick<DiskBudget, 'open' | 'usableBytes'>;
  idleLimitMs?: number;
  /** How long a second writer waits for the first to end. */
  busyWaitMs?: number;
}

export class FileTransfers implements Transfers {
  readonly #parts: TransferParts;
  readonly #files: TransferFiles;
  readonly #entries = new Map<string, TransferEntry>();
  readonly #limits: TransferLimits;
  readonly space: TransferSpace;
  readonly #beginning = new Mutex();
  #isClosed = false;

  constructor(parts: TransferParts) {
    this.#parts = parts;
    this.#files = new TransferFiles(parts.directory);
    this.#limits = new TransferLimits({
      transfers: () => [...this.#entries.values()].map(({ transfer }) => transfer),
      admit: parts.admit,
      freeBytes: () => parts.budget.usableBytes(parts.directory),
    });
    this.space = this.#limits;
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

  async digest(
    id: string,
    { offset, lengthBytes }: { offset: number; lengthBytes: number },
    user: TransferUser,
  ): Promise<{ lengthBytes: number; sha256: string }> {
    const entry = this.#entry(id, user);
    const { direction, doneBytes } = entry.transfer;
    // An operation may move the file away.
    if (direction !== 'upload' || entry.isWorkedOn) throw entry.stateError();
    const end = Math.max(offset, Math.min(offset + lengthBytes, doneBytes));
    const hash = createHash('sha256');
    for (let at = offset; at < end; ) {
      const bytes = await this.#read(entry, at, Math.min(HASH_PIECE_BYTES, end - at));
      hash.update(bytes);
      at += bytes.length;
    }
    return { lengthBytes: end - offset, sha256: hash.digest('hex') };
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
      await this.#limits.admit(user.name, request.sizeBytes);
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

  async openUpload(id: string, user: TransferUser): Promise<UploadWriter> {
    const entry = this.#entry(id, user);
    entry.mustBe('upload', 'open');
    const leave = this.#limits.enter(user.name);
    let release: () => void;
    try {
      release = await entry.becomeWriter(this.#parts.busyWaitMs ?? BUSY_WAIT_MS);
    } catch (error) {
      leave();
      throw error;
    }
    let closing: Promise<void> | null = null;
    let growth: Awaited<ReturnType<DiskBudget['open']>> | null = null;
    const close = async () => {
      growth?.close();
      // What can't be noted is sent again by the next writer.
      await entry.alone(async () => entry.isThere && entry.settleUpload()).catch(() => {});
      release();
      leave();
    };
    const writer: UploadWriter = {
      get doneBytes() {
        return entry.transfer.doneBytes;
      },
      write: (...pieces) => this.#write(entry, pieces, growth?.write),
      end: (sha256) => this.#end(entry, sha256),
      close: () => (closing ??= close()),
    };
    try {
      await entry.change(async (transfer) => {
        entry.mustBe('upload', 'open');
        await entry.upload.open();
        return transfer;
      });
      // Its size is in the owner's quota since it began.
      const { directory, budget } = this.#parts;
      growth = await budget.open({ owner: null, subject: entry.transfer.fileName, folders: [directory] });
    } catch (error) {
      await writer.close();
      throw error;
    }
    return writer;
  }

  #write(entry: TransferEntry, pieces: readonly Uint8Array[], growth: BudgetedWrite | undefined): Promise<void> {
    return entry.change(async (transfer) => {
      // Writers may outlive the connections they write for; their files are closed.
      if (this.#isClosed) throw new TtError('AGENT_GONE', { call: 'transfer.open' });
      entry.mustBe('upload', 'open');
      growth?.signal.throwIfAborted();
      const { fileName, sizeBytes, doneBytes } = transfer;
      const byteCount = pieces.reduce((sum, { length }) => sum + length, 0);
      const sentBytes = doneBytes + byteCount;
      if (sentBytes > sizeBytes) throw new TtError('TRANSFER_SIZE', { fileName, sizeBytes, sentBytes });
      await this.#limits.onDisk(transfer, byteCount, () => entry.upload.append(pieces));
      return { ...transfer, doneBytes: sentBytes };
    });
  }

  async #end(entry: TransferEntry, sha256: string | null): Promise<Transfer> {
    await entry.change(async (transfer) => {
      entry.mustBe('upload', 'open');
      const { fileName, sizeBytes, doneBytes } = transfer;
      if (doneBytes !== sizeBytes) throw new TtError('TRANSFER_SIZE', { fileName, sizeBytes, sentBytes: doneBytes });
      const found = await this.#limits.onDisk(transfer, 0, () => entry.upload.seal());
      if (sha256 !== null && found !== sha256) {
        // Which of its bytes are wrong nobody knows, so no further byte can repair it.
        await this.#remove(transfer.id);
        throw new TtError('TRANSFER_HASH', { fileName, expected: sha256, found });
      }
      const whole: Transfer = { ...transfer, state: 'whole', sha256: found };
      await this.#limits.onDisk(transfer, 0, () => this.#files.note(whole, sizeBytes));
      await entry.endUpload();
      return whole;
    });
    return entry.transfer;
  }

  openDownload(id: string, user: TransferUser): DownloadReader {
    const entry = this.#entry(id, user);
    if (entry.transfer.direction !== 'download') throw entry.stateError();
    let leave: (() => void) | null = this.#limits.enter(user.name);
    return {
      read: async (offset, maxBytes) => {
        const until = await entry.grownBeyond(offset, () => leave === null);
        return this.#read(entry, offset, Math.min(maxBytes, until - offset));
      },
      status: () => entry.transfer,
      close: () => {
        leave?.();
        leave = null;
        entry.wake();
      },
    };
  }

  async #read(entry: TransferEntry, offset: number, length: number): Promise<Uint8Array> {
    const { id } = entry.transfer;
    const bytes = await this.#files.read(id, offset, length).catch((error: unknown) => {
      // Dropped, or timed out, while it was read: it is not there, and nobody is at fault.
      entry.mustBeThere();
      throw error;
    });
    entry.transfer = this.#touched(entry.transfer);
    return bytes;
  }

  async drop(id: string, user: TransferUser): Promise<void> {
    const entry = this.#entry(id, user);
    await entry.alone(async () => {
      if (!entry.isThere) return;
      if (entry.isWorkedOn) throw entry.stateError();
      await this.#remove(id);
    });
  }

  take(id: string, user: TransferUser): TakenUpload {
    const entry = this.#entry(id, user);
    entry.mustBe('upload', 'whole');
    entry.transfer = { ...entry.transfer, state: 'inUse' };
    const { fileName, sizeBytes, sha256 } = entry.transfer;
    return {
      path: this.#files.bytesOf(id),
      fileName,
      sizeBytes,
      sha256: sha256 ?? '',
      remove: () => this.#remove(id),
      giveBack: async (error) => {
        if (error instanceof TtError && USELESS.has(error.code)) return this.#remove(id);
        entry.transfer = this.#touched({ ...entry.transfer, state: 'whole' });
      },
    };
  }

  draft(): string {
    return this.#files.draft(randomUUID());
  }

  reserve(user: TransferUser): Promise<Transfer> {
    return this.#beginning.run(async () => {
      await this.#limits.admit(user.name, 0);
      const transfer = this.#fresh({
        id: randomUUID(),
        direction: 'download',
        state: 'reserved',
        // Until who makes it names it.
        fileName: 'download',
        sizeBytes: 0,
        sha256: null,
        owner: user.name,
      });
      this.#put(transfer);
      return transfer;
    });
  }

  async pack(reservedId: string | undefined, user: TransferUser): Promise<PackingDownload> {
    const { id } = reservedId === undefined ? await this.reserve(user) : { id: reservedId };
    const entry = this.#entry(id, user);
    entry.mustBe('download', 'reserved');
    entry.tell({ state: 'packing' });
    return {
      path: this.#files.bytesOf(id),
      begin: (sizeBytes) => entry.tell({ sizeBytes }),
      grown: (doneBytes) => entry.tell({ doneBytes }),
      finish: async (about) => {
        const whole: Transfer = { ...entry.transfer, ...about, state: 'whole', doneBytes: about.sizeBytes };
        await this.#files.note(whole, about.sizeBytes);
        entry.tell(whole);
        return entry.transfer;
      },
      fail: (error) => this.#failPacking(entry, error),
    };
  }

  async #failPacking(entry: TransferEntry, error: unknown): Promise<void> {
    const { id } = entry.transfer;
    entry.failPacking(error);
    try {
      await this.#remove(id);
    } catch {
      // Bytes that can't be removed go with the next start: no note is beside them.
      this.#entries.delete(id);
    }
  }

  async sweep(): Promise<void> {
    const now = this.#parts.now().getTime();
    await eachApartInTurn([...this.#entries.values()], async (entry) => {
      const { id, expiresAt } = entry.transfer;
      if (entry.isWorkedOn || Date.parse(expiresAt) > now) return;
      await entry.alone(() => this.#remove(id));
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await eachApartInTurn([...this.#entries.values()], (entry) => entry.alone(() => entry.settleUpload()));
  }

  #entry(id: string, user: TransferUser): TransferEntry {
    const entry = this.#entries.get(id);
    if (!entry || !mayTouch(entry.transfer, user)) throw new TtError('TRANSFER_NOT_FOUND', { transferId: id });
    return entry;
  }

  #fresh(about: Omit<Transfer, 'doneBytes' | 'createdAt' | 'expiresAt'>): Transfer {
    return this.#touched({ ...about, doneBytes: 0, createdAt: this.#parts.now().toISOString(), expiresAt: '' });
  }

  #touched(transfer: Transfer): Transfer {
    const expires = this.#parts.now().getTime() + (this.#parts.idleLimitMs ?? IDLE_LIMIT_MS);
    return { ...transfer, expiresAt: new Date(expires).toISOString() };
  }

  #put(transfer: Transfer): void {
    const entry = new TransferEntry(transfer, {
      files: this.#files,
      touched: (changed) => this.#touched(changed),
      isThere: ({ transfer: { id } }) => this.#entries.get(id) === entry,
    });
    this.#entries.set(transfer.id, entry);
  }

  /** Removed from the list first, so that no partial one is found; restored if its bytes could not be removed. */
  async #remove(id: string): Promise<void> {
    const entry = this.#entries.get(id);
    this.#entries.delete(id);
    try {
      await entry?.abandonUpload();
      await this.#files.remove(id);
      entry?.wake();
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
