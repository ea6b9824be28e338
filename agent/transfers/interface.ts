// What operations see of files that clients send and get. The calls (`agent/api/transfer-api.ts`) bring the bytes; an
// operation takes a whole, checked upload, or offers a file it made.
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
  /** It was not used: whoever sent it may try again without sending it again. */
  giveBack(): void;
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
  write(id: string, offset: number, bytes: Uint8Array, user: TransferUser): Promise<Transfer>;
  read(
    id: string,
    offset: number,
    maxBytes: number,
    user: TransferUser,
  ): Promise<{ bytes: Uint8Array; isLast: boolean }>;
  end(id: string, sha256: string, user: TransferUser): Promise<Transfer>;
  drop(id: string, user: TransferUser): Promise<void>;
  /** For operations: an upload that is whole. TRANSFER_NOT_FOUND, or TRANSFER_STATE when it is not whole or taken already. */
  take(id: string, user: TransferUser): TakenUpload;
  /** For operations: a path for a file that is to be offered, on the file system of the transfers. Nobody else knows it. */
  draft(): string;
  /** Moves a finished draft among the downloads. `sha256` and size are those of its bytes. */
  offer(
    draft: string,
    about: { fileName: string; sizeBytes: number; sha256: string; owner: string },
  ): Promise<Transfer>;
  /** Throws TRANSFER_LIMIT, QUOTA_EXCEEDED or DISK_FULL when one more file, of so many bytes, can't be had for this user. */
  admit(owner: string, bytes: number): Promise<void>;
  /** The same for bytes that are no file of theirs: a draft. */
  admitBytes(owner: string, bytes: number): Promise<void>;
  /** Bytes that uploads of this user have, or were allocated room for. */
  allocatedBytes(owner: string): number;
  /** Removes what nobody touched for long. Called now and then. */
  sweep(): Promise<void>;
}
