// Runs a parser over bytes that arrive in any pieces, without keeping them: a generator says how many bytes it looks at next, or
// skips. Used for both sides of RFB.

/**
 * Yields how many bytes it wants to see next, which it gets as one buffer, or, as a negative number, how many it skips. Must not
 * keep the buffer: it is used again.
 */
export type ByteParser = Generator<number, void, Buffer>;

const NOTHING = Buffer.alloc(0);

export class ByteSteps {
  readonly #parser: ByteParser;
  #want = 0;
  /** The beginning of what it wants to see; the rest has not come yet. */
  #begun: Buffer = NOTHING;
  #chunk: Buffer = NOTHING;
  #at = 0;
  #dropped = 0;
  #done = false;

  constructor(parser: ByteParser) {
    this.#parser = parser;
    this.#next(NOTHING);
  }

  /** The parser has returned: the bytes that follow are not its. */
  get isDone(): boolean {
    return this.#done;
  }

  /** So many bytes at the beginning of the last chunk are not to be passed on: the others have been moved behind them. */
  get dropped(): number {
    return this.#dropped;
  }

  /**
   * Gives it the next bytes, and returns how many of them are dealt with: all, unless the parser returned or `stop` became true,
   * which is asked before each step. Throws what the parser throws.
   */
  push(chunk: Buffer, stop: () => boolean = () => false): number {
    this.#chunk = chunk;
    this.#at = 0;
    this.#dropped = 0;
    while (!this.#done && !stop()) if (!this.#step()) break;
    this.#chunk = NOTHING;
    return this.#at;
  }

  /** Changes the byte that the parser saw last, in the chunk itself. */
  changeLast(byte: number): void {
    this.#chunk[this.#at - 1] = byte;
  }

  /** Takes the byte that the parser saw last out of the chunk. */
  dropLast(): void {
    this.#chunk.copyWithin(this.#dropped + 1, this.#dropped, this.#at - 1);
    this.#dropped++;
  }

  /** False when the chunk does not hold enough. */
  #step(): boolean {
    const left = this.#chunk.length - this.#at;
    if (this.#want < 0) {
      const skipped = Math.min(left, -this.#want);
      this.#at += skipped;
      this.#want += skipped;
      if (this.#want < 0) return false;
      this.#next(NOTHING);
      return true;
    }
    const missing = this.#want - this.#begun.length;
    const bytes = this.#chunk.subarray(this.#at, this.#at + missing);
    const whole = this.#begun.length === 0 ? bytes : Buffer.concat([this.#begun, bytes]);
    this.#at += bytes.length;
    if (left < missing) {
      // A copy: the chunk is used again.
      this.#begun = Buffer.from(whole);
      return false;
    }
    this.#begun = NOTHING;
    this.#next(whole);
    return true;
  }

  #next(bytes: Buffer): void {
    const { done, value } = this.#parser.next(bytes);
    this.#done = done === true;
    this.#want = value ?? 0;
  }
}
