// Failures of cgroups, before the operations turn them into coded errors for the client.
import { quoted, type Reason } from '@tt/protocol';
import { CodedError } from '../host/coded-error.ts';

export type CgroupErrorCode =
  /** The kernel offers no cpu or memory controller where the agent may make groups. */
  | 'NO_CONTROLLERS'
  /** Cgroups exist, but this user has no access, or they are mounted read only. */
  | 'NO_PERMISSION'
  /** A VM id that can't be the name of a folder. */
  | 'BAD_NAME'
  /** The VM has no group. */
  | 'NOT_FOUND'
  | 'PROCESS_GONE'
  /** The VM uses more memory right now than the new limit allows. */
  | 'LIMIT_BELOW_USE'
  /** Something in the group does not die: it hangs in the kernel, mostly on a disk that does not answer. */
  | 'KILL_TIMEOUT'
  | 'CGROUP_FAILED';

export class CgroupError extends CodedError<CgroupErrorCode> {
  override readonly name = 'CgroupError';

  get reason(): Reason {
    return quoted(`cgroups.${this.code}`, this.message);
  }
}

/** The errno of a failed system call, e.g. `EBUSY`; undefined for any other error. */
export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
}

/** Converts a failed system call to an error with a code; `what` says what was tried. */
export function asCgroupError(error: unknown, what: string): CgroupError {
  if (error instanceof CgroupError) return error;
  const errno = errnoOf(error);
  const denied = errno === 'EACCES' || errno === 'EPERM' || errno === 'EROFS';
  const message = error instanceof Error ? error.message : String(error);
  return new CgroupError(denied ? 'NO_PERMISSION' : 'CGROUP_FAILED', `${what}: ${message}`, { cause: error });
}

/** No such group, or it was removed while one of its files was open. */
export function isGone(error: unknown): boolean {
  return errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENODEV';
}
