// One table of JSON documents by key, inside the agent's SQLite file. Callers see plain objects.
import type { DatabaseSync, StatementSync } from 'node:sqlite';

export class DocumentTable<Document> {
  readonly #get: StatementSync;
  readonly #list: StatementSync;
  readonly #put: StatementSync;
  readonly #delete: StatementSync;

  /** `table` comes from this program, never from input. */
  constructor(database: DatabaseSync, table: string) {
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
    this.#put.run(key, JSON.stringify(document));
  }

  delete(key: string): void {
    this.#delete.run(key);
  }
}
