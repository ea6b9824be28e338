// The file of the audit trail: one SQLite table beside the state, to which entries are added and from which only old ones are
// removed. Each batch is on disk when `add` returns (WAL, synchronous=FULL).
import { randomUUID } from 'node:crypto';
import { renameSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { type AuditEntry, TtError } from '@tt/protocol';
import { makePrivateFile } from '../state/database-file.ts';

export const AUDIT_SCHEMA = 1;
/** SQLite's result codes of a file that is none of its databases (sqlite3.h). */
const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;
/** Ids of one part of a search, so that no search keeps the agent from its work for long. */
const WINDOW = 10_000;
/** Ids of one look for what never ended, which goes on while the agent starts: some 5 ms. */
const LOOKED_AT_ONCE = 2_000;
/** Parts are searched for one page until this has passed. */
const SEARCH_MS = 20;
/** Entries removed in one statement. */
const REMOVED_AT_ONCE = 2_000;
const MIB = 1024 * 1024;

/** An entry before it has its number, and who may read it beside administrators. */
export interface NewEntry extends Omit<AuditEntry, 'id' | 'origin'> {
  origin: NonNullable<AuditEntry['origin']>;
  /** As whom the agent knew who asked: the name that can read the whole entry. null: nobody's. */
  readerName: string | null;
  /** The owner of its ENV at that time; an ENV with the same name may belong to another user now. */
  envOwner: string | null;
}

export interface StoredEntry extends NewEntry {
  id: number;
}

export interface AuditSearch {
  userName?: string | undefined;
  call?: string | undefined;
  envName?: string | undefined;
  subject?: string | undefined;
  result?: string | undefined;
  /** Milliseconds since 1970. */
  since?: number | undefined;
  until?: number | undefined;
  before?: number | undefined;
  after?: number | undefined;
  limit: number;
  /** Only entries of this reader, or about ENVs of theirs; absent: all. */
  reader?: string | undefined;
}

export interface AuditPage {
  entries: StoredEntry[];
  next: number | null;
}

const CREATE = `
  CREATE TABLE entries (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, who TEXT, reader TEXT, owner TEXT, call TEXT NOT NULL, env TEXT,
    result TEXT NOT NULL, names TEXT NOT NULL, document TEXT NOT NULL);
  CREATE INDEX entries_at ON entries (at);
  CREATE INDEX entries_who ON entries (who);
  CREATE INDEX entries_env ON entries (env);
  CREATE TRIGGER entries_never_change BEFORE UPDATE ON entries BEGIN
    SELECT RAISE(ABORT, 'entries of the audit trail never change');
  END;
  PRAGMA user_version = ${AUDIT_SCHEMA};`;

export interface AuditDatabaseOptions {
  onDamaged?: (movedTo: string, error: unknown) => void;
  window?: number;
}

export class AuditDatabase {
  readonly #window: number;
  readonly #database: DatabaseSync;
  readonly #add: StatementSync;

  /**
   * Opens or makes the file. One that is damaged is put aside, and `onDamaged` told where; throws STATE_TOO_NEW when a newer TT
   * wrote it. `window`: ids of one part of a search. @param file path, or `:memory:` in tests.
   */
  constructor(file: string, { onDamaged = () => {}, window = WINDOW }: AuditDatabaseOptions = {}) {
    this.#window = window;
    this.#database = openOrReplace(file, onDamaged);
    this.#add = this.#database.prepare(
      'INSERT INTO entries (at, who, reader, owner, call, env, result, names, document) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
    );
  }

  /** All of them or none. */
  add(entries: readonly NewEntry[]): void {
    const [only] = entries;
    if (entries.length === 1 && only) {
      this.#addOne(only);
      return;
    }
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      for (const entry of entries) this.#addOne(entry);
      this.#database.exec('COMMIT');
    } catch (error) {
      // Where the disk is full, SQLite itself has taken all back.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  /** A page of what is found; it may have fewer entries than `limit`, and none, while `next` says that there is more. */
  page(search: AuditSearch): AuditPage {
    return search.after === undefined ? this.#older(search) : this.#newer(search, search.after);
  }

  /** The id of the newest entry; 0: there is none. */
  newest(): number {
    return this.#one('SELECT max(id) AS value FROM entries');
  }

  /**
   * What begins among some of the ids below `below` and has not ended there, nor is among `ended`, to which the ends
   * found are added: to be called with ever older ids. `next` null: there are none.
   */
  begunWithoutEnd(below: number, ended: Set<string>): { entries: StoredEntry[]; next: number | null } {
    const from = Math.max(1, below - Math.min(this.#window, LOOKED_AT_ONCE));
    const rows = this.#database
      .prepare(
        // Quotes inside texts are escaped, so these are the fields themselves; to parse them all would take three times as long.
        `SELECT id, instr(document, '"phase":"ended"') AS ended, document ->> 'activityId' AS activity, document
         FROM entries WHERE id >= ? AND id < ? AND instr(document, '"phase":"done"') = 0 ORDER BY id DESC`,
      )
      .iterate(from, below);
    const entries: StoredEntry[] = [];
    for (const { id, ended: isEnd, activity, document } of rows) {
      if (isEnd !== 0) ended.add(String(activity));
      else if (!ended.has(String(activity))) {
        entries.push({ ...(JSON.parse(String(document)) as NewEntry), id: Number(id) });
      }
    }
    return { entries, next: from > 1 ? from : null };
  }

  /** Removes some of the entries older than `before` (milliseconds); true if there may be more. */
  removeOlder(before: number): boolean {
    return this.#remove('SELECT id FROM entries WHERE at < ? ORDER BY at LIMIT ?', before, REMOVED_AT_ONCE);
  }

  /** Removes some of the oldest entries; true if there are more. */
  removeOldest(): boolean {
    return this.#remove('SELECT id FROM entries ORDER BY id LIMIT ?', REMOVED_AT_ONCE);
  }

  /** Bytes that entries and indexes take. */
  usedBytes(): number {
    return (this.#pragma('page_count') - this.#pragma('freelist_count')) * this.#pragma('page_size');
  }

  /** Gives space of removed entries back to the file system, at most `bytes` at once. */
  shrink(bytes = 8 * MIB): void {
    const pages = Math.min(this.#pragma('freelist_count'), Math.ceil(bytes / this.#pragma('page_size')));
    if (pages > 0) this.#database.exec(`PRAGMA incremental_vacuum(${pages})`);
  }

  /** When the oldest entry was made, in milliseconds; null: there is none. */
  oldestAt(): number | null {
    const row = this.#database.prepare('SELECT at FROM entries ORDER BY id LIMIT 1').get();
    return row ? Number(row['at']) : null;
  }

  close(): void {
    this.#database.close();
  }

  #addOne(entry: NewEntry): void {
    const { at, userName, readerName, envOwner, call, subject, result } = entry;
    const names = Object.values(subject).filter((name) => name !== undefined);
    this.#add.run(
      Date.parse(at),
      userName,
      readerName,
      envOwner,
      call,
      subject.envName ?? null,
      result,
      `\n${names.join('\n')}\n`,
      JSON.stringify(entry),
    );
  }

  #older(search: AuditSearch): AuditPage {
    const lowest = this.#lowest(search);
    if (lowest === null) return { entries: [], next: null };
    let top = search.before ?? this.newest() + 1;
    const entries: StoredEntry[] = [];
    const begun = performance.now();
    while (top > lowest) {
      const bottom = Math.max(lowest, top - this.#window);
      entries.push(...this.#select(search, [bottom, top], 'DESC', search.limit - entries.length));
      const last = entries.at(-1);
      if (last && entries.length === search.limit) return { entries, next: last.id > lowest ? last.id : null };
      top = bottom;
      if (performance.now() - begun > SEARCH_MS) return { entries, next: top > lowest ? top : null };
    }
    return { entries, next: null };
  }

  #newer(search: AuditSearch, after: number): AuditPage {
    const newest = this.newest();
    let bottom = Math.max(after + 1, this.#lowest(search) ?? 0);
    const entries: StoredEntry[] = [];
    const begun = performance.now();
    while (bottom <= newest) {
      const top = Math.min(newest + 1, bottom + this.#window);
      entries.push(...this.#select(search, [bottom, top], 'ASC', search.limit - entries.length));
      const last = entries.at(-1);
      if (last && entries.length === search.limit) return { entries, next: last.id };
      bottom = top;
      if (performance.now() - begun > SEARCH_MS) break;
    }
    return { entries, next: Math.max(after, bottom - 1) || null };
  }

  /** The lowest id that can be among what is found; null: none can. The clock may have been set back, so ids need not follow it. */
  #lowest({ since }: AuditSearch): number | null {
    const row =
      since === undefined
        ? this.#database.prepare('SELECT min(id) AS value FROM entries').get()
        : this.#database.prepare('SELECT min(id) AS value FROM entries WHERE at >= ?').get(since);
    const value = row?.['value'] ?? null;
    return value === null ? null : Number(value);
  }

  #select(search: AuditSearch, [from, to]: [number, number], order: 'ASC' | 'DESC', limit: number): StoredEntry[] {
    const { text, values } = conditionsOf(search);
    const rows = this.#database
      .prepare(`SELECT id, document FROM entries WHERE id >= ? AND id < ?${text} ORDER BY id ${order} LIMIT ?`)
      .all(from, to, ...values, limit);
    return rows.map((row) => ({ ...(JSON.parse(String(row['document'])) as NewEntry), id: Number(row['id']) }));
  }

  #remove(which: string, ...values: number[]): boolean {
    return Number(this.#database.prepare(`DELETE FROM entries WHERE id IN (${which})`).run(...values).changes) > 0;
  }

  #one(sql: string): number {
    return Number(this.#database.prepare(sql).get()?.['value'] ?? 0);
  }

  #pragma(name: 'page_count' | 'freelist_count' | 'page_size'): number {
    return Number(this.#database.prepare(`PRAGMA ${name}`).get()?.[name] ?? 0);
  }
}

/** What is asked for, without the range of ids. */
function conditionsOf(search: AuditSearch): { text: string; values: (string | number)[] } {
  const { userName, call, envName, subject, result, since, until, reader } = search;
  const conditions: string[] = [];
  const values: (string | number)[] = [];
  const add = (condition: string, ...of: (string | number)[]) => {
    conditions.push(` AND ${condition}`);
    values.push(...of);
  };
  if (userName !== undefined) add('who = ?', userName);
  if (call !== undefined) add("(call = ? OR substr(call, 1, length(?) + 1) = ? || '.')", call, call, call);
  if (envName !== undefined) add('env = ?', envName);
  if (subject !== undefined) add('instr(names, char(10) || ? || char(10)) > 0', subject);
  if (result === 'failed') add("result <> 'ok'");
  else if (result !== undefined) add('result = ?', result);
  if (since !== undefined) add('at >= ?', since);
  if (until !== undefined) add('at <= ?', until);
  // Without indexes of their own, which each entry would pay for: a search goes part by part.
  if (reader !== undefined) add('(reader = ? OR owner = ?)', reader, reader);
  return { text: conditions.join(''), values };
}

function openOrReplace(file: string, onDamaged: (movedTo: string, error: unknown) => void): DatabaseSync {
  if (file === ':memory:') return open(file);
  makePrivateFile(file);
  try {
    return open(file);
  } catch (error) {
    if (!isDamaged(error)) throw error;
    const movedTo = `${file}.damaged-${randomUUID()}`;
    renameSync(file, movedTo);
    onDamaged(movedTo, error);
    makePrivateFile(file);
    return open(file);
  }
}

function open(file: string): DatabaseSync {
  const database = new DatabaseSync(file);
  try {
    const found = Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
    if (found > AUDIT_SCHEMA) {
      throw new TtError('STATE_TOO_NEW', { stateDirectory: path.dirname(file), found, known: AUDIT_SCHEMA });
    }
    // The first is for a file that has nothing in it yet.
    database.exec('PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    database.exec('PRAGMA busy_timeout = 2000; PRAGMA journal_size_limit = 4194304;');
    if (found === 0) database.exec(`BEGIN IMMEDIATE; ${CREATE} COMMIT;`);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Whether SQLite says of a file that it is no database of its, or a broken one. */
export function isDamaged(error: unknown): boolean {
  const code = ((error as { errcode?: number }).errcode ?? 0) & 0xff;
  return code === SQLITE_CORRUPT || code === SQLITE_NOTADB;
}
