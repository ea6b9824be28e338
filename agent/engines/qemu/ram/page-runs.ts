// Runs of pages that follow each other in the main memory: a guest's memory comes page by page, and is written in as few calls as can be.
// What `stream-splitter.ts` finds goes through here to what writes it (`flat-file.ts`).

/** As many buffers as writev(2) takes. */
const MOST_PAGES = 1024;

export interface PageSink {
  /** Pages of the main memory, one after the other from `offset` (bytes) on. */
  pages(offset: number, pages: readonly Buffer[]): void;
  /** `lengthBytes` of the main memory from `offset` on are zero. */
  zeros(offset: number, lengthBytes: number): void;
}

export class PageRuns {
  readonly #sink: PageSink;
  /** Of the run that grows: either pages, or zeros, or nothing yet. */
  #pages: Buffer[] = [];
  #zeroBytes = 0;
  #offset = 0;
  /** Where it ends. */
  #end = 0;

  constructor(sink: PageSink) {
    this.#sink = sink;
  }

  /** The page is kept, not copied, until it is given on. */
  add(offset: number, page: Buffer): void {
    if (offset !== this.#end || this.#zeroBytes > 0 || this.#pages.length === MOST_PAGES) this.#begin(offset);
    this.#pages.push(page);
    this.#end = offset + page.length;
  }

  addZeros(offset: number, lengthBytes: number): void {
    if (offset !== this.#end || this.#pages.length > 0) this.#begin(offset);
    this.#zeroBytes += lengthBytes;
    this.#end = offset + lengthBytes;
  }

  /** Gives on what has come so far. */
  flush(): void {
    if (this.#pages.length > 0) this.#sink.pages(this.#offset, this.#pages);
    if (this.#zeroBytes > 0) this.#sink.zeros(this.#offset, this.#zeroBytes);
    this.#pages = [];
    this.#zeroBytes = 0;
    this.#offset = this.#end;
  }

  #begin(offset: number): void {
    this.flush();
    this.#offset = offset;
  }
}
