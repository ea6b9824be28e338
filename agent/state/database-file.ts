// The database as a file: private from its first byte, and copied before a migration, so that the older TT can be put back.
import { chmodSync, closeSync, fsyncSync, openSync, renameSync, rmSync, statfsSync, statSync } from 'node:fs';
import path from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { TtError } from '@tt/protocol';

const MIB = 1024 * 1024;
/** Result code of SQLite when the file system has no room. */
const SQLITE_FULL = 13;

/** SQLite gives its journals the mode of the database, so that is 0600 before it first opens it. */
export function makePrivateFile(file: string): void {
  closeSync(openSync(file, 'a', 0o600));
  chmodSync(file, 0o600);
}

/** Where the copy of `file` is kept that a TT of this schema wrote. */
export function copyPath(file: string, schema: number): string {
  return `${file}.schema-${schema}`;
}

/**
 * Copies all that is committed, whole or not at all, mode 0600; a copy of the same schema is replaced, and what an interrupted
 * run left of one is removed. Throws STATE_NO_SPACE. Returns the path of the copy.
 */
export function keepCopy(database: DatabaseSync, file: string, schema: number): string {
  const copy = copyPath(file, schema);
  const part = `${copy}.part`;
  rmSync(part, { force: true });
  try {
    makePrivateFile(part);
    orNoSpace(file, () => database.prepare('VACUUM INTO ?').run(part));
    // SQLite does not wait for the disk here.
    syncToDisk(part);
    renameSync(part, copy);
    syncToDisk(path.dirname(copy));
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
  return copy;
}

/** Runs a write to the database or its copy. Throws STATE_NO_SPACE when the file system is full, anything else as it is. */
export function orNoSpace(file: string, write: () => unknown): void {
  try {
    write();
  } catch (error) {
    if ((error as { errcode?: number }).errcode !== SQLITE_FULL) throw error;
    const { bavail, bsize } = statfsSync(path.dirname(file));
    throw new TtError('STATE_NO_SPACE', {
      stateDirectory: path.dirname(file),
      // The copy, and as much again for the journal of the migration.
      wantedMiB: Math.ceil((2 * statSync(file).size) / MIB),
      freeMiB: Math.floor((bavail * bsize) / MIB),
    });
  }
}

function syncToDisk(file: string): void {
  const descriptor = openSync(file, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
