// Bytes as they come, in any pieces, until a message is whole; what will not be read is passed over without being kept.

export class ReceivedBytes {
  #bytes = new Uint8Array(0);
  #toSkip = 0;

  add(piece: Uint8Array): void {
    const skipped = Math.min(this.#toSkip, piece.length);
    this.#toSkip -= skipped;
    const rest = piece.subarray(skipped);
    if (rest.length === 0) return;
    const joined = new Uint8Array(this.#bytes.length + rest.length);
    joined.set(this.#bytes);
    joined.set(rest, this.#bytes.length);
    this.#bytes = joined;
  }

  get length(): number {
    return this.#bytes.length;
  }

  /** The first `count` bytes, which stay; null until there are so many. */
  peek(count: number): DataView | null {
    if (this.#bytes.length < count) return null;
    return new DataView(this.#bytes.buffer, this.#bytes.byteOffset, count);
  }

  /** Passes over `count` bytes, whether they are there or still to come. */
  skip(count: number): void {
    const here = Math.min(count, this.#bytes.length);
    this.#bytes = this.#bytes.slice(here);
    this.#toSkip = count - here;
  }
}
