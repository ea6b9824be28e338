// The end of what the build of an image prints, followed while it goes on: one call after the other, each waits at the agent for more.
import { type ImageBuildLog, MOST_LOG_WAIT_MS, type TtClient, type TtError } from '@tt/protocol';
import { makeObservable, observable, observableRef, runInAction } from 'mobx';
import { asTtError } from '../activity/operation-store.ts';
import { visibleText } from '../components/visible-text.ts';

/** Characters that are shown. */
const SHOWN = 64 * 1024;

export class BuildLogTail {
  /** What is shown; see {@link visibleText}. */
  text = '';
  /** Something came before `text`. */
  isCut = false;
  /** null: nothing is known yet. */
  state: ImageBuildLog['state'] | null = null;
  failure: TtError | null = null;
  readonly #client: { image: Pick<TtClient['image'], 'buildLog'> };
  readonly #name: string;
  #raw = '';
  #offset = 0;
  #startedAt: string | null = null;

  constructor(client: { image: Pick<TtClient['image'], 'buildLog'> }, name: string) {
    this.#client = client;
    this.#name = name;
    makeObservable(this, { text: observable, isCut: observable, state: observable, failure: observableRef });
  }

  /** Follows until the build is over; the answer ends that before. After a failure it goes on where it stopped. */
  start(): () => void {
    const leave = new AbortController();
    void this.#follow(leave.signal);
    return () => leave.abort();
  }

  async #follow(signal: AbortSignal): Promise<void> {
    try {
      let isOver = false;
      while (!isOver && !signal.aborted) {
        const request = { name: this.#name, offset: this.#offset, waitMs: MOST_LOG_WAIT_MS };
        const log = await this.#client.image.buildLog(request, { signal });
        if (signal.aborted) return;
        isOver = this.#take(log);
      }
    } catch (error) {
      if (signal.aborted) return;
      runInAction(() => {
        this.failure = asTtError(error);
      });
    }
  }

  /** True when nothing more will come. */
  #take({ state, startedAt, offset, text, nextOffset }: ImageBuildLog): boolean {
    if (this.#startedAt !== null && startedAt !== this.#startedAt) {
      // Another build: its log is read from its beginning.
      this.#startedAt = startedAt;
      this.#raw = '';
      this.#offset = 0;
      runInAction(() => {
        this.isCut = false;
      });
      return false;
    }
    this.#startedAt = startedAt;
    const isGap = offset > this.#offset;
    const raw = isGap ? text : this.#raw + text;
    this.#raw = raw.length > SHOWN ? raw.slice(raw.indexOf('\n', raw.length - SHOWN) + 1) : raw;
    this.#offset = nextOffset;
    runInAction(() => {
      this.isCut ||= isGap || this.#raw.length < raw.length;
      this.text = visibleText(this.#raw);
      this.state = state;
      this.failure = null;
    });
    return state !== 'running' && text === '';
  }
}
