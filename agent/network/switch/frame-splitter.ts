// Frames on a stream, as QEMU's `-netdev stream` sends and reads them: the length in 4 bytes, most significant first, then the frame
// (QEMU's net/net.c, net_fill_rstate).
import { HEADER_BYTES } from './frames.ts';

const LENGTH_BYTES = 4;
/** QEMU has no longer one (NET_BUFSIZE in its include/net/net.h). */
const LONGEST_ON_STREAM = 4096 + 65_536;

export class FrameSplitter {
  /** The begin of a frame whose end has not come yet; never more than one frame. */
  #rest: Buffer[] = [];
  #restBytes = 0;
  /** With so many bytes its length or its end is there: until then pieces are only put aside, however small they are. */
  #neededBytes = LENGTH_BYTES;

  /**
   * Calls `take` for each frame that is complete now; its bytes are those of `chunk`, so `take` copies what it stores. False if this can’t
   * be a stream of frames: then nothing that follows can be read either.
   */
  push(chunk: Buffer, take: (frame: Buffer) => void): boolean {
    if (this.#restBytes + chunk.length < this.#neededBytes) {
      this.#setAside(chunk);
      return true;
    }
    const data = this.#restBytes === 0 ? chunk : Buffer.concat([...this.#rest, chunk]);
    this.#rest = [];
    this.#restBytes = 0;
    this.#neededBytes = LENGTH_BYTES;
    let at = 0;
    while (data.length - at >= LENGTH_BYTES) {
      const length = data.readUInt32BE(at);
      if (length < HEADER_BYTES || length > LONGEST_ON_STREAM) return false;
      const end = at + LENGTH_BYTES + length;
      if (end > data.length) {
        this.#neededBytes = end - at;
        break;
      }
      take(data.subarray(at + LENGTH_BYTES, end));
      at = end;
    }
    if (at < data.length) this.#setAside(data.subarray(at));
    return true;
  }

  /** A copy: the chunk is many times as large. */
  #setAside(piece: Buffer): void {
    this.#rest.push(Buffer.from(piece));
    this.#restBytes += piece.length;
  }
}

/** A frame as it goes on the stream: a copy. */
export function onStream(frame: Buffer): Buffer {
  const packet = Buffer.allocUnsafe(LENGTH_BYTES + frame.length);
  packet.writeUInt32BE(frame.length, 0);
  frame.copy(packet, LENGTH_BYTES);
  return packet;
}
