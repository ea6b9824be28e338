// Converts failures of packing and unpacking capsules to coded errors.
import { TtError } from '@tt/protocol';
import { CapsuleError } from '../../capsules/manifest-check.ts';
import { isDiskFull } from '../../host/disk-full.ts';
import { EngineError } from '../../engines/errors.ts';
import { StorageError } from '../../storage/errors.ts';
import { diskFull } from '../engine-failure.ts';
import type { Services } from '../services.ts';
import { ReasonError, reasonOf } from '../../host/reason-error.ts';
import { OutsideFolder } from '../../images/inner-files.ts';

export async function capsuleFailure(
  services: Pick<Services, 'storage'>,
  envName: string,
  vmName: string,
  error: unknown,
): Promise<unknown> {
  if (error instanceof TtError) return error;
  const { code } = error as NodeJS.ErrnoException;
  if (isDiskFull(error)) return diskFull(services, envName, 0);
  const isKnown =
    [StorageError, EngineError, ReasonError, OutsideFolder].some((kind) => error instanceof kind) ||
    typeof code === 'string';
  return isKnown
    ? new TtError('CAPSULE_FAILED', { envName, vmName, reason: reasonOf(error) }, { cause: error })
    : error;
}

/** A problem with a user's file. */
export function invalidCapsule(fileName: string, error: unknown): unknown {
  if (!(error instanceof CapsuleError)) return error;
  return new TtError('CAPSULE_INVALID', { fileName, reason: error.reason }, { cause: error });
}
