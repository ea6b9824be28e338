// Splits a byte stream into lines, whatever chunks it arrives in, also within a UTF-8 character.

/** A peer that sends more than this without a newline is broken or hostile. */
const MAX_LINE_BYTES = 16 * 1024 * 1024;

export class LineSplitter {
  #pieces: Buffer[] = [];
  #bytes = 0;

  /** Adds received bytes and returns the completed lines, without line ends and without empty lines. */
  push(bytes: Buffer): string[] {
    const lines: string[] = [];
    let from = 0;
    for (let at = bytes.indexOf(0x0a); at !== -1; at = bytes.indexOf(0x0a, from)) {
      this.#keep(bytes.subarray(from, at));
      const line = Buffer.concat(this.#pieces).toString('utf8').trimEnd();
      if (line !== '') lines.push(line);
      this.#pieces = [];
      this.#bytes = 0;
      from = at + 1;
    }
    this.#keep(bytes.subarray(from));
    return lines;
  }

  #keep(piece: Buffer): void {
    this.#bytes += piece.length;
    if (this.#bytes > MAX_LINE_BYTES) throw new Error(`a line is longer than ${MAX_LINE_BYTES} bytes`);
    this.#pieces.push(piece);
  }
}
