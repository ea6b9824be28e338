// The agent's database: one SQLite file, WAL, synchronous=FULL, one writer (this process).
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { TtError } from '@tt/protocol';
import type { SessionRecord, SessionStore } from '@tt/server';
import type { DiskReserve } from '../host/disk-reserve.ts';
import { keepCopy, makePrivateFile, orNoSpace, writeWithReserve } from './database-file.ts';
import { DocumentTable, type Write } from './document-table.ts';
import { nestRecords } from './nest-records.ts';
import type { EnvRecord, LabRecord, PositionRecord, ProfileRecord, SnapshotRecord, TemplateRecord } from './records.ts';
import type { TeamRecord } from '../people/team-record.ts';
import type { TokenRecord } from '../people/token-record.ts';
import type { UserRecord } from '../people/user-record.ts';
import type { VmRecord } from './vm-record.ts';
import type { ImageUseRecord } from '../warm/image-uses.ts';
import type { WarmRecord } from '../warm/warm-record.ts';

/** Each entry brings the schema one version up; never change one that was released. */
const migrations: readonly (string | ((database: DatabaseSync) => void))[] = [
  `CREATE TABLE envs (key TEXT PRIMARY KEY, document TEXT NOT NULL);
   CREATE TABLE vms (key TEXT PRIMARY KEY, document TEXT NOT NULL);
   CREATE TABLE snapshots (key TEXT PRIMARY KEY, document TEXT NOT NULL);
   CREATE TABLE positions (key TEXT PRIMARY KEY, document TEXT NOT NULL);
   CREATE TABLE settings (key TEXT PRIMARY KEY, document TEXT NOT NULL);`,
  // ENVs got an end policy and networks, VMs several NICs: what was there behaves as before.
  `UPDATE envs SET document = json_set(document, '$.endPolicy', 'delete', '$.over', json('false'),
     '$.warnedS', json('[]'), '$.sharedUuid', NULL,
     '$.networks', json_array(json_object('kind', 'user', 'envName', key, 'number', rowid, 'cidr', NULL, 'vni', NULL)));
   UPDATE vms SET document = json_remove(json_set(document, '$.blacklist', json('[]'), '$.stopping', json('false'), '$.confinement', NULL,
     '$.nics', json_array(json_object('kind', 'user', 'mac', json_extract(document, '$.mac'), 'ip', NULL, 'tap', NULL,
       'bandwidthMbps', NULL))), '$.mac');`,
  // VMs got several disks, CD drives and a choice of firmware: what was there has one disk and boots from it by BIOS.
  `UPDATE vms SET document = json_set(document, '$.cds', json('[]'), '$.firmware', 'bios', '$.bootFrom', 'disk',
     '$.unsettledDrives', json('false'),
     '$.disks', json_array(json_object('name', 'disk0', 'sizeMiB', json_extract(document, '$.resources.diskMiB'),
       'attached', json('true'), 'limits', NULL)));`,
  // Snapshots got an expiry, pictures and the configuration of their VMs; ENVs a schedule.
  `UPDATE envs SET document = json_set(document, '$.snapshotSchedule', NULL, '$.nextSnapshotAt', NULL);
   UPDATE snapshots SET document = json_set(document, '$.expiresAt', NULL, '$.vms', (
     SELECT json_group_array(json_set(part.value, '$.hasThumbnail', json('false'), '$.config', NULL))
     FROM json_each(snapshots.document, '$.vms') AS part));`,
  // Labs and profiles; ENVs and VMs that were there belong to none.
  `CREATE TABLE labs (key TEXT PRIMARY KEY, document TEXT NOT NULL);
   CREATE TABLE profiles (key TEXT PRIMARY KEY, document TEXT NOT NULL);
   UPDATE envs SET document = json_set(document, '$.lab', NULL);
   UPDATE vms SET document = json_set(document, '$.base', NULL, '$.discardWrites', json('false'), '$.isDirty', json('false'));`,
  // VMs may have a setup: those that were there were given none.
  `UPDATE vms SET document = json_set(document, '$.setup', NULL, '$.provisioning', json_object('state', 'none', 'detail', '',
     'failure', NULL, 'logTail', json('[]'), 'at', NULL));`,
  // Sessions of browsers became records; those that were there were cookies, and are over.
  `CREATE TABLE logins (key TEXT PRIMARY KEY, document TEXT NOT NULL);`,
  // Fields got other names.
  `UPDATE envs SET document = json_remove(json_set(document, '$.expired', json(iif(document ->> '$.over', 'true', 'false'))), '$.over');
   UPDATE vms SET document = json_remove(json_set(document, '$.cloudInit', json(document -> '$.setup')), '$.setup');
   UPDATE profiles SET document = json_remove(json_set(document, '$.startScript', document ->> '$.setup'), '$.setup');`,
  // What a machine is made of became one spec; a VM's record got parts.
  nestRecords,
  // Profiles are shared or not: those that other people's labs use stay usable there.
  `UPDATE profiles SET document = json_set(document, '$.shared', json(iif(EXISTS (
     SELECT 1 FROM labs, json_each(labs.document, '$.profileNames') AS used
     WHERE used.value = profiles.key AND labs.document ->> '$.owner' <> profiles.document ->> '$.owner'), 'true', 'false')));`,
  // Warm images, and how often images are used.
  `CREATE TABLE warm_images (key TEXT PRIMARY KEY, document TEXT NOT NULL);
   CREATE TABLE image_uses (key TEXT PRIMARY KEY, document TEXT NOT NULL);`,
  // Templates, by id.
  `CREATE TABLE templates (key TEXT PRIMARY KEY, document TEXT NOT NULL);`,
  // Users by name, and tokens of devices by id. Those of the configuration file are only there.
  `CREATE TABLE users (key TEXT PRIMARY KEY, document TEXT NOT NULL);
   CREATE TABLE tokens (key TEXT PRIMARY KEY, document TEXT NOT NULL);`,
  // Teams, by name. ENVs that were there are shared with none.
  `CREATE TABLE teams (key TEXT PRIMARY KEY, document TEXT NOT NULL);`,
];

/** The schema of this TT. */
export const STATE_SCHEMA = migrations.length;

/** The migration of an older TT's database that is about to run. */
export interface Migration {
  /** Schemas. */
  from: number;
  to: number;
  /** Path of the database as the older TT left it. */
  copy: string;
}

export interface StateStoreOptions {
  /** Called once the copy is made, before the first change of a migration. */
  onMigration?: (migration: Migration) => void;
  /** Reserve for writes when the disk is full; default: none. */
  reserve?: DiskReserve;
}

export class StateStore {
  readonly #file: string;
  readonly #reserve: DiskReserve | null;
  readonly #database: DatabaseSync;
  readonly envs: DocumentTable<EnvRecord>;
  readonly vms: DocumentTable<VmRecord>;
  readonly snapshots: DocumentTable<SnapshotRecord>;
  readonly positions: DocumentTable<PositionRecord>;
  readonly labs: DocumentTable<LabRecord>;
  readonly profiles: DocumentTable<ProfileRecord>;
  readonly templates: DocumentTable<TemplateRecord>;
  readonly settings: DocumentTable<unknown>;
  readonly logins: DocumentTable<SessionRecord>;
  readonly users: DocumentTable<UserRecord>;
  readonly teams: DocumentTable<TeamRecord>;
  readonly tokens: DocumentTable<TokenRecord>;
  readonly warmImages: DocumentTable<WarmRecord>;
  readonly imageUses: DocumentTable<ImageUseRecord>;

  /**
   * Opens or makes the file, and migrates one of an older TT. Throws STATE_TOO_NEW when a newer TT wrote it, and STATE_NO_SPACE
   * when there is no space to migrate it; nothing was changed then. Every write throws DISK_FULL, and changes nothing, when
   * the disk is full and the reserve too small.
   * @param file path of the SQLite file, or `:memory:` in tests.
   */
  constructor(file: string, { onMigration = () => {}, reserve }: StateStoreOptions = {}) {
    this.#file = file;
    this.#reserve = reserve ?? null;
    if (file !== ':memory:') makePrivateFile(file);
    this.#database = writeWithReserve(file, this.#reserve, () => openDatabase(file, onMigration));
    const table = <Document>(name: string) => new DocumentTable<Document>(this.#database, name, this.#write);
    this.envs = table('envs');
    this.vms = table('vms');
    this.snapshots = table('snapshots');
    this.positions = table('positions');
    this.labs = table('labs');
    this.profiles = table('profiles');
    this.templates = table('templates');
    this.settings = table('settings');
    this.logins = table('logins');
    this.users = table('users');
    this.teams = table('teams');
    this.tokens = table('tokens');
    this.warmImages = table('warm_images');
    this.imageUses = table('image_uses');
  }

  /** Runs `work` in one transaction: all of its writes, or none. `work` must be synchronous, and may run again. */
  transaction<Result>(work: () => Result): Result {
    return this.#write(() => {
      this.#database.exec('BEGIN IMMEDIATE');
      try {
        const result = work();
        this.#database.exec('COMMIT');
        return result;
      } catch (error) {
        // SQLite itself has taken all back where the disk is full (sqlite.org/lang_transaction.html).
        if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
        throw error;
      }
    });
  }

  /** The browser sessions of the border. */
  loginStore(): SessionStore {
    return {
      list: () => this.logins.list(),
      put: (record) => this.logins.put(record.id, record),
      remove: (id) => this.logins.delete(id),
    };
  }

  close(): void {
    this.#database.close();
  }

  /** Within a transaction that is tried again as a whole, its statements are not tried again one by one. */
  readonly #write: Write = (work) =>
    this.#database.isTransaction ? work() : writeWithReserve(this.#file, this.#reserve, work);
}

function openDatabase(file: string, onMigration: (migration: Migration) => void): DatabaseSync {
  const database = new DatabaseSync(file);
  try {
    const found = Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
    if (found > migrations.length) {
      throw new TtError('STATE_TOO_NEW', { stateDirectory: path.dirname(file), found, known: migrations.length });
    }
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 2000;');
    if (found === migrations.length) return database;
    // 0: it has just been made.
    if (found > 0) onMigration({ from: found, to: migrations.length, copy: keepCopy(database, file, found) });
    orNoSpace(file, () => migrate(database, found));
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** All entries or none: if the agent dies meanwhile, the database of the older TT remains. */
function migrate(database: DatabaseSync, found: number): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    for (const entry of migrations.slice(found)) {
      if (typeof entry === 'string') database.exec(entry);
      else entry(database);
    }
    database.exec(`PRAGMA user_version = ${migrations.length}; COMMIT;`);
  } catch (error) {
    // SQLite itself takes all back where the disk is full.
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}
