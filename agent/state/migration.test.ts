// A database of an older TT: copied, then migrated completely or not at all.
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Migration, StateStore } from './store.ts';
import { contentOf, makeOldDatabase, OLD_SCHEMA } from './test-old-database.ts';

let folder: string;
let file: string;
let told: Migration[];
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-migration-'));
  file = path.join(folder, 'state.sqlite');
  told = [];
});
afterEach(() => rm(folder, { recursive: true }));

const open = () => new StateStore(file, { onMigration: (migration) => told.push(migration) });
const copy = () => `${file}.schema-${OLD_SCHEMA}`;

it('keeps a private copy of it as it was, says so once, and migrates it once', async () => {
  makeOldDatabase(file);
  const before = contentOf(file);
  open().close();
  expect(contentOf(copy())).toEqual(before);
  expect((await stat(copy())).mode & 0o777).toBe(0o600);
  const { schema } = contentOf(file);
  expect(told).toEqual([{ from: OLD_SCHEMA, to: schema, copy: copy() }]);
  expect(schema).toBeGreaterThan(OLD_SCHEMA);
  open().close();
  expect(told).toHaveLength(1);
  expect((await readdir(folder)).sort()).toEqual(['state.sqlite', path.basename(copy())]);
});

it('copies what is committed and not yet in the main file', () => {
  makeOldDatabase(file);
  // A reader keeps the last one who closes from emptying the journal, as after a crash.
  const other = new DatabaseSync(file);
  other.exec('PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;');
  other.prepare('UPDATE snapshots SET document = ?').run(JSON.stringify({ id: 'late', vms: [] }));
  open().close();
  other.close();
  expect(JSON.stringify(contentOf(copy()).rows)).toContain('late');
});

it('has no copy of a new database, nor of one in memory', async () => {
  open().close();
  new StateStore(':memory:', { onMigration: (migration) => told.push(migration) }).close();
  expect([told, await readdir(folder)]).toEqual([[], ['state.sqlite']]);
});

it('replaces the copy of an earlier try, and what was left half made', async () => {
  makeOldDatabase(file);
  await writeFile(copy(), 'of an earlier upgrade that was taken back', { mode: 0o644 });
  await writeFile(`${copy()}.part`, 'half of one');
  const before = contentOf(file);
  open().close();
  expect(contentOf(copy())).toEqual(before);
  expect((await stat(copy())).mode & 0o777).toBe(0o600);
  expect(existsSync(`${copy()}.part`)).toBe(false);
});

it('takes all entries back when one fails, and goes on at the next start', () => {
  makeOldDatabase(file, 'no JSON');
  const before = contentOf(file);
  expect(open).toThrow('malformed JSON');
  expect(contentOf(file)).toEqual(before);
  const mended = new DatabaseSync(file);
  mended.prepare('UPDATE snapshots SET document = ?').run(JSON.stringify({ id: 's-1', vms: [] }));
  mended.close();
  open().close();
  expect(contentOf(file).schema).toBeGreaterThan(OLD_SCHEMA);
});

it('changes nothing when there is no copy to be had', async () => {
  makeOldDatabase(file);
  const before = contentOf(file);
  await mkdir(copy());
  expect(open).toThrow(expect.objectContaining({ code: 'EISDIR' }));
  expect([contentOf(file), told]).toEqual([before, []]);
});
