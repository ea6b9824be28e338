// Failures of file calls as failures of a storage.
import { isDiskFull } from '../host/disk-full.ts';
import { StorageError } from './errors.ts';

export function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && codes.includes((error as NodeJS.ErrnoException).code ?? '');
}

/** A full file system has a code of its own; everything else stays what it was. */
export function asStorageError(error: unknown): unknown {
  if (error instanceof StorageError || !isDiskFull(error)) return error;
  return new StorageError('DISK_FULL', String(error), { cause: error });
}
