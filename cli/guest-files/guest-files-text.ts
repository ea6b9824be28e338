// What became of files in each guest, as people read it, and the exit code that says so to scripts.
import { type ErrorRecord, isErrorCode } from '@tt/protocol';
import { exitCodeFor, exitCodes } from '../exit-codes.ts';
import { fileSize, table } from '../output.ts';

export interface GuestFilesRow {
  vmName: string;
  state: string;
  bytes: number;
  failure: ErrorRecord | null;
  /** What is told where it went well. */
  result: string;
}

export function guestFilesTable(rows: readonly GuestFilesRow[]): string {
  return table(
    ['VM', 'STATE', 'SIZE', 'RESULT'],
    rows.map(({ vmName, state, bytes, failure, result }) => [
      vmName,
      state,
      fileSize(bytes),
      failure ? `${failure.message} [${failure.code}]` : result,
    ]),
  );
}

export function countText(files: number): string {
  return files === 1 ? '1 file' : `${files} files`;
}

/** That of the failures if they agree, so that scripts can tell guests that were not reached from files that were refused. */
export function endingOf(failures: readonly (ErrorRecord | null)[]): number {
  const codes = new Set(failures.flatMap((failure) => (failure ? [exitCodeOf(failure)] : [])));
  const [only = exitCodes.ok] = codes;
  return codes.size > 1 ? exitCodes.failed : only;
}

/** The code may be of an agent that is newer. */
function exitCodeOf({ code }: ErrorRecord): number {
  return isErrorCode(code) ? exitCodeFor(code) : exitCodes.failed;
}
