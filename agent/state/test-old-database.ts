// Test support: a database as an early TT left it, and its contents.
import { DatabaseSync } from 'node:sqlite';

export const OLD_SCHEMA = 2;

/** A database of schema 2 with one VM and one snapshot, whose document can be given as text. */
export function makeOldDatabase(file: string, snapshot = JSON.stringify({ id: 's-1', vms: [] })): void {
  const old = new DatabaseSync(file);
  for (const name of ['envs', 'vms', 'snapshots', 'positions', 'settings']) {
    old.exec(`CREATE TABLE ${name} (key TEXT PRIMARY KEY, document TEXT NOT NULL)`);
  }
  const resources = { cpuCount: 1, memoryMiB: 128, diskMiB: 2048 };
  const vm = { id: 'v-1', envName: 'a', resources, nics: [], blacklist: [], portMap: [] };
  old.prepare('INSERT INTO vms VALUES (?, ?)').run('v-1', JSON.stringify(vm));
  old.prepare('INSERT INTO snapshots VALUES (?, ?)').run('s-1', snapshot);
  old.exec(`PRAGMA user_version = ${OLD_SCHEMA}`);
  old.close();
}

/** What must stay the same where nothing is migrated. */
export function contentOf(file: string): { schema: unknown; rows: unknown[] } {
  const opened = new DatabaseSync(file, { readOnly: true });
  const schema = opened.prepare('PRAGMA user_version').get()?.['user_version'];
  const rows = ['vms', 'snapshots'].flatMap((table) => opened.prepare(`SELECT document FROM ${table}`).all());
  opened.close();
  return { schema, rows };
}
