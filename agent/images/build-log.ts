// What the last build of an image printed: the end of it, in memory, to be followed while it grows and read after a failure. Nothing of
// it outlives the agent, as no build does.
import type { ImageBuildLog } from '@tt/protocol';

/** Kept of one build, and told in one answer. */
const MOST_CHARACTERS = 256 * 1024;
/** Left of them when there are more: cutting costs all of them, so that it must not happen with each line. */
const LEFT_CHARACTERS = 192 * 1024;
const MOST_TOLD = 64 * 1024;
/** A longer line is kept in pieces. */
const MOST_LINE = 4096;
/** Builds of so many images are kept: those that began last. */
const MOST_LOGS = 32;

/** User and password in an address, as mirrors may have them. */
const SECRETS = /(\b[a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/@]{1,1000}@/gi;

export class BuildLog {
  readonly #startedAt: Date;
  /** Whole lines, from `#start` on. */
  #text = '';
  /** Characters that were dropped before them. */
  #start = 0;
  /** The line that has not ended. */
  #line = '';
  #isOver = false;
  #news = Promise.withResolvers<void>();

  constructor(startedAt: Date) {
    this.#startedAt = startedAt;
  }

  /** Text as it comes, in any pieces. Later readers see whole lines. */
  write(text: string): void {
    if (this.#isOver) return;
    const whole = this.#line + text;
    const lines = whole.lastIndexOf('\n') + 1;
    const end = whole.length - lines > MOST_LINE ? whole.length : lines;
    this.#line = whole.slice(end);
    if (end > 0) this.#keep(whole.slice(0, end));
  }

  end(): void {
    if (this.#line !== '') this.#keep(`${this.#line}\n`);
    this.#line = '';
    this.#isOver = true;
    this.#tell();
  }

  /** From `offset` on, as far as it is kept. Waits up to `waitMs` for more where there is nothing yet. */
  async read(offset: number, waitMs: number, signal?: AbortSignal): Promise<ImageBuildLog> {
    if (waitMs > 0 && !this.#isOver && offset >= this.#end) await this.#more(waitMs, signal);
    const from = Math.min(Math.max(offset, this.#start), this.#end);
    const text = this.#text.slice(from - this.#start, from - this.#start + MOST_TOLD);
    return {
      state: this.#isOver ? 'ended' : 'running',
      startedAt: this.#startedAt.toISOString(),
      offset: from,
      text,
      nextOffset: from + text.length,
    };
  }

  get #end(): number {
    return this.#start + this.#text.length;
  }

  #keep(text: string): void {
    this.#text += text.replace(SECRETS, '$1…@');
    if (this.#text.length > MOST_CHARACTERS) {
      const over = this.#text.length - LEFT_CHARACTERS;
      // From a whole line on.
      const cut = this.#text.indexOf('\n', over) + 1 || over;
      this.#text = this.#text.slice(cut);
      this.#start += cut;
    }
    this.#tell();
  }

  #tell(): void {
    this.#news.resolve();
    this.#news = Promise.withResolvers<void>();
  }

  /** Resolves with the next change, when the time has passed, or when nobody waits any more. */
  async #more(waitMs: number, signal?: AbortSignal): Promise<void> {
    const { promise: enough, resolve: stop } = Promise.withResolvers<void>();
    const late = setTimeout(stop, waitMs).unref();
    const leave = () => stop();
    signal?.addEventListener('abort', leave);
    if (signal?.aborted) stop();
    await Promise.race([this.#news.promise, enough]);
    signal?.removeEventListener('abort', leave);
    clearTimeout(late);
  }
}

/** Of each image the log of its last build. */
export class BuildLogs {
  readonly #logs = new Map<string, BuildLog>();

  begin(name: string, startedAt: Date): BuildLog {
    const log = new BuildLog(startedAt);
    this.#logs.delete(name);
    this.#logs.set(name, log);
    for (const [oldest] of this.#logs) {
      if (this.#logs.size <= MOST_LOGS) break;
      this.#logs.delete(oldest);
    }
    return log;
  }

  /** Of an image that was not built since this agent began: state `none`. */
  async read(name: string, offset: number, waitMs: number, signal?: AbortSignal): Promise<ImageBuildLog> {
    const log = this.#logs.get(name);
    return log
      ? log.read(offset, waitMs, signal)
      : { state: 'none', startedAt: null, offset: 0, text: '', nextOffset: 0 };
  }
}
