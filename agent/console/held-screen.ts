// A viewer of a guest's screen. The agent speaks RFB with both sides, so that one server can be left at the end of a message and
// the next one taken up as the viewer has set the first: the viewer sees no more than its picture change (decision 0064).
import { StreamEndError } from '@tt/server';
import { streamClose } from '@tt/protocol';
import { ByteSteps } from './byte-steps.ts';
import { anyTypist, type Typist } from './console-presence.ts';
import { greetGuest } from './guest-greeting.ts';
import { GuestMessages, noStreams } from './guest-messages.ts';
import { HeldInput } from './held-input.ts';
import { HeldStream } from './held-stream.ts';
import { pixelSizes } from './pixel-sizes.ts';
import {
  fromViewer,
  isOffered,
  newSize,
  noCursor,
  RFB_VERSION,
  type ScreenSize,
  setEncodings,
  setPixelFormat,
  wholeUpdateRequest,
} from './rfb.ts';
import { readViewer } from './viewer-messages.ts';

/** Of one message that is still under way while the guest's end is left, which waits in the agent: a raw picture of a large screen. */
const MAX_REST_BYTES = 16 * 1024 * 1024;

/** What a guest's end was told before it had greeted: nothing if the viewer is new. */
interface Told {
  format: Buffer;
  encodings: readonly number[];
  /** Of the screen that it was asked for; null: for none. */
  size: ScreenSize | null;
}

interface Leaving {
  /** How much of the last message may still come. */
  leftBytes: number;
  done: PromiseWithResolvers<void>;
}

export class HeldScreen extends HeldStream {
  readonly #viewer: ByteSteps;
  readonly #input = new HeldInput();
  readonly #typist: Typist;
  /** Of the guest's end there is now: its greeting, then its messages. */
  #greeting: ByteSteps | null = null;
  #messages: GuestMessages | null = null;
  #leaving: Leaving | null = null;
  /** Ends it where the guest's end does not greet it. */
  #greetTimer: NodeJS.Timeout | null = null;
  #isViewerReady = false;
  /** ServerInit of the guest's end there is now. */
  #init: Buffer | null = null;
  /** As the viewer knows it; null: not told yet. */
  #size: ScreenSize | null = null;
  /** As the viewer has set them. */
  #format: Buffer | null = null;
  #encodings: number[] = [];
  /** The guest's end there is now. */
  #told: Told | null = null;
  readonly #begunStreams = noStreams();
  #hasCursor = false;
  #hasRequested = false;
  /** The text of the clipboard under way began while input passed. */
  #passesText = false;

  /** `typist`: whether this viewer may type and click, which they may from the beginning of a stream or not until later. */
  constructor(typist: Typist = anyTypist) {
    super();
    this.#typist = typist;
    this.once('close', () => this.#stopWaiting());
    this.#viewer = new ByteSteps(
      readViewer({
        answer: (bytes) => this.toViewer(bytes),
        onReady: () => {
          this.#isViewerReady = true;
          this.#introduce();
        },
        onMessage: (message) => this.#fromViewer(message),
        onMoreText: (piece) => {
          if (this.#passesText) this.#send(Buffer.from(piece));
        },
      }),
    );
  }

  override onData(listener: Parameters<HeldStream['onData']>[0]): void {
    super.onData(listener);
    this.toViewer(Buffer.from(RFB_VERSION));
  }

  async leave(timeoutMs: number): Promise<void> {
    this.#input.close();
    this.#passesText = false;
    const { lost } = this.#messages ?? { lost: null };
    if (lost) this.destroy(new StreamEndError(streamClose.upstreamFailed, lost.message));
    if (!this.#messages || this.#messages.isBetween || this.destroyed) {
      this.#cut();
      return;
    }
    if (this.#leaving) return this.#leaving.done.promise;
    const done = Promise.withResolvers<void>();
    this.#leaving = { leftBytes: MAX_REST_BYTES, done };
    const timer = setTimeout(() => this.#giveUp(), timeoutMs);
    this.once('close', done.resolve);
    this.hurryGuest();
    await done.promise;
    this.off('close', done.resolve);
    clearTimeout(timer);
  }

  override pause(): this {
    super.pause();
    if (this.#leaving) this.hurryGuest();
    return this;
  }

  protected override joined(timeoutMs?: number): void {
    const late = () =>
      this.destroy(new StreamEndError(streamClose.replacementLate, 'the guest’s screen did not answer in time'));
    if (timeoutMs !== undefined) this.#greetTimer = setTimeout(late, timeoutMs).unref();
    this.#greeting = new ByteSteps(
      greetGuest(
        (bytes) => this.toGuest(bytes),
        (init) => {
          this.#init = init;
        },
      ),
    );
    this.#told = this.#tellAhead();
  }

  protected override fromGuest(chunk: Buffer, release: () => void): void {
    let rest = chunk;
    if (this.#greeting) {
      try {
        rest = chunk.subarray(this.#greeting.push(chunk));
        if (this.#greeting.isDone) this.#greeted();
      } catch (error) {
        this.destroy(error instanceof Error ? error : new Error(String(error)));
      }
    }
    const messages = this.#messages;
    if (!messages || this.destroyed || rest.length === 0) {
      release();
      return;
    }
    const leaving = this.#leaving;
    const wanted = messages.push(rest, leaving !== null);
    if (messages.isSpoilt) this.destroy(new StreamEndError(streamClose.upstreamFailed, messages.lost?.message ?? ''));
    const passed = rest.subarray(messages.dropped, wanted);
    if (passed.length > 0) this.toViewer(passed, release);
    else release();
    if (!leaving) return;
    leaving.leftBytes -= wanted;
    if (messages.isBetween) this.#cut();
    else if (messages.lost || leaving.leftBytes < 0) this.#giveUp();
  }

  protected override fromViewer(chunk: Buffer): void {
    this.#viewer.push(chunk);
  }

  protected override lost(): void {
    if (this.#leaving) this.#giveUp();
    else super.lost();
  }

  #greeted(): void {
    this.#greeting = null;
    this.#stopWaiting();
    this.#introduce();
  }

  /** Brings viewer and guest together once both are ready. */
  #introduce(): void {
    const init = this.#init;
    if (!init || !this.#isViewerReady) return;
    const size = { width: init.readUInt16BE(0), height: init.readUInt16BE(2) };
    this.#format ??= Buffer.from(init.subarray(4, 20));
    this.#messages = new GuestMessages(pixelSizes(this.#told?.format ?? this.#format), this.#begunStreams, {
      onSize: (changed) => {
        this.#size = changed;
      },
      onPicture: () => this.#input.open(),
    });
    if (this.#size) this.#resume(this.#size, size);
    else this.toViewer(init);
    this.#size = size;
  }

  /** Right behind the greeting, for the first picture that this server makes. Null for a viewer that was not introduced to any yet. */
  #tellAhead(): Told | null {
    const told = { format: this.#format, encodings: this.#encodings, size: this.#hasRequested ? this.#size : null };
    if (!this.#size || !told.format) return null;
    this.toGuest(setPixelFormat(told.format));
    if (told.encodings.length > 0) this.toGuest(setEncodings(told.encodings));
    if (told.size) this.toGuest(wholeUpdateRequest(told.size));
    return { ...told, format: told.format };
  }

  /** What the viewer has set and asked for, told to another server, and what is different there told to the viewer. */
  #resume(before: ScreenSize, now: ScreenSize): void {
    if (before.width !== now.width || before.height !== now.height) {
      const message = newSize(now, this.#encodings);
      if (message) this.toViewer(message);
      else this.destroy(new StreamEndError(streamClose.upstreamFailed, 'the screen has another size'));
    }
    if (this.#hasCursor) this.toViewer(noCursor());
    this.#hasCursor = false;
    const told = this.#told;
    if (this.#format && told?.format !== this.#format) {
      this.#messages?.changeFormat(pixelSizes(this.#format), told?.size !== null);
      this.toGuest(setPixelFormat(this.#format));
    }
    if (this.#encodings.length > 0 && told?.encodings !== this.#encodings) this.toGuest(setEncodings(this.#encodings));
    const isAsked = told?.size?.width === now.width && told.size.height === now.height;
    if (this.#hasRequested && !isAsked) this.toGuest(wholeUpdateRequest(now));
    if (!this.#hasRequested) this.#input.open();
  }

  #fromViewer(message: Buffer): void {
    switch (message.readUInt8()) {
      case fromViewer.setPixelFormat:
        this.#format = Buffer.from(message.subarray(4, 20));
        this.#messages?.changeFormat(pixelSizes(this.#format), this.#hasRequested);
        this.#send(message);
        break;
      case fromViewer.setEncodings:
        this.#encodings = encodingsIn(message).filter(isOffered);
        this.#send(setEncodings(this.#encodings));
        break;
      case fromViewer.updateRequest:
        this.#hasRequested = true;
        this.#send(message);
        break;
      case fromViewer.key:
      case fromViewer.qemu:
        if (this.#input.passesKey(message, this.#typist.mayType())) this.#typed(message);
        break;
      case fromViewer.pointer: {
        const passed = this.#input.pointer(message, this.#typist.mayType());
        // Who only moves the pointer does not type.
        if (passed && passed.readUInt8(1) !== 0) this.#typed(passed);
        else if (passed) this.#send(passed);
        break;
      }
      default:
        this.#passesText = this.#input.isOpen && this.#typist.mayType();
        if (this.#passesText) this.#send(message);
    }
  }

  #typed(message: Buffer): void {
    this.#typist.typed();
    this.#send(message);
  }

  /** Only between the greeting of a guest and the beginning of its end. */
  #send(message: Buffer): void {
    if (this.#messages && !this.#leaving) this.toGuest(message);
  }

  #cut(): void {
    this.#hasCursor ||= this.#messages?.hasCursor ?? false;
    this.#stopWaiting();
    this.#greeting = null;
    this.#messages = null;
    this.#init = null;
    this.part();
    const leaving = this.#leaving;
    this.#leaving = null;
    leaving?.done.resolve();
  }

  #stopWaiting(): void {
    if (this.#greetTimer) clearTimeout(this.#greetTimer);
    this.#greetTimer = null;
  }

  #giveUp(): void {
    const why = 'its last picture did not end in time';
    this.destroy(new StreamEndError(streamClose.upstreamFailed, why));
  }
}

function encodingsIn(message: Buffer): number[] {
  return Array.from({ length: message.readUInt16BE(2) }, (_, index) => message.readInt32BE(4 + 4 * index));
}
