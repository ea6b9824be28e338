// Splits the stream of a migration (QEMU's docs/devel/migration.rst, migration/savevm.c, migration/ram.c; version 3) while it
// arrives: pages of the main memory go to their place in a flat image that another QEMU can map, all the rest (devices, video
// memory, firmware) stays a stream that it can load. Pure: bytes in, calls out.
// It does not use `agent/console/byte-steps.ts`: that one passes on what was looked at and keeps none of it, while a page is kept
// where it arrived, and what is not taken out is cut from the chunk by the place where its step began. A step that finds too little
// is taken anew from there, which costs nothing for the million pages that are whole.
import { EngineError } from '../../errors.ts';
import { PageRuns, type PageSink } from './page-runs.ts';

/** Takes what a splitter finds. Buffers are parts of the chunks that were written to it. */
export interface SplitSink extends PageSink {
  /** Of the stream without the main memory, in order. */
  stream(bytes: Buffer): void;
}

/** QEMU_VM_FILE_MAGIC, "QEVM". */
export const STREAM_MAGIC = 0x5145564d;
const VERSION = 3;
const SECTION = {
  start: 0x01,
  part: 0x02,
  last: 0x03,
  subsection: 0x05,
  configuration: 0x07,
  command: 0x08,
  footer: 0x7e,
} as const;
const RAM_VERSION = 4;
/** In the low bits of a page's offset. */
const FLAG = { zero: 0x02, size: 0x04, page: 0x08, endOfSection: 0x10, again: 0x20 } as const;
const FLAG_BITS = 12;
const FLAG_MASK = (1 << FLAG_BITS) - 1;
/** QEMU's for x86 and most machines; a stream with another size says so. */
const PAGE_BITS = 12;
export const PAGE_BYTES = 2 ** PAGE_BITS;

/** More than anything in a stream before its devices takes: a page, its block's name, its flags. */
const EDGE_BYTES = 8192;

/** What comes next. */
type State = 'header' | 'section' | 'afterConfiguration' | 'ram' | 'footer' | 'tail';

/** Not enough has arrived yet. */
const WAIT = Symbol('wait');

export class StreamSplitter {
  readonly #main: string;
  readonly #sink: SplitSink;
  readonly #runs: PageRuns;
  #rest: Buffer = Buffer.alloc(0);
  #buffer: Buffer = this.#rest;
  /** Up to where `#buffer` is read. */
  #at = 0;
  /** From where on it is not yet given to the sink's stream. */
  #kept = 0;
  #next: State = 'header';
  #ramSection = -1;
  #isLastOfRam = false;
  #isComplete = false;
  #block = '';
  readonly #blocks = new Map<string, number>();
  /** Where in the main memory the last page was, in bytes. */
  offset = 0;
  /** How often the main memory was gone through, this time included; 0 before its first page. */
  passes = 0;

  /** `main`: name of the RAM block that is taken out, e.g. `pc.ram`. */
  constructor(main: string, sink: SplitSink) {
    this.#main = main;
    this.#sink = sink;
    this.#runs = new PageRuns(sink);
  }

  /** Bytes of the main memory; 0 until its size has arrived. */
  get mainBytes(): number {
    return this.#blocks.get(this.#main) ?? 0;
  }

  /** COMMAND_FAILED for what is not such a stream, or one with sections that this does not know. `chunk` is kept, not copied. */
  write(chunk: Buffer): void {
    let from = 0;
    if (this.#rest.length > 0) {
      // Only what goes over the edge is joined: to copy each chunk would cost more than all the rest.
      const edge = this.#rest.length;
      this.#parse(Buffer.concat([this.#rest, chunk.subarray(0, EDGE_BYTES)]), 0, edge);
      from = this.#at - edge;
      if (from < 0) {
        const left = this.#buffer.subarray(this.#at, edge);
        this.#parse(Buffer.concat([left, chunk]), 0);
        from = chunk.length;
      }
    }
    if (from < chunk.length) this.#parse(chunk, from);
    this.#runs.flush();
  }

  /** Reads `buffer` from `at` on until it ends, or until `until` is reached. */
  #parse(buffer: Buffer, at: number, until = Number.POSITIVE_INFINITY): void {
    this.#buffer = buffer;
    this.#at = at;
    this.#kept = at;
    while (this.#at < until) {
      const before = this.#at;
      try {
        this.#step();
      } catch (error) {
        if (error !== WAIT) throw error;
        this.#at = before;
        break;
      }
    }
    this.#keepUpTo(this.#at);
    this.#rest = buffer.subarray(this.#at);
  }

  /** COMMAND_FAILED when the stream has ended before its end. */
  end(): void {
    if (!this.#isComplete || this.#rest.length > 0) throw unfit('it ends in the middle');
  }

  /**
   * Instead of `end`, for a stream that was broken off after all memory, before the end of a section was sent: adds that, the end of the
   * memory, and `devices`.
   */
  endWith(devices: Buffer): void {
    const isBetween = this.#next === 'footer' || this.#next === 'section';
    if (!isBetween || this.#isLastOfRam || this.passes === 0 || this.#rest.length > 0) throw unfit('it was broken off');
    const id = Buffer.alloc(4);
    id.writeUInt32BE(this.#ramSection);
    const footer = [Buffer.from([SECTION.footer]), id];
    const end = Buffer.alloc(8);
    end.writeBigUInt64BE(BigInt(FLAG.endOfSection));
    const last = [Buffer.from([SECTION.last]), id, end, ...footer];
    this.#sink.stream(Buffer.concat([...(this.#next === 'footer' ? footer : []), ...last, devices]));
    this.#isComplete = true;
  }

  /** Reads one thing whole, or throws WAIT with nothing done that matters. */
  #step(): void {
    switch (this.#next) {
      case 'header':
        this.#header();
        break;
      case 'section':
        this.#section();
        break;
      case 'afterConfiguration':
        this.#afterConfiguration();
        break;
      case 'ram':
        this.#ram();
        break;
      case 'footer':
        this.#footer();
        break;
      case 'tail':
        this.#tail();
        break;
    }
  }

  #header(): void {
    if (this.#u32() !== STREAM_MAGIC || this.#u32() !== VERSION) throw unfit('it does not begin as one');
    this.#next = 'section';
  }

  #section(): void {
    const type = this.#u8();
    if (type === SECTION.configuration) {
      this.#text(this.#u32());
      this.#next = 'afterConfiguration';
    } else if (type === SECTION.command) {
      this.#skip(2);
      this.#skip(this.#u16());
    } else if (type === SECTION.start) {
      const id = this.#u32();
      const name = this.#text(this.#u8());
      this.#skip(4);
      if (name !== 'ram' || this.#u32() !== RAM_VERSION) throw unfit(`it has a section ${JSON.stringify(name)}`);
      this.#ramSection = id;
      this.#next = 'ram';
    } else if (type === SECTION.part || type === SECTION.last) {
      if (this.#u32() !== this.#ramSection) throw unfit('it has a part of an unknown section');
      this.#isLastOfRam = type === SECTION.last;
      this.#next = 'ram';
    } else {
      throw unfit(`it has a section of type ${type}`);
    }
  }

  #afterConfiguration(): void {
    if (this.#u8() !== SECTION.subsection) {
      this.#at--;
      this.#next = 'section';
      return;
    }
    const name = this.#text(this.#u8());
    this.#skip(4);
    if (name === 'configuration/target-page-bits') this.#mustHaveOurPages(this.#u32());
    else if (name === 'configuration/uuid') this.#skip(16);
    else if (name === 'configuration/capabilities')
      for (let left = this.#u32(); left > 0; left--) this.#skip(this.#u8());
    else throw unfit(`it has a subsection ${JSON.stringify(name)}`);
  }

  #mustHaveOurPages(bits: number): void {
    if (bits !== PAGE_BITS) throw unfit(`its pages have 2^${bits} bytes`);
  }

  #ram(): void {
    const from = this.#at;
    const high = this.#u32();
    const low = this.#u32();
    const flags = low & FLAG_MASK;
    const offset = high * 2 ** 32 + (low - flags);
    if (flags === FLAG.endOfSection) {
      this.#next = 'footer';
    } else if (flags === FLAG.size) {
      this.#readBlocks(offset);
    } else if ((flags & ~FLAG.again) === FLAG.page || (flags & ~FLAG.again) === FLAG.zero) {
      this.#page(from, offset, flags);
    } else {
      throw unfit(`it has a page with flags ${flags.toString(16)}`);
    }
  }

  #readBlocks(total: number): void {
    let left = total;
    while (left > 0) {
      const name = this.#text(this.#u8());
      const bytes = this.#u64();
      if (bytes === 0) throw unfit(`${name} has no bytes`);
      this.#blocks.set(name, bytes);
      left -= bytes;
    }
  }

  #page(from: number, offset: number, flags: number): void {
    const block = flags & FLAG.again ? this.#block : this.#text(this.#u8());
    const isZero = (flags & FLAG.zero) !== 0;
    const at = this.#at;
    this.#skip(isZero ? 1 : PAGE_BYTES);
    this.#block = block;
    if (block !== this.#main) return;
    if (offset + PAGE_BYTES > this.mainBytes) throw unfit('it has a page behind the end of the memory');
    if (offset < this.offset || this.passes === 0) this.passes++;
    this.offset = offset;
    this.#keepUpTo(from);
    this.#kept = this.#at;
    if (!isZero) this.#runs.add(offset, this.#buffer.subarray(at, this.#at));
    else if (this.#buffer[at] === 0) this.#runs.addZeros(offset, PAGE_BYTES);
    // Older versions of QEMU could send a page full of any byte.
    else this.#runs.add(offset, Buffer.alloc(PAGE_BYTES, this.#buffer[at]));
  }

  #footer(): void {
    if (this.#u8() !== SECTION.footer || this.#u32() !== this.#ramSection) throw unfit('a section has no end');
    this.#next = this.#isLastOfRam ? 'tail' : 'section';
  }

  /** Devices: not looked at. */
  #tail(): void {
    this.#isComplete = true;
    if (this.#at === this.#buffer.length) throw WAIT;
    this.#at = this.#buffer.length;
  }

  #keepUpTo(end: number): void {
    if (end > this.#kept) this.#sink.stream(this.#buffer.subarray(this.#kept, end));
    this.#kept = end;
  }

  #skip(bytes: number): void {
    if (this.#at + bytes > this.#buffer.length) throw WAIT;
    this.#at += bytes;
  }

  #u8(): number {
    this.#skip(1);
    return this.#buffer[this.#at - 1] as number;
  }

  #u16(): number {
    this.#skip(2);
    return this.#buffer.readUInt16BE(this.#at - 2);
  }

  #u32(): number {
    this.#skip(4);
    return this.#buffer.readUInt32BE(this.#at - 4);
  }

  #u64(): number {
    const high = this.#u32();
    return high * 2 ** 32 + this.#u32();
  }

  #text(bytes: number): string {
    this.#skip(bytes);
    return this.#buffer.toString('latin1', this.#at - bytes, this.#at);
  }
}

function unfit(why: string): EngineError {
  return new EngineError('COMMAND_FAILED', `the migration stream of QEMU can't be split: ${why}`);
}
