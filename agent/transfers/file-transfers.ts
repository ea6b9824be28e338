// Transfers as files in the state folder, as operations and calls see them: uploads that begin, are written and taken, downloads that are
// made and read. Which there are is `transfer-table.ts`; how much of what a user may have, `transfer-limits.ts`.
import { createHash, randomUUID } from 'node:crypto';
import { type ErrorCode, type Transfer, TtError } from '@tt/protocol';
import { Mutex } from '../host/mutex.ts';
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
import { TransferFiles } from './transfer-files.ts';
import { TransferLimits } from './transfer-limits.ts';
import { TransferTable } from './transfer-table.ts';
import { FileUploadWriter, type UploadWriterParts } from './upload-writer.ts';

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
}

export class FileTransfers implements Transfers {
  readonly #files: TransferFiles;
  readonly #table: TransferTable;
  readonly #limits: TransferLimits;
  readonly #writing: UploadWriterParts;
  readonly space: TransferSpace;
  readonly #beginning = new Mutex();
  #isClosed = false;

  constructor(parts: TransferParts) {
    this.#files = new TransferFiles(parts.directory);
    this.#table = new TransferTable({ files: this.#files, now: parts.now });
    this.#limits = new TransferLimits({
      transfers: () => this.#table.all(),
      admit: parts.admit,
      freeBytes: () => parts.budget.usableBytes(parts.directory),
    });
    this.space = this.#limits;
    this.#writing = {
      ...parts,
      files: this.#files,
      limits: this.#limits,
      remove: (id) => this.#table.remove(id),
      isClosed: () => this.#isClosed,
    };
  }

  init(): Promise<void> {
    return this.#table.load();
  }

  list(user: TransferUser): Transfer[] {
    return this.#table.list(user);
  }

  status(id: string, user: TransferUser): Transfer {
    return this.#table.entry(id, user).transfer;
  }

  async digest(
    id: string,
    { offset, lengthBytes }: { offset: number; lengthBytes: number },
    user: TransferUser,
  ): Promise<{ lengthBytes: number; sha256: string }> {
    const entry = this.#table.entry(id, user);
    const { direction, doneBytes } = entry.transfer;
    // An operation may move the file away.
    if (direction !== 'upload' || entry.isWorkedOn) throw entry.stateError();
    const end = Math.max(offset, Math.min(offset + lengthBytes, doneBytes));
    const hash = createHash('sha256');
    for (let at = offset; at < end; ) {
      const bytes = await entry.read(at, Math.min(HASH_PIECE_BYTES, end - at));
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
      const known = request.id === undefined ? undefined : this.#table.find(request.id);
      if (known && known.owner === user.name && known.direction === 'upload' && known.sizeBytes === request.sizeBytes) {
        return known;
      }
      await this.#limits.admit(user.name, request.sizeBytes);
      // An id that is somebody else's is not this one's: it gets one of its own.
      const id = known || request.id === undefined ? randomUUID() : request.id;
      const { fileName, sizeBytes } = request;
      const transfer = this.#table.fresh({
        id,
        direction: 'upload',
        state: 'open',
        fileName,
        sizeBytes,
        sha256: null,
        owner: user.name,
      });
      await this.#files.create(transfer);
      this.#table.add(transfer);
      return transfer;
    });
  }

  async openUpload(id: string, user: TransferUser): Promise<UploadWriter> {
    return FileUploadWriter.open(this.#table.entry(id, user), user, this.#writing);
  }

  openDownload(id: string, user: TransferUser): DownloadReader {
    const entry = this.#table.entry(id, user);
    if (entry.transfer.direction !== 'download') throw entry.stateError();
    let leave: (() => void) | null = this.#limits.enter(user.name);
    return {
      read: async (offset, maxBytes) => {
        const until = await entry.grownBeyond(offset, () => leave === null);
        return entry.read(offset, Math.min(maxBytes, until - offset));
      },
      status: () => entry.transfer,
      close: () => {
        leave?.();
        leave = null;
        entry.wake();
      },
    };
  }

  async drop(id: string, user: TransferUser): Promise<void> {
    const entry = this.#table.entry(id, user);
    await entry.alone(async () => {
      if (!entry.isThere) return;
      if (entry.isWorkedOn) throw entry.stateError();
      await this.#table.remove(id);
    });
  }

  take(id: string, user: TransferUser): TakenUpload {
    const entry = this.#table.entry(id, user);
    entry.mustBe('upload', 'whole');
    entry.transfer = { ...entry.transfer, state: 'inUse' };
    const { fileName, sizeBytes, sha256 } = entry.transfer;
    return {
      path: this.#files.bytesOf(id),
      fileName,
      sizeBytes,
      sha256: sha256 ?? '',
      remove: () => this.#table.remove(id),
      giveBack: async (error) => {
        if (error instanceof TtError && USELESS.has(error.code)) return this.#table.remove(id);
        entry.tell({ state: 'whole' });
      },
    };
  }

  draft(): string {
    return this.#files.draft(randomUUID());
  }

  reserve(user: TransferUser): Promise<Transfer> {
    return this.#beginning.run(async () => {
      await this.#limits.admit(user.name, 0);
      const transfer = this.#table.fresh({
        id: randomUUID(),
        direction: 'download',
        state: 'reserved',
        // Until who makes it names it.
        fileName: 'download',
        sizeBytes: 0,
        sha256: null,
        owner: user.name,
      });
      this.#table.add(transfer);
      return transfer;
    });
  }

  async pack(reservedId: string | undefined, user: TransferUser): Promise<PackingDownload> {
    const { id } = reservedId === undefined ? await this.reserve(user) : { id: reservedId };
    const entry = this.#table.entry(id, user);
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
      fail: (error) => {
        entry.failPacking(error);
        return this.#table.removeUnnoted(id);
      },
    };
  }

  sweep(): Promise<void> {
    return this.#table.sweep();
  }

  close(): Promise<void> {
    this.#isClosed = true;
    return this.#table.settle();
  }
}
