// The one place that knows what a full disk looks like: in calls of the system, in SQLite, and in errors of the drivers.

/** Primary result code of SQLite (sqlite3.h) when the file system has no room. */
const SQLITE_FULL = 13;
const FULL_CODES: readonly unknown[] = ['ENOSPC', 'EDQUOT', 'DISK_FULL'];
/** Causes are followed so far; more would be a circle. */
const DEEPEST_CAUSE = 8;

/** Whether an error, or what caused it, says that a file system or a quota of the host is full. */
export function isDiskFull(error: unknown): boolean {
  let current = error;
  for (let depth = 0; current instanceof Error && depth < DEEPEST_CAUSE; depth++) {
    const { code, errcode } = current as Error & { code?: unknown; errcode?: number };
    if (FULL_CODES.includes(code) || (errcode !== undefined && (errcode & 0xff) === SQLITE_FULL)) return true;
    current = current.cause;
  }
  return false;
}
