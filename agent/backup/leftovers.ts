// What a backup or a restore that was killed left in the state folder: a restore that was complete is finished, everything else is removed.
// Called by whoever holds the lock of the folder, before the database is opened.
import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { isThere } from '../host/is-there.ts';
import { isRunning } from '../host/temporary-folder.ts';
import { syncToDisk } from '../state/database-file.ts';
import { AUDIT_NAME, DATABASE_NAME, FOLDERS } from './backup-form.ts';
import { namesIn } from './names-in.ts';

/** A restore that is being unpacked. */
const STAGED = 'restore.part';
/** One that is complete and checked: whatever happens then, its files get to their places. */
const READY = 'restore.ready';
/** Copies of the database and the audit trail that a backup reads. */
const COPY = /^backup-(\d+)(?:-audit)?\.part$/;
/** The audit trail that was there before another one was restored: nobody loses what is in it. */
const AUDIT_BEFORE = 'audit-trail.sqlite.before-restore';

export const stagedFolder = (home: string) => path.join(home, STAGED);
export const readyFolder = (home: string) => path.join(home, READY);
export const databaseCopy = (home: string) => path.join(home, `backup-${process.pid}.part`);
export const auditCopy = (home: string) => path.join(home, `backup-${process.pid}-audit.part`);

/** True if a restore was finished. Does nothing in a folder that does not exist. */
export async function settleLeftovers(home: string): Promise<boolean> {
  const isReady = await isThere(readyFolder(home));
  if (isReady) await placeRestored(home);
  await rm(stagedFolder(home), { recursive: true, force: true });
  await removeDeadCopies(home);
  return isReady;
}

/** Moves the files of a complete restore to their places; goes on where another one was killed. */
export async function placeRestored(home: string, checkpoint: (step: string) => void = () => {}): Promise<void> {
  const ready = readyFolder(home);
  if (await isThere(path.join(ready, DATABASE_NAME))) {
    // What is in the journal of the database that was there must not get into the restored one.
    for (const ending of ['-wal', '-shm']) await rm(path.join(home, `${DATABASE_NAME}${ending}`), { force: true });
    await rename(path.join(ready, DATABASE_NAME), path.join(home, DATABASE_NAME));
  }
  checkpoint('database placed');
  if (await isThere(path.join(ready, AUDIT_NAME))) {
    // With its journal, which may hold its last entries.
    for (const ending of ['', '-wal', '-shm'])
      await moveIfThere(home, `${AUDIT_NAME}${ending}`, `${AUDIT_BEFORE}${ending}`);
    checkpoint('audit trail put aside');
    await rename(path.join(ready, AUDIT_NAME), path.join(home, AUDIT_NAME));
  }
  for (const folder of FOLDERS) {
    const names = await namesIn(path.join(ready, folder));
    if (names.length > 0) await mkdir(path.join(home, folder), { recursive: true, mode: 0o700 });
    for (const name of names) await rename(path.join(ready, folder, name), path.join(home, folder, name));
    await rm(path.join(ready, folder), { recursive: true, force: true });
  }
  for (const name of await namesIn(ready)) await rename(path.join(ready, name), path.join(home, name));
  syncToDisk(home);
  await rm(ready, { recursive: true });
}

async function moveIfThere(home: string, from: string, to: string): Promise<void> {
  if (await isThere(path.join(home, from))) await rename(path.join(home, from), path.join(home, to));
}

/** Other backups may be running; those of processes that are gone are not. */
export async function removeDeadCopies(home: string): Promise<void> {
  for (const name of await namesIn(home)) {
    const pid = Number(COPY.exec(name)?.[1] ?? 0);
    if (pid > 0 && pid !== process.pid && !isRunning(pid)) await rm(path.join(home, name), { force: true });
  }
}
