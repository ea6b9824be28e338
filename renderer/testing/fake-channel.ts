// Test support: a byte channel whose far end is the test.
import type { ByteChannel } from '@tt/client';

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
