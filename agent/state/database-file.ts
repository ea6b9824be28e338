// The database as a file: private from its first byte, and copied before a migration, so that the older TT can be restored.
import { chmodSync, closeSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { TtError } from '@tt/protocol';
import { isDiskFull } from '../host/disk-full.ts';
import type { DiskReserve } from '../host/disk-reserve.ts';
import { freeBytesBelow } from '../host/file-system-space.ts';
import { diskFullError } from '../storage/disk-full-error.ts';

const MIB = 1024 * 1024;
/** Primary result codes of SQLite (sqlite3.h) that a full disk can also have: for its shared memory, and for a new journal. */
const SQLITE_IOERR = 10;
const SQLITE_CANTOPEN = 14;
/** SQLite's shared memory takes 32 KiB. */
const NO_SPACE_BYTES = 64 * 1024;

/** SQLite gives its journals the mode of the database, so that is set to 0600 before SQLite first opens it. */
export function makePrivateFile(file: string): void {
  closeSync(openSync(file, 'a', 0o600));
  chmodSync(file, 0o600);
}

/** Where the copy of `file` written by a TT with this schema is stored. */
export function copyPath(file: string, schema: number): string {
  return `${file}.schema-${schema}`;
}

/**
 * Copies everything committed, completely or not at all, mode 0600; a copy of the same schema is replaced, and an incomplete
 * one of an interrupted run is removed. Throws STATE_NO_SPACE. Returns the path of the copy.
 */
export function keepCopy(database: DatabaseSync, file: string, schema: number): string {
  const copy = copyPath(file, schema);
  const part = `${copy}.part`;
  rmSync(part, { force: true });
  try {
    orNoSpace(file, () => writeCopy(database, part));
    renameSync(part, copy);
    syncToDisk(path.dirname(copy));
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
  return copy;
}

/**
 * Writes everything committed to a file of mode 0600, at one instant whatever other processes write meanwhile; it is on the disk when this
 * returns. What was deleted from the database is not in it.
 */
export function writeCopy(database: DatabaseSync, target: string): void {
  makePrivateFile(target);
  database.prepare('VACUUM INTO ?').run(target);
  // SQLite does not wait for the disk here.
  syncToDisk(target);
}

/** Runs a write to the database; with the reserve, part by part, where the disk is full. Throws DISK_FULL when that does not help. */
export function writeWithReserve<Result>(file: string, reserve: DiskReserve | null, write: () => Result): Result {
  for (;;) {
    try {
      return write();
    } catch (error) {
      if (error instanceof TtError || !isFull(file, error)) throw error;
      if (reserve?.release()) continue;
      throw diskFullError(path.basename(file), freeBytesBelow(path.dirname(file)), 0, error);
    }
  }
}

function isFull(file: string, error: unknown): boolean {
  if (isDiskFull(error)) return true;
  const code = ((error as { errcode?: number }).errcode ?? 0) & 0xff;
  if (file === ':memory:' || (code !== SQLITE_IOERR && code !== SQLITE_CANTOPEN)) return false;
  return freeBytesBelow(path.dirname(file)) < NO_SPACE_BYTES;
}

/** Runs a write to the database or its copy. Throws STATE_NO_SPACE if the file system is full, anything else unchanged. */
export function orNoSpace(file: string, write: () => unknown): void {
  try {
    write();
  } catch (error) {
    if (!isFull(file, error)) throw error;
    throw new TtError('STATE_NO_SPACE', {
      stateDirectory: path.dirname(file),
      // The copy, and as much again for the journal of the migration.
      wantedMiB: Math.ceil((2 * statSync(file).size) / MIB),
      freeMiB: Math.floor(freeBytesBelow(path.dirname(file)) / MIB),
    });
  }
}

/** A file, or the names in a folder. */
export function syncToDisk(file: string): void {
  const descriptor = openSync(file, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
