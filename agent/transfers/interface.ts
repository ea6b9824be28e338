// Files that clients send and get, as operations see them. The calls (`agent/api/transfer-api.ts`) bring the bytes; an operation
// takes a complete, verified upload, or offers a file it made.
import type { Role, Transfer } from '@tt/protocol';

/** Who may touch a transfer: its owner, and administrators. */
export interface TransferUser {
  name: string;
  role: Role;
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
  /** The operation is done with it: removes the file (unless it was moved elsewhere). */
  remove(): Promise<void>;
  /**
   * It was not used: the client can retry without sending it again. If `error` means that the file itself is invalid, it is
   * removed.
   */
  giveBack(error?: unknown): Promise<void>;
}

/** Every call rejects with TRANSFER_NOT_FOUND once the upload was dropped, used or swept. */
export interface UploadWriter {
  /** The offset of the next byte. */
  readonly doneBytes: number;
  /** One piece behind the other. Throws TRANSFER_SIZE, DISK_FULL; bytes written before stay. */
  write(...pieces: readonly Uint8Array[]): Promise<void>;
  /**
   * Ends the upload. `sha256`: the expected hash, null if none is expected. Throws TRANSFER_SIZE, TRANSFER_HASH (the upload is
   * removed).
   */
  end(sha256: string | null): Promise<Transfer>;
  /** Lets the next writer in. Never rejects; more than once is fine. */
  close(): Promise<void>;
}

/** Every call rejects with TRANSFER_NOT_FOUND once the download was dropped or swept. */
export interface DownloadReader {
  /**
   * The available bytes from this offset, up to `maxBytes`; none at its end. Waits for bytes of a file that is still being
   * made, and rejects with the reason if that fails. Throws TRANSFER_OFFSET beyond its end.
   */
  read(offset: number, maxBytes: number): Promise<Uint8Array>;
  status(): Transfer;
  /** More than once is fine. */
  close(): void;
}

/** A download while it is being made. Ended by `finish` or `fail`; nothing is left of it after `fail` or the end of the agent. */
export interface PackingDownload {
  /** The path to append to; it does not exist yet. */
  readonly path: string;
  /** Announces the final size before anything is written: from now on readers get the available bytes. */
  begin(sizeBytes: number): void;
  /** So many bytes can be read. */
  grown(doneBytes: number): void;
  /** All of it is on the disk. */
  finish(about: { fileName: string; sizeBytes: number; sha256: string }): Promise<Transfer>;
  /** Readers get `error`. Never rejects. */
  fail(error: unknown): Promise<void>;
}

/** What files on their way take of the disk and of what their owners may have. */
export interface TransferSpace {
  /** Throws QUOTA_EXCEEDED or DISK_FULL when so many more bytes can't be had for this user. */
  admitBytes(owner: string, bytes: number): Promise<void>;
  /** Bytes that lie here of this user: of uploads as far as they came, and of files that were made. */
  storedBytes(owner: string): number;
  /** Bytes of all open uploads that are still to come. */
  owedBytes(): number;
  /** Bytes that uploads of this user have, or have allocated. */
  allocatedBytes(owner: string): number;
}

export interface Transfers {
  /** Loads transfers of an earlier agent; removes files that belong to none. */
  init(): Promise<void>;
  list(user: TransferUser): Transfer[];
  /** Throws TRANSFER_NOT_FOUND, also for those of other users. */
  status(id: string, user: TransferUser): Transfer;
  /**
   * SHA-256 of the bytes of an upload from `offset` on, as far as they have arrived: `lengthBytes` of the answer may be less than
   * requested, also 0. Throws TRANSFER_STATE for a download, and while an operation uses the upload.
   */
  digest(
    id: string,
    range: { offset: number; lengthBytes: number },
    user: TransferUser,
  ): Promise<{ lengthBytes: number; sha256: string }>;
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
  /** For operations: a private path for their own files, on the file system of the transfers. */
  draft(): string;
  /** A download that an operation will make. Throws TRANSFER_LIMIT. */
  reserve(user: TransferUser): Promise<Transfer>;
  /** For operations: makes the download that was reserved, or another. Throws TRANSFER_NOT_FOUND, TRANSFER_STATE, TRANSFER_LIMIT. */
  pack(reservedId: string | undefined, user: TransferUser): Promise<PackingDownload>;
  readonly space: TransferSpace;
  /** Removes abandoned transfers. Called periodically. */
  sweep(): Promise<void>;
  /** The agent ends: what arrived is noted for the next one. */
  close(): Promise<void>;
}
