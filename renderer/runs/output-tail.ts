// The end of what one command prints on one machine, followed while it grows. However much comes, only the last part is kept here;
// whoever wants all of it saves it (`save-output.ts`).
import type { ByteChannel } from '@tt/client';
import { type RunOutputChannel, streamClose, TtError } from '@tt/protocol';
import { makeObservable, observable, observableRef, runInAction } from 'mobx';
import { asTtError } from '../activity/operation-store.ts';
import { visibleText } from '../components/visible-text.ts';

/** Which output of which machine in which run. */
export interface OutputId {
  runId: string;
  vmId: string;
  channel: RunOutputChannel;
}

/** What it needs from outside; the store gives it, tests give a fake. */
export interface OutputSource {
  /** A one-time ticket for the bytes after the first `offset`. Rejects with TtError. */
  openOutput(id: OutputId, offset: number): Promise<string>;
  openStream(ticket: string): ByteChannel;
}

/** Characters that are shown. */
const SHOWN = 64 * 1024;
/** What comes in between is shown together. */
const SHOW_EVERY_MS = 100;

export class OutputTail {
  /** What is shown; see {@link visibleText}. */
  text = '';
  /** Something came before `text`. */
  isCut = false;
  /** ended: all of it has come. */
  state: 'following' | 'ended' | 'failed' = 'following';
  failure: TtError | null = null;
  readonly #id: OutputId;
  readonly #source: OutputSource;
  readonly #decoder = new TextDecoder();
  /** Of the output, counted from its beginning. */
  #offset = 0;
  #raw = '';
  #timer: ReturnType<typeof setTimeout> | null = null;
  #channel: ByteChannel | null = null;
  #isStopped = false;

  constructor(id: OutputId, source: OutputSource) {
    this.#id = id;
    this.#source = source;
    makeObservable(this, { text: observable, isCut: observable, state: observable, failure: observableRef });
  }

  /** Follows from the end of `keptBytes`, what is known to be there; the answer ends that. */
  start(keptBytes: number): () => void {
    this.#isStopped = false;
    if (this.#offset === 0 && keptBytes > SHOWN) {
      this.#offset = keptBytes - SHOWN;
      runInAction(() => {
        this.isCut = true;
      });
    }
    void this.#follow();
    return () => this.#stop();
  }

  /** After a failure: goes on where it stopped. */
  again(): void {
    if (this.state !== 'failed' || this.#isStopped) return;
    this.#become('following');
    void this.#follow();
  }

  async #follow(): Promise<void> {
    try {
      const ticket = await this.#source.openOutput(this.#id, this.#offset);
      if (this.#isStopped) return;
      const channel = this.#source.openStream(ticket);
      this.#channel = channel;
      channel.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => this.#take(new Uint8Array(data));
      channel.onclose = ({ code }) => this.#closed(code);
    } catch (error) {
      if (!this.#isStopped) this.#become('failed', asTtError(error));
    }
  }

  #take(bytes: Uint8Array): void {
    this.#offset += bytes.length;
    this.#raw += this.#decoder.decode(bytes, { stream: true });
    // Twice as much as is shown, so that cutting it costs little.
    if (this.#raw.length > 2 * SHOWN) this.#cut();
    this.#timer ??= setTimeout(() => this.#show(), SHOW_EVERY_MS);
  }

  #closed(code: number): void {
    this.#channel = null;
    if (this.#isStopped) return;
    this.#show();
    if (code === streamClose.vmNotRunning) this.#become('ended');
    else this.#become('failed', new TtError('AGENT_GONE', { call: 'run.output' }));
  }

  #cut(): void {
    this.#raw = this.#raw.slice(-SHOWN);
    runInAction(() => {
      this.isCut = true;
    });
  }

  #show(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#raw.length > SHOWN) this.#cut();
    // The first line may have lost its beginning, and half a character with it.
    const from = this.isCut ? this.#raw.indexOf('\n') + 1 : 0;
    runInAction(() => {
      this.text = visibleText(this.#raw.slice(from));
    });
  }

  #become(state: OutputTail['state'], failure: TtError | null = null): void {
    runInAction(() => {
      this.state = state;
      this.failure = failure;
    });
  }

  #stop(): void {
    this.#isStopped = true;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#channel?.close(1000, 'closed by the viewer');
    this.#channel = null;
  }
}
