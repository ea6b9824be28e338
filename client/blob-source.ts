// A file of a page as the source of an upload. It is read in blocks much larger than a frame, and the next block while the last is
// sent: each reading of a file costs a page a round trip to another process, during which nothing would be sent.
import { reason, TtError } from '@tt/protocol';
import type { ReadableFile, UploadSource } from './transfer-link.ts';

/** What is read at once; two of them are held. A multiple of what an upload sends at once. */
const BLOCK_BYTES = 4 * 1024 * 1024;

interface Block {
  start: number;
  end: number;
  bytes: Promise<Uint8Array>;
}

/** Its `read` rejects with FILE_UNUSABLE for a file that was changed or removed since it was chosen. */
export function blobSource(file: ReadableFile): UploadSource {
  const reader = new BlockReader(file);
  return {
    fileName: file.name,
    sizeBytes: file.size,
    read: (offset, length) => reader.read(offset, length),
    file,
  };
}

class BlockReader {
  readonly #file: ReadableFile;
  #now: Block | null = null;
  #next: Block | null = null;

  constructor(file: ReadableFile) {
    this.#file = file;
  }

  /** Exactly these bytes, which may be a view of more. */
  async read(offset: number, length: number): Promise<Uint8Array> {
    const [now, next, end] = [this.#now, this.#next, offset + length];
    // Across the end of a block nothing is read anew.
    if (now && next && now.start <= offset && offset < now.end && now.end < end && end <= next.end) {
      const head = await this.#within(now, offset, now.end);
      const tail = await this.#within(this.#blockWith(now.end, end), now.end, end);
      return joined(head, tail);
    }
    return this.#within(this.#blockWith(offset, end), offset, end);
  }

  async #within(block: Block, start: number, end: number): Promise<Uint8Array> {
    return (await block.bytes).subarray(start - block.start, end - block.start);
  }

  #blockWith(start: number, end: number): Block {
    if (this.#now && holds(this.#now, start, end)) return this.#now;
    const block = this.#next && holds(this.#next, start, end) ? this.#next : this.#load(start, end);
    this.#now = block;
    // Who asks for more than a block at once does not send it piece by piece.
    const isAhead = end - start <= BLOCK_BYTES && block.end < this.#file.size;
    this.#next = isAhead ? this.#load(block.end, block.end) : null;
    return block;
  }

  #load(start: number, least: number): Block {
    const end = Math.min(this.#file.size, Math.max(least, start + BLOCK_BYTES));
    const bytes = bytesOf(this.#file, start, end);
    // Whoever asks for these bytes learns of it; one that is read ahead may never be asked for.
    bytes.catch(() => {});
    return { start, end, bytes };
  }
}

function holds(block: Block, start: number, end: number): boolean {
  return block.start <= start && end <= block.end;
}

function joined(head: Uint8Array, tail: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(head.length + tail.length);
  bytes.set(head);
  bytes.set(tail, head.length);
  return bytes;
}

async function bytesOf(file: ReadableFile, start: number, end: number): Promise<Uint8Array> {
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(await file.slice(start, end).arrayBuffer());
  } catch (cause) {
    throw new TtError('FILE_UNUSABLE', { file: file.name, reason: reason('unreadable') }, { cause });
  }
  if (bytes.length === end - start) return bytes;
  throw new TtError('FILE_UNUSABLE', { file: file.name, reason: reason('shrankWhileSent') });
}
