// Converts a failure while an image or a base image was made or copied to a coded error.
import { type Reason, TtError } from '@tt/protocol';
import { isDiskFull } from '../host/disk-full.ts';
import { reasonOf } from '../host/reason-error.ts';
import { OutsideFolder } from '../images/inner-files.ts';
import { StorageError } from '../storage/errors.ts';
import { diskFull } from './engine-failure.ts';
import type { Services } from './services.ts';

/** What was to be published, for people; and the code of the failures that have none of their own. */
export type Published =
  | { subject: string; code: 'PROFILE_PUBLISH_FAILED' }
  | { subject: string; code: 'IMAGE_PUBLISH_FAILED'; vmName: string };

/** The error to throw: DISK_FULL, the code given, or an error that is not from storage or files unchanged. */
export async function publishFailure(
  services: Pick<Services, 'storage'>,
  published: Published,
  error: unknown,
): Promise<unknown> {
  if (error instanceof TtError) return error;
  if (isDiskFull(error)) return diskFull(services, published.subject, 0);
  const isKnown = error instanceof StorageError || error instanceof OutsideFolder || isFileFailure(error);
  return isKnown ? coded(published, reasonOf(error), error) : error;
}

function coded(published: Published, reason: Reason, cause: unknown): TtError {
  const { subject } = published;
  if (published.code === 'PROFILE_PUBLISH_FAILED') {
    return new TtError(published.code, { profileName: subject, reason }, { cause });
  }
  return new TtError(published.code, { vmName: published.vmName, imageName: subject, reason }, { cause });
}

function isFileFailure(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}
