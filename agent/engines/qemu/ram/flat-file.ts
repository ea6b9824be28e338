// The `flat` file of a saved state (decision 0065): the guest's main memory, byte for byte and with holes where it is zero, then
// the stream with the state of its devices, then a trailer that ends with a page, so that the file is a raw image to all tools. A
// new QEMU maps the first part privately and loads the second.
import { createReadStream } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { EngineError } from '../../errors.ts';
import type { VmSpec } from '../../interface.ts';
import { openToRead } from '../guarded-files.ts';
import { createRamFile } from '../ram-file.ts';
import { PAGE_BYTES, type SplitSink, STREAM_MAGIC } from './stream-splitter.ts';

/** In the trailer: what this is, then the bytes of memory and of the stream, 8 bytes each, big-endian. */
const TITLE = Buffer.from('TT flat memory 1\n'.padEnd(32, '\0'));
const TRAILER_BYTES = TITLE.length + 16;
const ZEROS = Buffer.alloc(1024 * 1024);
/** As many buffers as writev(2) takes. */
const MOST_BUFFERS = 1024;
/** How much may wait to be written before nothing more is taken. */
const FULL_BYTES = 8 * 1024 * 1024;

interface Piece {
  at: number;
  lengthBytes: number;
  buffers: Buffer[];
}

/** Writes one, piece by piece in order: a page that is sent again comes after itself. */
export class FlatWriter implements SplitSink {
  readonly #file: FileHandle;
  readonly #memoryBytes: number;
  /** A bit for each page that is not a hole. */
  readonly #written: Uint8Array;
  #streamBytes = 0;
  #queue: Piece[] = [];
  #queuedBytes = 0;
  #writing: Promise<void> | null = null;
  #failure: { error: unknown } | null = null;
  /** Called when so much was written that more may come. */
  onSpace: () => void = () => {};

  private constructor(file: FileHandle, memoryBytes: number) {
    this.#file = file;
    this.#memoryBytes = memoryBytes;
    this.#written = new Uint8Array(Math.ceil(memoryBytes / PAGE_BYTES / 8));
  }

  /** Creates the file, owned by the VM's user. COMMAND_FAILED if the path exists. */
  static async create(spec: VmSpec, ramFile: string): Promise<FlatWriter> {
    return new FlatWriter(await createRamFile(spec, ramFile), memoryBytesOf(spec));
  }

  /** Forgets everything written so far. */
  async startOver(): Promise<void> {
    await this.#writing;
    this.#written.fill(0);
    this.#streamBytes = 0;
    this.#queue = [];
    this.#queuedBytes = 0;
    await this.#file.truncate(0);
  }

  get isFull(): boolean {
    return this.#queuedBytes >= FULL_BYTES;
  }

  /** Throws what an earlier write failed with. */
  pages(offset: number, pages: readonly Buffer[]): void {
    for (const [index] of pages.entries()) this.#mark(offset + index * PAGE_BYTES);
    this.#add(offset, pages, pages.length * PAGE_BYTES);
  }

  zeros(offset: number, lengthBytes: number): void {
    for (let at = offset; at < offset + lengthBytes; at += PAGE_BYTES)
      if (this.#isWritten(at)) this.#add(at, [ZEROS.subarray(0, PAGE_BYTES)], PAGE_BYTES);
  }

  stream(bytes: Buffer): void {
    this.#add(this.#memoryBytes + this.#streamBytes, [bytes], bytes.length);
    this.#streamBytes += bytes.length;
  }

  /** Writes all that waits, and the trailer. */
  async end(): Promise<void> {
    const trailer = Buffer.alloc(trailerBytes(this.#streamBytes));
    const at = trailer.length - TRAILER_BYTES;
    TITLE.copy(trailer, at);
    trailer.writeBigUInt64BE(BigInt(this.#memoryBytes), at + TITLE.length);
    trailer.writeBigUInt64BE(BigInt(this.#streamBytes), at + TITLE.length + 8);
    this.#add(this.#memoryBytes + this.#streamBytes, [trailer], trailer.length);
    await this.#writing;
    if (this.#failure) throw this.#failure.error;
  }

  /** Idempotent. */
  async close(): Promise<void> {
    this.#queue = [];
    await this.#writing;
    await this.#file.close();
  }

  #add(at: number, buffers: readonly Buffer[], lengthBytes: number): void {
    if (this.#failure) throw this.#failure.error;
    const last = this.#queue.at(-1);
    if (last && last.at + last.lengthBytes === at && last.buffers.length + buffers.length <= MOST_BUFFERS) {
      last.buffers.push(...buffers);
      last.lengthBytes += lengthBytes;
    } else {
      this.#queue.push({ at, lengthBytes, buffers: [...buffers] });
    }
    this.#queuedBytes += lengthBytes;
    this.#writing ??= this.#writeAll();
  }

  async #writeAll(): Promise<void> {
    // What comes in the same turn is written together.
    await Promise.resolve();
    try {
      for (let piece = this.#queue.shift(); piece; piece = this.#queue.shift()) {
        await writeWhole(this.#file, piece);
        this.#queuedBytes -= piece.lengthBytes;
        if (!this.isFull) this.onSpace();
      }
    } catch (error) {
      this.#failure = { error };
      this.#queue = [];
      this.onSpace();
    } finally {
      this.#writing = null;
    }
  }

  #isWritten(at: number): boolean {
    const page = at / PAGE_BYTES;
    return ((this.#written[page >> 3] ?? 0) & (1 << (page & 7))) !== 0;
  }

  #mark(at: number): void {
    const page = at / PAGE_BYTES;
    this.#written[page >> 3] = (this.#written[page >> 3] ?? 0) | (1 << (page & 7));
  }
}

/** An open one: its path to map, its stream to load. */
export interface FlatState {
  memoryBytes: number;
  /** To be read once, from its beginning. */
  stream(): Readable;
  [Symbol.asyncDispose](): Promise<void>;
}

/** COMMAND_FAILED for what is none; the system's error if it can't be opened (ENOENT). */
export async function openFlat(ramFile: string): Promise<FlatState> {
  return readFlat(await openToRead(ramFile));
}

/** Of an open file, which is closed with the state, or when it is none. */
export async function readFlat(file: FileHandle): Promise<FlatState> {
  try {
    const { size } = await file.stat();
    const trailer = await bytesAt(file, size - TRAILER_BYTES, TRAILER_BYTES);
    if (!trailer?.subarray(0, TITLE.length).equals(TITLE)) throw unfit();
    const memoryBytes = Number(trailer.readBigUInt64BE(TITLE.length));
    const streamBytes = Number(trailer.readBigUInt64BE(TITLE.length + 8));
    if (memoryBytes + streamBytes + trailerBytes(streamBytes) !== size) throw unfit();
    if ((await bytesAt(file, memoryBytes, 4))?.readUInt32BE() !== STREAM_MAGIC) throw unfit();
    return {
      memoryBytes,
      stream: () =>
        createReadStream('', { fd: file, start: memoryBytes, end: memoryBytes + streamBytes - 1, autoClose: false }),
      [Symbol.asyncDispose]: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

export function memoryBytesOf({ memoryMiB }: Pick<VmSpec, 'memoryMiB'>): number {
  return memoryMiB * 1024 * 1024;
}

/** With the zeros before it. Memory is whole pages already. */
function trailerBytes(streamBytes: number): number {
  return TRAILER_BYTES + ((PAGE_BYTES - ((streamBytes + TRAILER_BYTES) % PAGE_BYTES)) % PAGE_BYTES);
}

async function bytesAt(file: FileHandle, position: number, lengthBytes: number): Promise<Buffer | null> {
  if (position < 0) return null;
  const bytes = Buffer.alloc(lengthBytes);
  const { bytesRead } = await file.read(bytes, 0, lengthBytes, position);
  return bytesRead === lengthBytes ? bytes : null;
}

/** writev(2) may write less than all, e.g. up to the last free block. */
async function writeWhole(file: FileHandle, { at, lengthBytes, buffers }: Piece): Promise<void> {
  const { bytesWritten } = await file.writev(buffers, at);
  if (bytesWritten === lengthBytes) return;
  const rest = Buffer.concat(buffers).subarray(bytesWritten);
  await writeWhole(file, { at: at + bytesWritten, lengthBytes: rest.length, buffers: [rest] });
}

function unfit(): EngineError {
  return new EngineError('COMMAND_FAILED', 'its memory is no flat memory file of TT');
}
