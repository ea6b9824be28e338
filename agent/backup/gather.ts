// Collects what a backup consists of: a copy of the database at one instant, then the small files beside it, and the list of images.
import { stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { readIfThere } from '@tt/client/node';
import { reason, TtError } from '@tt/protocol';
import { AUDIT_SCHEMA, isDamaged } from '../audit/audit-database.ts';
import type { AgentConfig } from '../config.ts';
import { isThere } from '../host/is-there.ts';
import { imageManifestSchema } from '../images/manifest.ts';
import { writeCopy } from '../state/database-file.ts';
import { STATE_SCHEMA } from '../state/store.ts';
import { AGENT_VERSION } from '../version.ts';
import {
  AUDIT_NAME,
  BACKUP_VERSION,
  type BackupImage,
  type BackupManifest,
  CONFIGURATION_NAME,
  DATABASE_NAME,
  FOLDERS,
  isEntryName,
  LIMITS,
  SINGLE_FILES,
} from './backup-form.ts';
import { namesIn } from './names-in.ts';

/** One file of a backup: its bytes, or where they are. */
export type BackupPart = { path: string; sizeBytes: number } & ({ bytes: Buffer } | { file: string });

/**
 * The database is copied to `copies.database`, and the audit trail, if there is one, to `copies.audit` (null: it is left out); the caller
 * removes both. Rejects with FILE_UNUSABLE without a database, with an audit trail that is damaged, or with a file that can't be read, and
 * with STATE_TOO_NEW.
 */
export async function gatherBackup(
  { home, configFile, imageDirectory }: Pick<AgentConfig, 'home' | 'configFile' | 'imageDirectory'>,
  copies: { database: string; audit: string | null },
  now: Date,
): Promise<{ manifest: BackupManifest; parts: BackupPart[] }> {
  // First: files that are made later belong to nobody, and a file that is gone later belonged to what was deleted.
  const counts = await copyState(path.join(home, DATABASE_NAME), copies.database);
  const parts: BackupPart[] = [await copied(DATABASE_NAME, copies.database)];
  if (copies.audit !== null && (await copyAudit(path.join(home, AUDIT_NAME), copies.audit)))
    parts.push(await copied(AUDIT_NAME, copies.audit));
  const add = async (name: string, file: string) => {
    const text = await readIfThere(file);
    if (text === null) return;
    const bytes = Buffer.from(text);
    if (bytes.length > LIMITS.fileBytes)
      throw new TtError('FILE_UNUSABLE', { file, reason: reason('memberTooLarge', { file: name }) });
    parts.push({ path: name, sizeBytes: bytes.length, bytes });
  };
  for (const name of SINGLE_FILES) await add(name, path.join(home, name));
  for (const folder of FOLDERS) {
    // `.new`: being written.
    const names = (await namesIn(path.join(home, folder))).filter((name) => !name.endsWith('.new'));
    for (const name of names.filter((one) => isEntryName(`${folder}/${one}`)).sort())
      await add(`${folder}/${name}`, path.join(home, folder, name));
  }
  if (configFile !== null) await add(CONFIGURATION_NAME, configFile);
  const manifest: BackupManifest = {
    format: 'tt-backup',
    version: BACKUP_VERSION,
    madeBy: AGENT_VERSION,
    createdAt: now.toISOString(),
    hostName: hostname(),
    ...counts,
    images: await imagesIn(imageDirectory),
    entries: parts.map(({ path: name, sizeBytes }) => ({ path: name, sizeBytes })),
  };
  return { manifest, parts };
}

async function copied(name: string, file: string): Promise<BackupPart> {
  return { path: name, sizeBytes: (await stat(file)).size, file };
}

async function copyState(file: string, copy: string): Promise<Pick<BackupManifest, 'schema' | 'envs' | 'vms'>> {
  if (!(await isThere(file))) throw new TtError('FILE_UNUSABLE', { file, reason: reason('notThere') });
  copyDatabase(file, copy, STATE_SCHEMA);
  const written = new DatabaseSync(copy);
  try {
    const count = (table: 'envs' | 'vms') =>
      Number(written.prepare(`SELECT count(*) AS count FROM ${table}`).get()?.['count']);
    return { schema: schemaOf(written), envs: count('envs'), vms: count('vms') };
  } finally {
    written.close();
  }
}

/** False: nothing has been written down yet. */
async function copyAudit(file: string, copy: string): Promise<boolean> {
  if (!(await isThere(file))) return false;
  try {
    copyDatabase(file, copy, AUDIT_SCHEMA);
  } catch (error) {
    if (!isDamaged(error)) throw error;
    throw new TtError('FILE_UNUSABLE', { file, reason: reason('databaseDamaged') }, { cause: error });
  }
  return true;
}

/** Other processes may write to it meanwhile. */
function copyDatabase(file: string, copy: string, known: number): void {
  const database = new DatabaseSync(file);
  try {
    database.exec('PRAGMA busy_timeout = 10000;');
    const found = schemaOf(database);
    if (found > known) throw new TtError('STATE_TOO_NEW', { stateDirectory: path.dirname(file), found, known });
    writeCopy(database, copy);
  } finally {
    database.close();
  }
}

export function schemaOf(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
}

/** All that are complete; what is broken or coming is left out. */
export async function imagesIn(directory: string): Promise<BackupImage[]> {
  const images: BackupImage[] = [];
  for (const file of (await namesIn(directory)).sort()) {
    if (file.endsWith('.iso')) images.push({ file, name: null, sha256: null });
    const text = await readIfThere(path.join(directory, file, 'image.json')).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOTDIR') return null;
      throw error;
    });
    const read = text === null ? null : imageManifestSchema.safeParse(parsed(text));
    if (read?.success) images.push({ file, name: read.data.name, sha256: read.data.sha256 });
  }
  return images;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
