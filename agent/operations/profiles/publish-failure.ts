// Converts a failure while a base image was made or copied to a coded error.
import { TtError } from '@tt/protocol';
import { isDiskFull } from '../../host/disk-full.ts';
import { reasonOf } from '../../host/reason-error.ts';
import { StorageError } from '../../storage/errors.ts';
import { diskFull } from '../engine-failure.ts';
import type { Services } from '../services.ts';

/** The error to throw: DISK_FULL, PROFILE_PUBLISH_FAILED, or an error that is not from the storage unchanged. */
export async function publishFailure(
  services: Pick<Services, 'storage'>,
  profileName: string,
  error: unknown,
): Promise<unknown> {
  if (error instanceof TtError) return error;
  if (isDiskFull(error)) return diskFull(services, profileName, 0);
  if (!(error instanceof StorageError) && !isFileFailure(error)) return error;
  return new TtError('PROFILE_PUBLISH_FAILED', { profileName, reason: reasonOf(error) }, { cause: error });
}

function isFileFailure(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}
