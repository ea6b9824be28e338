// Serializes runs of nft, because two at once block or fail each other. Changes that wait together become one transaction; if it
// fails, they are halved until each has its own result, so nobody fails because of another's mistake.

type Entry<Change> =
  | { kind: 'change'; change: Change; resolve: () => void; reject: (error: unknown) => void }
  | { kind: 'alone'; run: () => Promise<void> };

export class ChangeQueue<Change> {
  readonly #commit: (changes: readonly Change[]) => Promise<void>;
  #entries: Entry<Change>[] = [];
  #running = false;

  /** `commit` puts changes in force in their order, all or nothing. */
  constructor(commit: (changes: readonly Change[]) => Promise<void>) {
    this.#commit = commit;
  }

  /** Resolves when the change is in force. */
  add(change: Change): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#enqueue({ kind: 'change', change, resolve, reject });
    return promise;
  }

  /** Runs `work` in its turn, with nothing else running. */
  alone<Result>(work: () => Promise<Result>): Promise<Result> {
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    this.#enqueue({ kind: 'alone', run: () => work().then(resolve, reject) });
    return promise;
  }

  #enqueue(entry: Entry<Change>): void {
    this.#entries.push(entry);
    if (this.#running) return;
    this.#running = true;
    void this.#drain();
  }

  async #drain(): Promise<void> {
    while (this.#entries.length > 0) {
      const end = this.#entries.findIndex(({ kind }) => kind === 'alone');
      const count = end === 0 ? 1 : end === -1 ? this.#entries.length : end;
      const entries = this.#entries.splice(0, count);
      const [first] = entries;
      if (first?.kind === 'alone') await first.run();
      else await this.#commitAll(entries.filter((entry) => entry.kind === 'change'));
    }
    this.#running = false;
  }

  async #commitAll(entries: readonly Extract<Entry<Change>, { kind: 'change' }>[]): Promise<void> {
    try {
      await this.#commit(entries.map(({ change }) => change));
      for (const { resolve } of entries) resolve();
    } catch (error) {
      const half = Math.ceil(entries.length / 2);
      if (entries.length === 1) {
        entries[0]?.reject(error);
        return;
      }
      await this.#commitAll(entries.slice(0, half));
      await this.#commitAll(entries.slice(half));
    }
  }
}
