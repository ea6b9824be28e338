// Counts what is in progress by key, up to a limit: calls of a user, connections of an address, streams of a user.

export class UnderWay {
  readonly #counts = new Map<string, number>();
  readonly #refusal: (key: string, total: number, used: number) => Error;

  /** `refusal`: what is thrown above the limit. */
  constructor(refusal: (key: string, total: number, used: number) => Error) {
    this.#refusal = refusal;
  }

  /** One more, until the returned function is called (once). Throws the refusal when there are `total` already. */
  enter(key: string, total: number): () => void {
    const used = this.#counts.get(key) ?? 0;
    if (used >= total) throw this.#refusal(key, total, used);
    this.#counts.set(key, used + 1);
    return () => {
      const left = (this.#counts.get(key) ?? 1) - 1;
      if (left <= 0) this.#counts.delete(key);
      else this.#counts.set(key, left);
    };
  }
}
