// Reads files as if they were one, as an upload of several files is: where each begins follows from their sizes.
export class FilesInRow {
  readonly sizeBytes: number;
  readonly #sizes: readonly number[];
  readonly #starts: readonly number[];

  constructor(sizes: readonly number[]) {
    this.#sizes = sizes;
    let at = 0;
    this.#starts = sizes.map((size) => {
      at += size;
      return at - size;
    });
    this.sizeBytes = at;
  }

  /** Exactly so many bytes. `readOf` reads at least one byte of one file from `within` on, or throws. */
  async read(
    offset: number,
    length: number,
    readOf: (index: number, within: number, most: number) => Promise<Uint8Array>,
  ): Promise<Uint8Array> {
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      const index = this.#indexAt(offset + done);
      const within = offset + done - (this.#starts[index] ?? 0);
      const left = (this.#sizes[index] ?? 0) - within;
      if (left <= 0) throw new RangeError(`there is no byte ${offset + done}`);
      const piece = await readOf(index, within, Math.min(length - done, left));
      bytes.set(piece, done);
      done += piece.length;
    }
    return bytes;
  }

  /** Of the last file that begins there or before; empty ones have no byte. */
  #indexAt(offset: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
