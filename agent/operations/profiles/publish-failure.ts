// A failure while a base image was being made or copied, as callers are told of it.
import { TtError } from '@tt/protocol';
import { reasonOf } from '../../host/reason-error.ts';
import { StorageError } from '../../storage/errors.ts';
import type { Services } from '../services.ts';

/** The error to throw: DISK_FULL, PROFILE_PUBLISH_FAILED, or what was not of the storage as it was. */
export async function publishFailure(services: Services, profileName: string, error: unknown): Promise<unknown> {
  if (isDiskFull(error)) {
    const freeMiB = Math.floor((await services.storage.space()).freeBytes / 1024 / 1024);
    return new TtError('DISK_FULL', { freeMiB, wantedMiB: freeMiB + 1, subject: profileName });
  }
  if (!(error instanceof StorageError) && !isFileFailure(error)) return error;
  return new TtError('PROFILE_PUBLISH_FAILED', { profileName, reason: reasonOf(error) }, { cause: error });
}

function isDiskFull(error: unknown): boolean {
  return (
    (error instanceof StorageError && error.code === 'DISK_FULL') || (isFileFailure(error) && error.code === 'ENOSPC')
  );
}

function isFileFailure(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}
