// Turns pieces of a byte stream into reads of exactly so many bytes, without copying what is only skipped.

export class ByteReader {
  readonly #chunks: Buffer[] = [];
  #available = 0;
  #waiting: { bytes: number; resolve: () => void; reject: (why: Error) => void } | null = null;
  #ended: Error | null = null;

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#available += chunk.length;
    if (this.#waiting && this.#available >= this.#waiting.bytes) {
      this.#waiting.resolve();
      this.#waiting = null;
    }
  }

  /** Whoever waits, and every later read, is rejected. */
  end(why: Error): void {
    this.#ended = why;
    this.#waiting?.reject(why);
    this.#waiting = null;
  }

  async read(bytes: number): Promise<Buffer> {
    await this.#need(bytes);
    const whole = this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks);
    this.#chunks.length = 0;
    if (whole.length > bytes) this.#chunks.push(whole.subarray(bytes));
    this.#available -= bytes;
    return whole.subarray(0, bytes);
  }

  /** Takes bytes as they come and forgets them. */
  async skip(bytes: number): Promise<void> {
    let left = bytes;
    while (left > 0) {
      await this.#need(1);
      const chunk = this.#chunks.shift() as Buffer;
      const taken = Math.min(left, chunk.length);
      if (taken < chunk.length) this.#chunks.unshift(chunk.subarray(taken));
      this.#available -= taken;
      left -= taken;
    }
  }

  #need(bytes: number): Promise<void> {
    if (this.#available >= bytes) return Promise.resolve();
    if (this.#ended) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => {
      this.#waiting = { bytes, resolve, reject };
    });
  }
}
