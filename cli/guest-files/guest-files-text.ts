// What became of files in each guest, as people read it, and the exit code that says so to scripts.
import { modeText } from '@tt/client';
import { type ErrorRecord, type GuestEntryView, isErrorCode } from '@tt/protocol';
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

const KIND_LETTERS: Readonly<Record<GuestEntryView['kind'], string>> = {
  file: '-',
  folder: 'd',
  link: 'l',
  other: '?',
};

/** In the order of their names; times are UTC. */
export function entriesTable(entries: readonly GuestEntryView[]): string {
  return table(
    ['MODE', 'OWNER', 'SIZE', 'MODIFIED', 'NAME'],
    entries
      .toSorted((one, other) => one.path.localeCompare(other.path))
      .map(({ kind, mode, owner, sizeBytes, modifiedAt, path }) => [
        `${KIND_LETTERS[kind]}${modeText(mode)}`,
        owner ?? '-',
        kind === 'file' ? fileSize(sizeBytes) : '-',
        modifiedAt.slice(0, 16).replace('T', ' '),
        path,
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
