// Converts the system's error about a file to an error of the table. Used by the CLI, and by programs that cannot start.
import { quoted, type Reason, reason, TtError } from '@tt/protocol';

const reasons: Readonly<Record<string, Reason>> = {
  ENOENT: reason('notThere'),
  ENOTDIR: reason('notFolder'),
  EACCES: reason('notPermitted'),
  EPERM: reason('notPermitted'),
  EISDIR: reason('isFolder'),
  EROFS: reason('readOnly'),
  ENOSPC: reason('noSpace'),
  ENAMETOOLONG: reason('pathTooLong'),
};

/** Why the system refused a file; in the system's own words if we have none. */
export function fileReason(error: NodeJS.ErrnoException): Reason {
  return reasons[error.code ?? ''] ?? quoted('reported', error.message);
}

/** Converts a system error about a file to FILE_UNUSABLE; returns anything else unchanged. */
export function asFileProblem(error: unknown): unknown {
  if (!(error instanceof Error) || !('syscall' in error)) return error;
  const failure = error as NodeJS.ErrnoException;
  if (failure.path === undefined || failure.path === '') return error;
  return new TtError('FILE_UNUSABLE', { file: failure.path, reason: fileReason(failure) }, { cause: error });
}
