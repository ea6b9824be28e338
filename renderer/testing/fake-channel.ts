// Test support: a byte channel whose far end is the test.
import type { ByteChannel, PacedChannel } from '@tt/client';

export class FakeChannel implements ByteChannel {
  binaryType: BinaryType = 'arraybuffer';
  readonly protocol = '';
  readyState = 1;
  onopen: ByteChannel['onopen'] = null;
  onmessage: ByteChannel['onmessage'] = null;
  onclose: ByteChannel['onclose'] = null;
  onerror: ByteChannel['onerror'] = null;
  /** By whoever has it; undefined while nobody has closed it. */
  closedWith: number | undefined;

  send(): void {}

  close(code?: number): void {
    this.closedWith = code;
    this.end(code ?? 1005);
  }

  /** The far end closes it. */
  end(code: number): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.onclose?.({ code } as CloseEvent);
  }

  /** The far end sends something. */
  say(bytes: Uint8Array | string): void {
    const data = typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes;
    this.onmessage?.({ data: Uint8Array.from(data).buffer } as MessageEvent);
  }
}

/** One that is opened by the test, and counts what its reader has dealt with. */
export class FakePaced extends FakeChannel implements PacedChannel {
  override readyState = 0;
  dealt = 0;
  /** Bytes of each message that was sent; -1 for text. */
  pieces: number[] = [];
  readonly sent: Uint8Array[] = [];

  dealtWith(byteCount: number): void {
    this.dealt += byteCount;
  }

  override send(data?: ArrayBuffer | ArrayBufferView | string): void {
    this.pieces.push(typeof data === 'object' ? data.byteLength : -1);
    if (data instanceof Uint8Array) this.sent.push(data);
  }

  opens(): void {
    this.readyState = 1;
    this.onopen?.(new Event('open'));
  }
}
