// Failures of a storage, before the operations turn them into coded errors for the client.

export type StorageErrorCode =
  | 'TOOL_MISSING'
  | 'DISK_EXISTS'
  | 'DISK_NOT_FOUND'
  | 'SNAPSHOT_NOT_FOUND'
  /** A snapshot of that tag is there already: tags are never reused or overwritten. */
  | 'SNAPSHOT_EXISTS'
  | 'DISK_FULL'
  | 'STORAGE_FAILED';

export class StorageError extends Error {
  override readonly name = 'StorageError';
  readonly code: StorageErrorCode;

  constructor(code: StorageErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
  }
}
