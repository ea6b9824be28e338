// The file of the audit trail: pages in both directions, filters that combine, entries that never change, old ones that go.
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { AuditDatabase, type AuditSearch } from './audit-database.ts';
import { testEntry } from './test-entry.ts';

let folder: string;
let file: string;
let database: AuditDatabase;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tt-audit-'));
  file = path.join(folder, 'audit.sqlite');
  database = new AuditDatabase(file);
});
afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true });
});

const at = (minute: number) => new Date(Date.UTC(2026, 10, 21, 10, minute)).toISOString();

/** All pages of a search, newest first. */
function all(search: Omit<AuditSearch, 'limit'>, limit = 3): number[] {
  const ids: number[] = [];
  let before: number | null | undefined = search.before;
  do {
    const page = database.page({ ...search, limit, ...(before && { before }) });
    expect(page.entries.length).toBeLessThanOrEqual(limit);
    ids.push(...page.entries.map(({ id }) => id));
    before = page.next;
  } while (before !== null);
  return ids;
}

it('gives pages newest first, and goes on behind the last one it gave', () => {
  database.add(Array.from({ length: 8 }, (_, index) => testEntry({ at: at(index) })));
  expect(all({})).toEqual([8, 7, 6, 5, 4, 3, 2, 1]);
  const [first, next] = [database.page({ limit: 3 }), database.page({ limit: 3, after: 6 })];
  expect(first.entries[0]).toEqual({ ...testEntry({ at: at(7) }), id: 8 });
  expect(next).toMatchObject({ entries: [{ id: 7 }, { id: 8 }], next: 8 });
  database.add([testEntry()]);
  expect(database.page({ limit: 3, after: 8 })).toMatchObject({ entries: [{ id: 9 }], next: 9 });
  expect(database.page({ limit: 3, after: 9 })).toEqual({ entries: [], next: 9 });
});

it('an empty trail has one empty page', () => {
  expect(database.page({ limit: 3 })).toEqual({ entries: [], next: null });
  expect(database.page({ limit: 3, after: 5 })).toEqual({ entries: [], next: 5 });
  expect(database.page({ limit: 3, since: 0 })).toEqual({ entries: [], next: null });
});

it('combines filters', () => {
  database.add([
    testEntry({ at: at(1) }),
    testEntry({ at: at(2), userName: 'bob', subject: { envName: 'other', vmName: 'other-vm' } }),
    testEntry({ at: at(3), call: 'env.delete', result: 'ENV_NOT_YOURS', userName: 'bob' }),
    testEntry({ at: at(4), call: 'environment.start' }),
    testEntry({ at: at(5), call: 'vm.start', subject: { envName: 'demo', vmName: 'demo-vm', vmId: 'id-1' } }),
  ]);
  expect(all({ userName: 'bob' })).toEqual([3, 2]);
  expect(all({ call: 'env' })).toEqual([3, 2, 1]);
  expect(all({ call: 'env.delete' })).toEqual([3]);
  expect(all({ envName: 'demo' })).toEqual([5, 4, 3, 1]);
  expect(all({ subject: 'id-1' })).toEqual([5]);
  expect(all({ subject: 'id' })).toEqual([]);
  expect(all({ result: 'ok', envName: 'demo' })).toEqual([5, 4, 1]);
  expect(all({ result: 'failed' })).toEqual([3]);
  expect(all({ result: 'ENV_NOT_YOURS' })).toEqual([3]);
  expect(all({ since: Date.parse(at(2)), until: Date.parse(at(4)) })).toEqual([4, 3, 2]);
  expect(all({ since: Date.parse(at(2)), userName: 'ann', call: 'vm' })).toEqual([5]);
  expect(all({ since: Date.parse(at(9)) })).toEqual([]);
  // What looks like a pattern is a name.
  expect(all({ call: '%' })).toEqual([]);
  expect(all({ subject: "demo' OR 1=1 --" })).toEqual([]);
});

it('finds what a clock that was set back wrote', () => {
  database.add([testEntry({ at: at(30) }), testEntry({ at: at(10) }), testEntry({ at: at(20) })]);
  expect(all({ since: Date.parse(at(15)) })).toEqual([3, 1]);
});

it('shows a reader their own entries and those about their ENVs', () => {
  database.add([
    testEntry({ userName: 'ann', envOwner: 'bob' }),
    testEntry({ userName: 'bob', envOwner: 'ann' }),
    testEntry({ userName: 'bob', envOwner: null }),
    testEntry({ userName: 'ann', readerName: 'local', envOwner: null }),
  ]);
  expect(all({ reader: 'ann' })).toEqual([2, 1]);
  expect(all({ reader: 'bob' })).toEqual([3, 2, 1]);
  expect(all({ reader: 'bob', userName: 'ann' })).toEqual([1]);
});

it('finds seldom ones among many, part by part', () => {
  database.close();
  database = new AuditDatabase(file, { window: 3 });
  const many = Array.from({ length: 25 }, () => testEntry());
  database.add([testEntry({ userName: 'bob' }), ...many, testEntry({ userName: 'bob' })]);
  expect(all({ userName: 'bob', call: 'env.start' }, 1)).toEqual([27, 1]);
  expect(all({ subject: 'nowhere' })).toEqual([]);
  expect(all({}, 10)).toEqual(Array.from({ length: 27 }, (_, index) => 27 - index));
  expect(database.page({ userName: 'bob', after: 1, limit: 5 })).toMatchObject({ entries: [{ id: 27 }], next: 27 });
});

it('refuses to change an entry, whoever asks', () => {
  database.add([testEntry()]);
  const other = new DatabaseSync(file);
  expect(() => other.exec("UPDATE entries SET who = 'mallory'")).toThrow('never change');
  other.close();
});

it('removes what is old, then the oldest, and never gives a number again', () => {
  database.add(Array.from({ length: 5 }, (_, index) => testEntry({ at: at(index) })));
  expect(database.removeOlder(Date.parse(at(2)))).toBe(true);
  expect(database.removeOlder(Date.parse(at(2)))).toBe(false);
  expect(all({})).toEqual([5, 4, 3]);
  expect(database.oldestAt()).toBe(Date.parse(at(2)));
  expect(database.removeOldest()).toBe(true);
  expect(database.removeOldest()).toBe(false);
  expect(database.oldestAt()).toBeNull();
  database.add([testEntry()]);
  expect(all({})).toEqual([6]);
});

it('gives the space of what was removed back', () => {
  database.add(Array.from({ length: 1500 }, () => testEntry()));
  const full = database.usedBytes();
  while (database.removeOldest());
  database.shrink();
  expect(database.usedBytes()).toBeLessThan(full / 3);
});

it('is private, and there again after a restart', () => {
  database.add([testEntry()]);
  database.close();
  expect(statSync(file).mode & 0o777).toBe(0o600);
  database = new AuditDatabase(file);
  expect(all({})).toEqual([1]);
});

it('puts a damaged file aside and begins a new one; one of a newer TT is left alone', () => {
  database.close();
  writeFileSync(file, 'this is no database, whatever it is called. '.repeat(100));
  rmSync(`${file}-wal`, { force: true });
  const told: string[] = [];
  database = new AuditDatabase(file, { onDamaged: (movedTo) => told.push(movedTo) });
  database.add([testEntry()]);
  expect(all({})).toEqual([1]);
  expect(readdirSync(folder)).toContain(path.basename(told[0] ?? ''));
  database.close();
  const newer = new DatabaseSync(file);
  newer.exec('PRAGMA user_version = 99');
  newer.close();
  expect(() => new AuditDatabase(file)).toThrow(expect.objectContaining({ code: 'STATE_TOO_NEW' }));
  const back = new DatabaseSync(file);
  back.exec('PRAGMA user_version = 1');
  back.close();
  database = new AuditDatabase(file);
});

it('finds what began and never ended, however far apart beginning and end are', () => {
  database.close();
  database = new AuditDatabase(file, { window: 2 });
  const begun = (activityId: string) => testEntry({ phase: 'begun', durationMs: null, activityId });
  const ended = (activityId: string) => testEntry({ phase: 'ended', activityId });
  database.add([begun('lost'), begun('far'), testEntry(), begun('near'), ended('near'), testEntry(), ended('far')]);
  const found: (string | null)[] = [];
  const ends = new Set<string>();
  for (let below: number | null = database.newest() + 1; below !== null; ) {
    const part = database.begunWithoutEnd(below, ends);
    found.push(...part.entries.map(({ activityId }) => activityId));
    below = part.next;
  }
  expect(found).toEqual(['lost']);
});
