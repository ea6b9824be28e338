// The far end of a console as its viewer has it: it stays when the guest's end behind it is replaced by another one.
// `HeldSerial` and `HeldScreen` know what may be passed on, and when one end can be left for the next.
import { Duplex } from 'node:stream';
import { connectUnix, type DataListener, type FarEnd } from '@tt/server';

const HIGH_WATER_BYTES = 64 * 1024;

export abstract class HeldStream extends Duplex implements FarEnd {
  readonly stream = this;
  #guest: FarEnd | null = null;
  #listener: DataListener | null = null;
  #isPaused = false;

  constructor() {
    super({ writableHighWaterMark: HIGH_WATER_BYTES });
    // It may fail while nobody has it yet; whoever gets it then finds it destroyed.
    this.on('error', () => {});
  }

  /** Bytes from the guest. To be passed on by `toViewer`, or released. */
  protected abstract fromGuest(chunk: Buffer, release: () => void): void;

  /** Bytes from the viewer, to be passed on by `toGuest`. Throws when they can't be taken: that ends the stream. */
  protected abstract fromViewer(chunk: Buffer): void;

  /**
   * From now on nothing that the viewer sends reaches the guest's end. Resolves when the viewer needs no more of it either, after
   * which it is closed; a viewer that does not get so far within `timeoutMs`, or before that end closes, is ended with an error.
   */
  abstract leave(timeoutMs: number): Promise<void>;

  /**
   * Goes on at another guest's end, or the first. Rejects if nothing listens there; it ends when that end does, or when that does
   * not greet it within `timeoutMs`, if given.
   */
  async join(path: string, timeoutMs?: number): Promise<void> {
    const guest = await connectUnix(path);
    if (this.destroyed) {
      guest.stream.destroy();
      return;
    }
    guest.stream.on('error', (error) => {
      if (this.#guest === guest) this.destroy(error);
    });
    guest.stream.on('close', () => {
      if (this.#guest === guest) this.lost();
    });
    this.#guest = guest;
    this.joined(timeoutMs);
    if (this.#isPaused) guest.stream.pause();
    if (this.#listener) this.#listen(guest);
  }

  onData(listener: DataListener): void {
    this.#listener = listener;
    if (this.#guest) this.#listen(this.#guest);
  }

  override pause(): this {
    this.#isPaused = true;
    this.#guest?.stream.pause();
    return this;
  }

  override resume(): this {
    this.#isPaused = false;
    this.#guest?.stream.resume();
    return this;
  }

  override isPaused(): boolean {
    return this.#isPaused;
  }

  /** Bytes come by `onData`. */
  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    const before = this.#guest?.stream;
    try {
      before?.cork();
      this.fromViewer(chunk);
    } catch (error) {
      callback(error instanceof Error ? error : new Error(String(error)));
      return;
    } finally {
      before?.uncork();
    }
    const stream = this.#guest?.stream;
    if (!stream?.writableNeedDrain) {
      callback();
      return;
    }
    // Also when it is left meanwhile: what was written to it does not matter any more.
    const goOn = () => {
      stream.off('drain', goOn);
      stream.off('close', goOn);
      callback();
    };
    stream.on('drain', goOn);
    stream.on('close', goOn);
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.part();
    callback(error);
  }

  /** There is a guest's end again; nothing has come from it yet. Its greeting, where it has one, may take `timeoutMs`. */
  protected joined(_timeoutMs?: number): void {}

  /** The guest's end has closed, after all that it had sent. */
  protected lost(): void {
    this.destroy();
  }

  /** Closes the guest's end, and nothing else. */
  protected part(): void {
    const guest = this.#guest;
    this.#guest = null;
    guest?.stream.destroy();
  }

  /** What is left of a message must come, even if the viewer is slow: it waits in the agent. */
  protected hurryGuest(): void {
    this.#guest?.stream.resume();
  }

  protected toViewer(chunk: Buffer, release: () => void = () => {}): void {
    if (this.#listener && !this.destroyed) this.#listener(chunk, release);
    else release();
  }

  protected toGuest(bytes: Buffer): void {
    this.#guest?.stream.write(bytes);
  }

  #listen(guest: FarEnd): void {
    guest.onData((chunk, release) => {
      if (this.#guest === guest) this.fromGuest(chunk, release);
      else release();
    });
  }
}
