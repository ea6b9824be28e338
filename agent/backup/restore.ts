// Restores a backup into a state folder that nobody has used: checked and unpacked beside everything else, then put in place. However it
// ends, the folder has all of it or nothing (leftovers.ts).
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { makeStateFolder, readIfThere } from '@tt/client/node';
import { reason, TtError } from '@tt/protocol';
import { AUDIT_SCHEMA } from '../audit/audit-database.ts';
import type { AgentConfig } from '../config.ts';
import { holdLock } from '../home.ts';
import { isDiskFull } from '../host/disk-full.ts';
import { freeBytesBelow } from '../host/file-system-space.ts';
import { isThere } from '../host/is-there.ts';
import { syncToDisk } from '../state/database-file.ts';
import { StateStore } from '../state/store.ts';
import { changedVm, NO_PROCESS } from '../state/vm-record.ts';
import { diskFullError } from '../storage/disk-full-error.ts';
import { AUDIT_NAME, type BackupManifest, CONFIGURATION_NAME, DATABASE_NAME } from './backup-form.ts';
import { imagesIn, schemaOf } from './gather.ts';
import { placeRestored, readyFolder, settleLeftovers, stagedFolder } from './leftovers.ts';
import { Backup, invalid } from './read-backup.ts';

/** What is in one of these was made by people. */
const MADE_BY_PEOPLE = ['envs', 'vms', 'snapshots', 'labs', 'profiles', 'templates', 'users'];
/** Where the configuration of the backup is put, in the state folder, if it is another one than here. */
const OTHER_CONFIGURATION = 'agent.yaml.from-backup';

export interface Restored {
  manifest: Pick<BackupManifest, 'envs' | 'vms' | 'createdAt' | 'hostName' | 'madeBy'>;
  /** Path of the configuration of the backup; null: it had none, or the same as here. */
  configuration: string | null;
  /** Names of images that were there and are not here. */
  missingImages: string[];
  /** ENVs whose lifetime has ended since: the agent applies their end policy when it starts. */
  expiredEnvs: string[];
}

/**
 * null: a restore that was interrupted after everything was checked has been finished instead, and `file` was not used. Rejects with
 * FILE_UNUSABLE, BACKUP_INVALID, BACKUP_TOO_NEW, RESTORE_NOT_EMPTY, AGENT_ALREADY_RUNNING, STATE_UNUSABLE and DISK_FULL; nothing was changed
 * then.
 */
export async function restoreBackup(
  file: string,
  config: Pick<AgentConfig, 'home' | 'configFile' | 'imageDirectory'>,
  checkpoint: (step: string) => void = () => {},
): Promise<Restored | null> {
  const { home } = config;
  // Before the folder is made: a file that is not a backup leaves nothing behind.
  await using backup = await Backup.open(file);
  await makeStateFolder(home);
  const lock = await holdLock(home);
  try {
    if (await settleLeftovers(home)) return null;
    await mustBeUnused(home);
    const { manifest } = backup;
    const { configuration, expiredEnvs } = await stage(backup, file, config, checkpoint);
    checkpoint('ready');
    await placeRestored(home, checkpoint);
    const here = new Set((await imagesIn(config.imageDirectory)).map((image) => image.file));
    const missing = manifest.images.filter((image) => !here.has(image.file));
    return { manifest, configuration, missingImages: missing.map((image) => image.name ?? image.file), expiredEnvs };
  } finally {
    lock.close();
  }
}

/** Everything at its own place in `restore.ready`, whole and on the disk; or nothing. */
async function stage(
  backup: Backup,
  file: string,
  { home, configFile }: Pick<AgentConfig, 'home' | 'configFile'>,
  checkpoint: (step: string) => void,
): Promise<Pick<Restored, 'configuration' | 'expiredEnvs'>> {
  const staged = stagedFolder(home);
  try {
    await mkdir(staged, { mode: 0o700 });
    await backup.unpack(staged);
    checkpoint('unpacked');
    const expiredEnvs = await prepareDatabase(path.join(staged, DATABASE_NAME), file);
    await checkAudit(path.join(staged, AUDIT_NAME), file, backup.manifest.madeBy);
    const configuration = await stageConfiguration(staged, configFile);
    for (const entry of await readdir(staged, { withFileTypes: true }))
      if (entry.isDirectory()) syncToDisk(path.join(staged, entry.name));
    syncToDisk(staged);
    await rename(staged, readyFolder(home));
    syncToDisk(home);
    return { configuration: configuration === null ? null : path.join(home, configuration), expiredEnvs };
  } catch (error) {
    await rm(staged, { recursive: true, force: true });
    if (!isDiskFull(error)) throw error;
    throw diskFullError(path.basename(home), freeBytesBelow(home), 0, error);
  }
}

/**
 * Brings it to the schema of this TT. No process that it names runs here; what ran is stopped until somebody starts it. Gives the ENVs that
 * have expired.
 */
async function prepareDatabase(database: string, file: string): Promise<string[]> {
  if (!(await isThere(database))) throw invalid(file, reason('memberMissing', { file: DATABASE_NAME }));
  const from = checkedSchema(database, file);
  const store = new StateStore(database);
  let expired: string[];
  try {
    const now = Date.now();
    // The end of one in the bin is that of its time there.
    const living = store.envs.list().filter(({ phase }) => phase !== 'deleted');
    expired = living.flatMap((env) => (Date.parse(env.endAt) <= now ? [env.name] : []));
    store.transaction(() => {
      for (const vm of store.vms.list()) {
        if (vm.status.state === 'creating' || vm.status.state === 'deleting') continue;
        const state = vm.status.state === 'failed' ? 'failed' : 'stopped';
        const status = { ...NO_PROCESS, state, stopping: false, revertingTo: null } as const;
        store.vms.put(vm.id, changedVm(vm, { status }));
      }
    });
  } finally {
    store.close();
  }
  // The backup itself is the copy of what the older TT had.
  await rm(`${database}.schema-${from}`, { force: true });
  syncToDisk(database);
  return expired;
}

/** Rejects with BACKUP_INVALID and BACKUP_TOO_NEW. */
async function checkAudit(audit: string, file: string, madeBy: string): Promise<void> {
  if (!(await isThere(audit))) return;
  if (checkedSchema(audit, file) > AUDIT_SCHEMA) throw new TtError('BACKUP_TOO_NEW', { file, madeBy });
  syncToDisk(audit);
}

/** Its schema. Throws BACKUP_INVALID for what SQLite can't read. */
function checkedSchema(database: string, file: string): number {
  const damaged = (cause?: unknown) => invalid(file, reason('databaseDamaged'), cause);
  const opened = new DatabaseSync(database);
  try {
    const [found] = opened.prepare('PRAGMA quick_check(1)').all();
    if (found?.['quick_check'] !== 'ok') throw damaged();
    return schemaOf(opened);
  } catch (error) {
    if (error instanceof TtError) throw error;
    throw damaged(error);
  } finally {
    opened.close();
  }
}

/** The name it gets in the state folder; null: there is none, or it says the same as the one here. */
async function stageConfiguration(staged: string, configFile: string | null): Promise<string | null> {
  const was = await readIfThere(path.join(staged, CONFIGURATION_NAME));
  if (was === null) return null;
  if (configFile !== null && (await readIfThere(configFile)) === was) {
    await rm(path.join(staged, CONFIGURATION_NAME));
    return null;
  }
  await rename(path.join(staged, CONFIGURATION_NAME), path.join(staged, OTHER_CONFIGURATION));
  return OTHER_CONFIGURATION;
}

/** An agent that was only started has a database, too; what it made can be made again. Throws RESTORE_NOT_EMPTY. */
async function mustBeUnused(home: string): Promise<void> {
  const file = path.join(home, DATABASE_NAME);
  if (!(await isThere(file))) return;
  const inUse = (cause?: unknown) => new TtError('RESTORE_NOT_EMPTY', { stateDirectory: home }, { cause });
  const database = new DatabaseSync(file);
  try {
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
    const names = new Set(tables.map(({ name }) => name));
    const countIn = (table: string) =>
      Number(database.prepare(`SELECT count(*) AS count FROM ${table}`).get()?.['count']);
    if (MADE_BY_PEOPLE.some((table) => names.has(table) && countIn(table) > 0)) throw inUse();
  } catch (error) {
    // One that can't be read may hold anything.
    throw error instanceof TtError ? error : inUse(error);
  } finally {
    database.close();
  }
}
