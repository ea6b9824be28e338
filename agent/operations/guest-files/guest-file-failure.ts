// Converts failures of files in guests to coded errors about a VM and a path.
import { MOST_LISTED_FILES, type Reason, TtError } from '@tt/protocol';
import { EngineError } from '../../engines/errors.ts';
import { GuestError } from '../../guest-channel/guest-error.ts';

/** Of Linux, errno(3). */
const E = { noEntry: 2, tooBig: 7, exists: 17, fileTooBig: 27, noSpace: 28, stale: 116, quota: 122 } as const;

/** Returns what has a code already, and faults of the program, unchanged. */
export function guestFileFailure(vmName: string, path: string, error: unknown): unknown {
  if (error instanceof EngineError) return unreachable(vmName, error.reason, error);
  if (!(error instanceof GuestError)) return error;
  if (error.code !== 'GUEST_REFUSED_COMMAND') return unreachable(vmName, error.reason, error);
  const options = { cause: error };
  switch (error.errno) {
    case E.exists:
      return new TtError('GUEST_FILE_EXISTS', { vmName, path }, options);
    case E.noSpace:
    case E.quota:
    case E.fileTooBig:
      return new TtError('GUEST_DISK_FULL', { vmName, path }, options);
    case E.stale:
      return new TtError('GUEST_FILE_CHANGED', { vmName, path }, options);
    case E.tooBig:
      return new TtError('GUEST_FILES_TOO_MANY', { vmName, path, most: MOST_LISTED_FILES }, options);
    default:
      return new TtError('GUEST_FILE_REFUSED', { vmName, path, reason: error.reason }, options);
  }
}

/** As above, of what is read: nothing is there. */
export function guestReadFailure(vmName: string, path: string, error: unknown): unknown {
  if (error instanceof GuestError && error.errno === E.noEntry) {
    return new TtError('GUEST_FILE_MISSING', { vmName, path }, { cause: error });
  }
  return guestFileFailure(vmName, path, error);
}

export function isThere(error: unknown): boolean {
  return error instanceof GuestError && error.errno === E.exists;
}

function unreachable(vmName: string, why: Reason, cause: unknown): TtError {
  return new TtError('GUEST_FILES_UNREACHABLE', { vmName, reason: why }, { cause });
}

/** Nothing has moved for so long. */
export function stalled(seconds: number): GuestError {
  return new GuestError('GUEST_HELPER_SILENT', `nothing has moved for ${seconds} s`);
}

/** What a guest sent is not the file that it said it would send. */
export function notTheFile(what: string): GuestError {
  return new GuestError('GUEST_HELPER_INVALID', `the helper in the guest makes no sense: ${what}`);
}
