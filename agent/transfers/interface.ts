// Files that clients send and get, as operations see them. The calls (`agent/api/transfer-api.ts`) bring the bytes; an operation
// takes a complete, verified upload, or offers a file it made.
import type { Transfer } from '@tt/protocol';

/** Who may touch a transfer: its owner, and administrators. */
export interface TransferUser {
  name: string;
  role: 'admin' | 'user';
}

/** An upload that an operation works with. It stays until one of the two is called. */
export interface TakenUpload {
  /** Absolute path, 0600 of the agent. May be moved away. */
  readonly path: string;
  /** As the client named it: to show, and for its extension. Never a path. */
  readonly fileName: string;
  readonly sizeBytes: number;
  /** Checked against what arrived. */
  readonly sha256: string;
  /** The operation has what it needs: removes the file (fine when it was moved away). */
  remove(): Promise<void>;
  /**
   * It was not used: whoever sent it may try again without sending it again. Unless `error` says that the file itself is no
   * good: then it is dropped.
   */
  giveBack(error?: unknown): Promise<void>;
}

/** Every call rejects with TRANSFER_NOT_FOUND once the upload was dropped, used or swept. */
export interface UploadWriter {
  /** Where the next byte goes. */
  readonly doneBytes: number;
  /** Throws TRANSFER_SIZE, DISK_FULL; what was written before stays. */
  write(bytes: Uint8Array): Promise<void>;
  /** All bytes were written. `sha256`: what they must have, null when nothing is expected. Throws TRANSFER_SIZE, TRANSFER_HASH (the upload is gone). */
  end(sha256: string | null): Promise<Transfer>;
  /** Lets the next writer in. Never rejects; more than once is fine. */
  close(): Promise<void>;
}

/** Every call rejects with TRANSFER_NOT_FOUND once the download was dropped or swept. */
export interface DownloadReader {
  /**
   * Bytes from there, as many as are there up to `maxBytes`; none at its end. Waits for bytes of a file that is still made, and
   * rejects with what made that fail. Throws TRANSFER_OFFSET beyond its end.
   */
  read(offset: number, maxBytes: number): Promise<Uint8Array>;
  status(): Transfer;
  /** More than once is fine. */
  close(): void;
}

/** A download while it is made. Ended by `finish` or `fail`; nothing is left of it after `fail` or the end of the agent. */
export interface PackingDownload {
  /** To be written there by appending; nothing is there yet. */
  readonly path: string;
  /** Nothing was written yet, but it will be so many bytes: from now on readers get what is there. */
  begin(sizeBytes: number): void;
  /** So many bytes can be read. */
  grown(doneBytes: number): void;
  /** All of it is on the disk. */
  finish(about: { fileName: string; sizeBytes: number; sha256: string }): Promise<Transfer>;
  /** Readers are told `error`. Never rejects. */
  fail(error: unknown): Promise<void>;
}

export interface Transfers {
  /** Takes up what an earlier agent had; removes what belongs to nothing. */
  init(): Promise<void>;
  list(user: TransferUser): Transfer[];
  /** Throws TRANSFER_NOT_FOUND, also for those of other users. */
  status(id: string, user: TransferUser): Transfer;
  begin(
    request: { id?: string | undefined; fileName: string; sizeBytes: number },
    user: TransferUser,
  ): Promise<Transfer>;
  /**
   * The one writer of an upload that is open. Waits a while for an earlier one that is just going. Throws TRANSFER_BUSY,
   * TRANSFER_LIMIT (too many streams), TRANSFER_STATE.
   */
  openUpload(id: string, user: TransferUser): Promise<UploadWriter>;
  /** A reader of a download; others may read beside it. Throws TRANSFER_LIMIT, TRANSFER_STATE. */
  openDownload(id: string, user: TransferUser): DownloadReader;
  drop(id: string, user: TransferUser): Promise<void>;
  /** For operations: an upload that is whole. TRANSFER_NOT_FOUND, or TRANSFER_STATE when it is not whole or taken already. */
  take(id: string, user: TransferUser): TakenUpload;
  /** For operations: a path for files of their own, on the file system of the transfers. Nobody else knows it. */
  draft(): string;
  /** A download that an operation will make. Throws TRANSFER_LIMIT. */
  reserve(user: TransferUser): Promise<Transfer>;
  /** For operations: makes the download that was reserved, or another. Throws TRANSFER_NOT_FOUND, TRANSFER_STATE, TRANSFER_LIMIT. */
  pack(reservedId: string | undefined, user: TransferUser): Promise<PackingDownload>;
  /** Throws QUOTA_EXCEEDED or DISK_FULL when so many more bytes can't be had for this user. */
  admitBytes(owner: string, bytes: number): Promise<void>;
  /** Bytes that lie here of this user: of uploads as far as they came, and of files that were made. */
  storedBytes(owner: string): number;
  /** Bytes of all open uploads that are still to come. */
  owedBytes(): number;
  /** Bytes that uploads of this user have, or were allocated room for. */
  allocatedBytes(owner: string): number;
  /** Removes what nobody touched for long. Called now and then. */
  sweep(): Promise<void>;
  /** The agent ends: what arrived is noted for the next one. */
  close(): Promise<void>;
}
