// A byte channel with an ear on it: noVNC takes the handlers of the channel it is given, so the session listens here, and
// the close code (which noVNC does not pass on) is not lost. Bytes that come before noVNC is loaded wait here: a VNC
// server speaks first. Sits between bridge.openStream and VncScreen.
import type { ByteChannel } from '@tt/client';

export interface ChannelListener {
  /** Called once, before noVNC hears of it. `code` is a WebSocket close code. */
  onClosed: (code: number) => void;
  /** Called with whatever comes, before noVNC has it. Not to be changed. */
  onBytes?: (bytes: ArrayBuffer) => void;
}

type MessageHandler = (event: MessageEvent) => void;

/** Every member is an own property or is defined on this very class: noVNC looks for them by name (websock.js, attach). */
export class TappedChannel implements ByteChannel {
  onopen: ((event: Event) => void) | null = null;
  onclose: ((event: CloseEvent) => void) | null = null;
  onerror: ((event: Event) => void) | null = null;
  readonly #inner: ByteChannel;
  #onmessage: MessageHandler | null = null;
  #early: MessageEvent[] = [];

  constructor(inner: ByteChannel, listener: ChannelListener) {
    this.#inner = inner;
    inner.onopen = (event) => this.onopen?.(event);
    inner.onmessage = (event) => {
      listener.onBytes?.(event.data as ArrayBuffer);
      this.#deliver(event);
    };
    inner.onerror = (event) => this.onerror?.(event);
    inner.onclose = (event) => {
      listener.onClosed(event.code);
      this.onclose?.(event);
    };
  }

  get onmessage(): MessageHandler | null {
    return this.#onmessage;
  }

  /** Early bytes follow in a microtask: noVNC is ready for them only at the end of its constructor. */
  set onmessage(handler: MessageHandler | null) {
    this.#onmessage = handler;
    if (handler && this.#early.length > 0) queueMicrotask(() => this.#deliverEarly());
  }

  get binaryType(): BinaryType {
    return this.#inner.binaryType;
  }

  set binaryType(value: BinaryType) {
    this.#inner.binaryType = value;
  }

  get protocol(): string {
    return this.#inner.protocol;
  }

  get readyState(): number {
    return this.#inner.readyState;
  }

  send(data: ArrayBuffer | ArrayBufferView | string): void {
    this.#inner.send(data);
  }

  close(code?: number, reason?: string): void {
    this.#inner.close(code, reason);
  }

  #deliver(event: MessageEvent): void {
    if (this.#onmessage && this.#early.length === 0) this.#onmessage(event);
    else this.#early.push(event);
  }

  #deliverEarly(): void {
    const waiting = this.#early;
    this.#early = [];
    for (const event of waiting) this.#deliver(event);
  }
}
