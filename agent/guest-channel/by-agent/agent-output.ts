// One output of a command that is read out of files in the guest: asked for while somebody reads, to the mark that ends it.
import { Readable } from 'node:stream';
import type { GuestAgentLink } from '../../engines/guest-agent.ts';
import { emptyFile, PIECE_BYTES, readPiece } from './agent-calls.ts';

export class AgentOutput extends Readable {
  readonly #fileOf: (number: number) => string;
  readonly #endMark: Buffer;
  readonly #wake: () => void;
  #next = 0;
  /** A file whose content we have, and that the guest was not told of yet. */
  #taken: string | null = null;
  /** What may be the beginning of the mark. */
  #held: Buffer = Buffer.alloc(0);
  #isWanted = true;
  #isOver = false;

  /** `wake`: somebody wants to read more. */
  constructor(fileOf: (number: number) => string, endMark: Buffer, wake: () => void) {
    super({ highWaterMark: PIECE_BYTES });
    this.#fileOf = fileOf;
    this.#endMark = endMark;
    this.#wake = wake;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** False if the guest had nothing new, or nobody wants it. Any request may fail without an answer: the next call goes on there. */
  async pull(agent: GuestAgentLink): Promise<boolean> {
    if (this.#taken !== null) {
      await emptyFile(agent, this.#taken);
      this.#taken = null;
    }
    if (this.#isOver || !(this.#isWanted || this.destroyed)) return false;
    const file = this.#fileOf(this.#next);
    const bytes = await readPiece(agent, file);
    if (bytes === null || bytes.length === 0) return false;
    this.#next++;
    this.#taken = file;
    this.#take(bytes);
    await emptyFile(agent, file);
    this.#taken = null;
    return true;
  }

  /** What has come is all. */
  finish(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.destroyed) return;
    if (this.#held.length > 0) this.push(this.#held);
    this.push(null);
  }

  override _read(): void {
    this.#isWanted = true;
    this.#wake();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#wake();
    done(error);
  }

  #take(piece: Buffer): void {
    const bytes = this.#held.length > 0 ? Buffer.concat([this.#held, piece]) : piece;
    const end = bytes.indexOf(this.#endMark);
    const sure = end === -1 ? bytes.length - this.#beginningAt(bytes) : end;
    this.#held = end === -1 ? bytes.subarray(sure) : Buffer.alloc(0);
    // What comes for a reader that has left is dropped.
    if (sure > 0 && !this.destroyed) this.#isWanted = this.push(bytes.subarray(0, sure));
    if (end !== -1) this.finish();
  }

  /** How many of the last bytes may be the beginning of the mark. */
  #beginningAt(bytes: Buffer): number {
    for (let length = Math.min(bytes.length, this.#endMark.length - 1); length > 0; length--) {
      if (bytes.subarray(-length).equals(this.#endMark.subarray(0, length))) return length;
    }
    return 0;
  }
}
