// Recognises a full disk in errors of system calls, of SQLite and of drivers; the only module that does.

/** Primary result code of SQLite (sqlite3.h) when the file system is full. */
const SQLITE_FULL = 13;
const FULL_CODES: readonly unknown[] = ['ENOSPC', 'EDQUOT', 'DISK_FULL'];
/** Causes are followed so far; more would be a circle. */
const DEEPEST_CAUSE = 8;

/** Whether an error, or its cause, means that a file system or a quota of the host is full. */
export function isDiskFull(error: unknown): boolean {
  let current = error;
  for (let depth = 0; current instanceof Error && depth < DEEPEST_CAUSE; depth++) {
    const { code, errcode } = current as Error & { code?: unknown; errcode?: number };
    if (FULL_CODES.includes(code) || (errcode !== undefined && (errcode & 0xff) === SQLITE_FULL)) return true;
    current = current.cause;
  }
  return false;
}
