// A byte stream as its user sees it: shaped like a WebSocket, so that noVNC accepts it, whatever transports the bytes.

/** The subset of the WebSocket interface that noVNC and xterm links need (noVNC docs/API.md, "channel"). */
export interface ByteChannel {
  binaryType: BinaryType;
  readonly protocol: string;
  readonly readyState: number;
  onopen: ((event: Event) => void) | null;
  onmessage: ((event: MessageEvent) => void) | null;
  onclose: ((event: CloseEvent) => void) | null;
  onerror: ((event: Event) => void) | null;
  send(data: ArrayBuffer | ArrayBufferView | string): void;
  /** `code` 1000 or 3000-4999, as for a WebSocket. */
  close(code?: number, reason?: string): void;
}

/** A channel whose far end waits for whoever reads it: with `dealtWith` the reader says that it has no longer so many bytes to deal with. */
export interface PacedChannel extends ByteChannel {
  /** Every byte that `onmessage` got must be reported, once. Does nothing after the end. */
  dealtWith(byteCount: number): void;
}
