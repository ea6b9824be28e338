// MessageChannelMain and MessagePortMain: two ports in main that know each other, until one is sent to a page and becomes
// a real MessagePort there.
import type { MessagePortMain } from 'electron';
import { notModelled } from '../not-modelled.ts';
import { StrictEmitter } from './emitter.ts';
import { crossing } from './link.ts';

/** Where messages of a port go when its other end is in a page. */
export interface RemoteEnd {
  post(data: unknown): void;
  close(): void;
}

export class ModelledPort extends StrictEmitter {
  #peer: ModelledPort | RemoteEnd | null = null;
  #queue: unknown[] = [];
  #started = false;
  #closed = false;
  #transferred = false;

  constructor() {
    super('MessagePortMain', ['message', 'close']);
  }

  postMessage(message: unknown, transfer: unknown[] = []): void {
    if (this.#transferred) throw new Error('the port was transferred');
    if (transfer.length > 0) throw notModelled('MessagePortMain.postMessage(…, transfer)');
    const copy = crossing(message);
    if (this.#closed) return;
    if (this.#peer instanceof ModelledPort) this.#peer.receive(copy);
    else this.#peer?.post(copy);
  }

  start(): void {
    this.#started = true;
    this.#flush();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#peer instanceof ModelledPort) this.#peer.otherClosed();
    else this.#peer?.close();
  }

  /** For the test host: a message from the other end. */
  receive(data: unknown): void {
    if (this.#closed) return;
    this.#queue.push(data);
    if (this.#started || this.#transferred) this.#flush();
  }

  /** For the test host: the other end is gone. */
  otherClosed(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.fire('close');
  }

  entangle(peer: ModelledPort): void {
    this.#peer = peer;
  }

  /** For the test host: this port leaves main. Its peer talks to `remote` from now on; gives the peer. */
  transferTo(remote: RemoteEnd): ModelledPort {
    const peer = this.#peer;
    if (this.#transferred || this.#closed || !(peer instanceof ModelledPort)) {
      throw new Error('a port that was transferred or closed can not be transferred');
    }
    this.#transferred = true;
    peer.#peer = remote;
    for (const data of this.#queue.splice(0)) remote.post(data);
    return peer;
  }

  #flush(): void {
    for (const data of this.#queue.splice(0))
      setImmediate(() => !this.#closed && this.fire('message', { data, ports: [] }));
  }
}

export class MessageChannelMain {
  readonly port1 = new ModelledPort();
  readonly port2 = new ModelledPort();

  constructor() {
    this.port1.entangle(this.port2);
    this.port2.entangle(this.port1);
  }
}

type Conforms = Pick<MessagePortMain, 'postMessage' | 'start' | 'close'>;
new MessageChannelMain().port1 satisfies Conforms;
