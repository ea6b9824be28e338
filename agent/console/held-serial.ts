// A viewer of a serial port. Bytes have no beginning and no end there, so one guest's end can be left at any byte.
import { HeldStream } from './held-stream.ts';

export class HeldSerial extends HeldStream {
  #isLeft = false;

  async leave(): Promise<void> {
    this.#isLeft = true;
    this.part();
  }

  protected override joined(): void {
    this.#isLeft = false;
  }

  protected override fromGuest(chunk: Buffer, release: () => void): void {
    this.toViewer(chunk, release);
  }

  protected override fromViewer(chunk: Buffer): void {
    if (!this.#isLeft) this.toGuest(chunk);
  }
}
