// The ways bytes reach a console, as one shape, so that every measurement runs unchanged over each of them.
import { once } from 'node:events';
import { createConnection } from 'node:net';
import type { WebSocket } from 'ws';

export interface ByteLink {
  send(bytes: Uint8Array): void;
  /** Gives what came before and all that comes to `onData`; `onClose` is told when the link ends in any way. */
  listen(onData: (bytes: Buffer) => void, onClose: (why: Error) => void): void;
  /** The listeners hear nothing more. */
  close(): void;
}

/** Keeps what comes until somebody listens: a console may speak first, and at once. */
class Inbox {
  #early: Buffer[] = [];
  #onData: (bytes: Buffer) => void = (bytes) => void this.#early.push(bytes);
  #ended: Error | null = null;
  #onClose: (why: Error) => void = () => {};

  data(bytes: Buffer): void {
    this.#onData(bytes);
  }

  end(why: Error): void {
    this.#ended = why;
    this.#onClose(why);
  }

  listen(onData: (bytes: Buffer) => void, onClose: (why: Error) => void): void {
    this.#onData = onData;
    this.#onClose = onClose;
    for (const bytes of this.#early.splice(0)) onData(bytes);
    if (this.#ended) onClose(this.#ended);
  }

  mute(): void {
    this.#onData = () => {};
    this.#onClose = () => {};
  }
}

export async function openUnixLink(socketPath: string): Promise<ByteLink> {
  const inbox = new Inbox();
  const socket = createConnection(socketPath);
  socket.on('data', (bytes) => inbox.data(bytes));
  socket.on('close', () => inbox.end(new Error(`${socketPath} closed`)));
  await once(socket, 'connect');
  socket.on('error', () => {});
  return {
    send: (bytes) => socket.write(bytes),
    listen: (onData, onClose) => inbox.listen(onData, onClose),
    close: () => {
      inbox.mute();
      socket.destroy();
    },
  };
}

/** With `hello` that is sent first, and one text frame is waited for as its answer (protocol/streams.ts). */
export async function openWebSocketLink(socket: WebSocket, hello?: string): Promise<ByteLink> {
  const inbox = new Inbox();
  const ready = Promise.withResolvers<void>();
  socket.on('open', () => (hello === undefined ? ready.resolve() : socket.send(hello)));
  socket.on('message', (data, isBinary) => {
    // `ws` gives one Buffer per message by default.
    if (isBinary) inbox.data(data as Buffer);
    else ready.resolve();
  });
  socket.on('error', (error) => ready.reject(error));
  socket.on('close', (code, reason) => {
    const why = new Error(`the WebSocket closed: ${code} ${reason.toString()}`);
    ready.reject(why);
    inbox.end(why);
  });
  await ready.promise;
  return {
    send: (bytes) => socket.send(bytes),
    listen: (onData, onClose) => inbox.listen(onData, onClose),
    close: () => {
      inbox.mute();
      socket.terminate();
    },
  };
}
