// Test support: a WebSocket with the DOM's interface whose far end is controlled by the test.

type Listener = (event: Event) => void;

export class FakeSocket extends EventTarget {
  binaryType: BinaryType = 'blob';
  readyState = 0;
  onopen: Listener | null = null;
  onmessage: ((event: MessageEvent) => void) | null = null;
  onerror: Listener | null = null;
  onclose: ((event: CloseEvent) => void) | null = null;
  readonly sent: unknown[] = [];
  /** How this side closed it; null while it has not. */
  closedWith: { code: number | undefined; reason: string | undefined } | null = null;
  /** The registered listeners, by type: each one that is added must be removed. */
  readonly listening = new Map<string, number>();

  /** As the DOM's type, for the code under test. */
  get asWebSocket(): WebSocket {
    return this as unknown as WebSocket;
  }

  override addEventListener(...args: Parameters<EventTarget['addEventListener']>): void {
    this.listening.set(args[0], (this.listening.get(args[0]) ?? 0) + 1);
    super.addEventListener(...args);
  }

  override removeEventListener(...args: Parameters<EventTarget['removeEventListener']>): void {
    this.listening.set(args[0], (this.listening.get(args[0]) ?? 0) - 1);
    super.removeEventListener(...args);
  }

  send(data: unknown): void {
    this.sent.push(data);
  }

  close(code?: number, reason?: string): void {
    this.closedWith = { code, reason };
    this.readyState = 2;
  }

  /** The far end opens. */
  opens(): void {
    this.readyState = 1;
    this.#tell('open', new Event('open'));
  }

  /** The far end sends. */
  receives(data: unknown): void {
    this.#tell('message', new MessageEvent('message', { data }));
  }

  /** The far end is gone. */
  closes(code = 1006, reason = ''): void {
    this.readyState = 3;
    this.#tell('close', Object.assign(new Event('close'), { code, reason, wasClean: code === 1000 }));
  }

  fails(): void {
    this.#tell('error', new Event('error'));
  }

  #tell(type: 'open' | 'message' | 'close' | 'error', event: Event): void {
    const handler = this[`on${type}`] as Listener | null;
    handler?.(event);
    this.dispatchEvent(event);
  }
}
