// What the system says about a file, as an error of the table. Used by the CLI, and by programs that can't start.
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

/** Why the system refused a file; in its own words where we have none. */
export function fileReason(error: NodeJS.ErrnoException): Reason {
  return reasons[error.code ?? ''] ?? quoted('reported', error.message);
}

/** A failure of the system about a file as FILE_UNUSABLE; anything else stays what it is. */
export function asFileProblem(error: unknown): unknown {
  if (!(error instanceof Error) || !('syscall' in error)) return error;
  const failure = error as NodeJS.ErrnoException;
  if (failure.path === undefined || failure.path === '') return error;
  return new TtError('FILE_UNUSABLE', { file: failure.path, reason: fileReason(failure) }, { cause: error });
}
