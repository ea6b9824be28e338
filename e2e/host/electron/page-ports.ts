// The ports of one page whose other ends are in main: by number, until either end closes or the document goes.
import type { ToPage } from '../world/page-wire.ts';
import { ModelledPort } from './message-channel.ts';

export class PagePorts {
  readonly #deliver: (message: ToPage) => void;
  readonly #near = new Map<number, ModelledPort>();
  #lastId = 0;

  constructor(deliver: (message: ToPage) => void) {
    this.#deliver = deliver;
  }

  /** Sends a port to the page; gives the number it goes by. */
  transfer(port: unknown): number {
    if (!(port instanceof ModelledPort)) throw new TypeError('only a MessagePortMain can be transferred');
    const portId = ++this.#lastId;
    // Posted only after the event that brings the port itself.
    const near = port.transferTo({
      post: (data) => queueMicrotask(() => this.#deliver({ type: 'port.message', portId, data })),
      close: () => {
        this.#near.delete(portId);
        queueMicrotask(() => this.#deliver({ type: 'port.close', portId }));
      },
    });
    this.#near.set(portId, near);
    return portId;
  }

  message(portId: number, data: unknown): void {
    this.#near.get(portId)?.receive(data);
  }

  closed(portId: number): void {
    const near = this.#near.get(portId);
    this.#near.delete(portId);
    near?.otherClosed();
  }

  /** The document is gone, and all its ports with it. */
  closeAll(): void {
    for (const portId of this.#near.keys()) this.closed(portId);
  }
}
