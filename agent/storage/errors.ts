// Failures of a storage, before operations convert them to coded errors for clients.
import { quoted, type Reason } from '@tt/protocol';
import { CodedError } from '../host/coded-error.ts';

export type StorageErrorCode =
  | 'TOOL_MISSING'
  | 'DISK_EXISTS'
  | 'DISK_NOT_FOUND'
  | 'SNAPSHOT_NOT_FOUND'
  /** A snapshot with that tag exists: tags are never reused or overwritten. */
  | 'SNAPSHOT_EXISTS'
  | 'DISK_FULL'
  | 'STORAGE_FAILED';

export class StorageError extends CodedError<StorageErrorCode> {
  override readonly name = 'StorageError';

  get reason(): Reason {
    return quoted(`storage.${this.code}`, this.message);
  }
}
