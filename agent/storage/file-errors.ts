// Converts failures of file calls to those of a storage.
import { isDiskFull } from '../host/disk-full.ts';
import { StorageError } from './errors.ts';

export function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && codes.includes((error as NodeJS.ErrnoException).code ?? '');
}

/** A full file system has its own code; everything else is unchanged. */
export function asStorageError(error: unknown): unknown {
  if (error instanceof StorageError || !isDiskFull(error)) return error;
  return new StorageError('DISK_FULL', String(error), { cause: error });
}
