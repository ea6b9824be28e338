// How much of an upload is sent at once, and how much ahead of what has arrived: little over a slow line, where a lost link would
// lose it and signs of life wait behind it; much over one that answers promptly, where each wait would leave it empty.
import { TRANSFER_CHUNK_BYTES, TRANSFER_WINDOW_BYTES, UPLOAD_WINDOW_BYTES } from '@tt/protocol';

/** From the sending of bytes until the far end says that it has written them. */
const PROMPT_MS = 1000;

interface Gear {
  /** Sent as one message, up to a multiple of it: below the MiB that servers take, and blocks of a file are multiples too. */
  readonly partBytes: number;
  readonly windowBytes: number;
}

const slow: Gear = { partBytes: TRANSFER_CHUNK_BYTES, windowBytes: TRANSFER_WINDOW_BYTES };
const prompt: Gear = { partBytes: 4 * TRANSFER_CHUNK_BYTES, windowBytes: UPLOAD_WINDOW_BYTES };

export class UploadPace {
  /** In bytes: the end of what was sent, and of what has arrived. */
  #sent: number;
  #arrived: number;
  #gear: Gear = slow;
  readonly #underWay: { end: number; atMs: number }[] = [];

  /** `arrived`: what the far end had before. */
  constructor(arrived: number) {
    this.#sent = arrived;
    this.#arrived = arrived;
  }

  /** The offset of the next byte to send. */
  get sent(): number {
    return this.#sent;
  }

  /** Of the next message; 0: the far end must say first that more has arrived. */
  get partBytes(): number {
    const { partBytes, windowBytes } = this.#gear;
    return this.#sent - this.#arrived + partBytes > windowBytes ? 0 : partBytes - (this.#sent % partBytes);
  }

  /** Another message with so many bytes was sent. */
  send(byteCount: number, nowMs: number): void {
    this.#sent += byteCount;
    this.#underWay.push({ end: this.#sent, atMs: nowMs });
  }

  /** The far end has the bytes before this offset. */
  arrive(offset: number, nowMs: number): void {
    this.#arrived = offset;
    for (let [first] = this.#underWay; first && first.end <= offset; [first] = this.#underWay) {
      this.#gear = nowMs - first.atMs <= PROMPT_MS ? prompt : slow;
      this.#underWay.shift();
    }
  }
}
