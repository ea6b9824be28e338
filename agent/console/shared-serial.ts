// One guest's serial port for everybody who looks at it. QEMU talks to one client at a time and lets others wait, so the agent is
// that client, and gives each viewer all that the guest prints; what any of them types goes to the guest (decision 0086).
import { Duplex } from 'node:stream';
import { streamClose } from '@tt/protocol';
import { type DataListener, type FarEnd, StreamEndError } from '@tt/server';
import { anyTypist, type Typist } from './console-presence.ts';
import type { HeldSerial } from './held-serial.ts';

const HIGH_WATER_BYTES = 64 * 1024;

export class SharedSerial {
  readonly #port: HeldSerial;
  readonly #stallTimeoutMs: number;
  readonly #viewers = new Set<SerialViewer>();
  readonly #stalled = new Map<SerialViewer, NodeJS.Timeout>();
  #isFlowing = false;
  #failure: Error | undefined;

  /**
   * `port` has joined a guest's end; it is closed with the last viewer. `stallTimeoutMs`: how long one viewer that takes nothing may
   * keep the others waiting.
   */
  constructor(port: HeldSerial, stallTimeoutMs: number) {
    this.#port = port;
    this.#stallTimeoutMs = stallTimeoutMs;
    port.on('error', (error) => (this.#failure = error));
    port.once('close', () => {
      for (const viewer of Array.from(this.#viewers)) viewer.destroy(this.#failure);
    });
  }

  /** One more viewer: it gets what comes from when it listens. null: the port is closed, or about to be. `typist`: whether it may type. */
  view(typist: Typist = anyTypist): SerialViewer | null {
    if (this.#port.destroyed) return null;
    const viewer = new SerialViewer(this.#port, typist, {
      onListen: () => this.#flow(),
      onPace: () => this.#keepPace(),
      onGone: (gone) => this.#forget(gone),
    });
    this.#viewers.add(viewer);
    this.#keepPace();
    return viewer;
  }

  /** What came before anybody listened is for the first who does. */
  #flow(): void {
    if (this.#isFlowing) return;
    this.#isFlowing = true;
    this.#port.onData((chunk, release) => {
      const listening = [...this.#viewers].filter((viewer) => viewer.isListening);
      let left = listening.length;
      if (left === 0) release();
      for (const viewer of listening) {
        viewer.show(chunk, () => {
          if (--left === 0) release();
        });
      }
    });
  }

  /** The slowest sets the pace; one that takes nothing any more is not waited for by others. */
  #keepPace(): void {
    const slow = [...this.#viewers].filter((viewer) => viewer.isPaused());
    if (slow.length > 0) this.#port.pause();
    else this.#port.resume();
    const areAwaited = this.#viewers.size > slow.length;
    for (const viewer of this.#viewers) {
      if (areAwaited && viewer.isPaused()) this.#stall(viewer);
      else this.#unstall(viewer);
    }
  }

  #stall(viewer: SerialViewer): void {
    if (this.#stalled.has(viewer)) return;
    const end = () => viewer.destroy(new StreamEndError(streamClose.upstreamFailed, 'it does not read'));
    this.#stalled.set(viewer, setTimeout(end, this.#stallTimeoutMs));
  }

  #unstall(viewer: SerialViewer): void {
    clearTimeout(this.#stalled.get(viewer));
    this.#stalled.delete(viewer);
  }

  #forget(viewer: SerialViewer): void {
    this.#unstall(viewer);
    if (!this.#viewers.delete(viewer)) return;
    if (this.#viewers.size === 0) this.#port.destroy();
    else this.#keepPace();
  }
}

interface ViewerEvents {
  onListen: () => void;
  onPace: () => void;
  onGone: (viewer: SerialViewer) => void;
}

/** The far end of one viewer. */
class SerialViewer extends Duplex implements FarEnd {
  readonly stream = this;
  readonly #port: HeldSerial;
  readonly #typist: Typist;
  readonly #events: ViewerEvents;
  #listener: DataListener | null = null;
  #isPaused = false;

  constructor(port: HeldSerial, typist: Typist, events: ViewerEvents) {
    super({ writableHighWaterMark: HIGH_WATER_BYTES });
    this.#port = port;
    this.#typist = typist;
    this.#events = events;
    // It may fail while nobody has it yet; whoever gets it then finds it destroyed.
    this.on('error', () => {});
  }

  get isListening(): boolean {
    return this.#listener !== null && !this.destroyed;
  }

  onData(listener: DataListener): void {
    this.#listener = listener;
    this.#events.onListen();
  }

  /** `release` is called once. */
  show(chunk: Buffer, release: () => void): void {
    if (this.#listener && !this.destroyed) this.#listener(chunk, release);
    else release();
  }

  override pause(): this {
    this.#isPaused = true;
    this.#events.onPace();
    return this;
  }

  override resume(): this {
    this.#isPaused = false;
    this.#events.onPace();
    return this;
  }

  override isPaused(): boolean {
    return this.#isPaused;
  }

  /** Bytes come by `onData`. */
  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: () => void): void {
    // Somebody else has the keyboard: it goes nowhere, as on a screen.
    if (!this.#typist.mayType()) {
      callback();
      return;
    }
    this.#typist.typed();
    // A port that fails ends its viewers itself.
    this.#port.write(chunk, () => callback());
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#events.onGone(this);
    callback(error);
  }
}
