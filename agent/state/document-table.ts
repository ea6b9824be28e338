// One table of JSON documents by key, in the agent's SQLite file. Callers see plain objects.
import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** Runs a write of one or more statements. See `StateStore`. */
export type Write = <Result>(work: () => Result) => Result;

export class DocumentTable<Document> {
  readonly #write: Write;
  readonly #get: StatementSync;
  readonly #list: StatementSync;
  readonly #put: StatementSync;
  readonly #delete: StatementSync;

  /** `table` is a constant of this program, never input. */
  constructor(database: DatabaseSync, table: string, write: Write) {
    this.#write = write;
    this.#get = database.prepare(`SELECT document FROM ${table} WHERE key = ?`);
    this.#list = database.prepare(`SELECT document FROM ${table} ORDER BY rowid`);
    this.#put = database.prepare(
      `INSERT INTO ${table} (key, document) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET document = excluded.document`,
    );
    this.#delete = database.prepare(`DELETE FROM ${table} WHERE key = ?`);
  }

  get(key: string): Document | null {
    const row = this.#get.get(key);
    return row ? (JSON.parse(String(row['document'])) as Document) : null;
  }

  /** All documents, oldest first. */
  list(): Document[] {
    return this.#list.all().map((row) => JSON.parse(String(row['document'])) as Document);
  }

  put(key: string, document: Document): void {
    const text = JSON.stringify(document);
    this.#write(() => this.#put.run(key, text));
  }

  delete(key: string): void {
    this.#write(() => this.#delete.run(key));
  }
}
