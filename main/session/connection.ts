// One connection of the desktop, kept for as long as somebody wants it: it is opened, looked at, opened anew when it breaks, and
// says at any time how it is. The socket can change underneath (a restarted agent listens elsewhere).
import { connectNode, type ConnectOptions, type NodeConnection } from '@tt/client/node';
import { type TtClient, TtError } from '@tt/protocol';
import { failureOf, type LinkState } from './connection-state.ts';

export interface ConnectionOptions {
  /**
   * Where the server is now. `isAsked`: somebody wants it now, so an agent may be started for it. Rejects with what is wrong; only
   * what `isPassing` is tried again.
   */
  reach: (how: { isAsked: boolean; signal: AbortSignal }) => Promise<ConnectOptions>;
  /** Address for messages, while nothing is known. */
  url: string;
  onChange: () => void;
  /** Default: client/node's; tests give their own. */
  connect?: typeof connectNode;
  /** Waits between attempts; default 500 ms doubling to 30 s. */
  backoffMs?: (attempt: number) => number;
  /** How often a connection that works is looked at; default 5 s. */
  lookEveryMs?: number;
}

const ANSWER_TIMEOUT_MS = 10_000;
const MOST_BACKOFF_MS = 30_000;

export class Connection {
  readonly #options: ConnectionOptions;
  #state: LinkState = { kind: 'off' };
  #error: TtError | null = null;
  #link: NodeConnection | null = null;
  #reached: ConnectOptions | null = null;
  /** Of windows, to the same place as the link; they end with it. */
  readonly #feeds = new Set<NodeConnection>();
  #running: AbortController | null = null;
  #lastAnswerAt: Date | null = null;
  #isAsked = false;
  /** Where it is may have changed. */
  #isMoved = false;
  /** It may be broken. */
  #isDoubted = false;
  #wake = () => {};
  #settled = Promise.withResolvers<LinkState>();

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  get state(): LinkState {
    return this.#state;
  }

  /** Throws what is wrong, AGENT_UNREACHABLE otherwise, while there is no connection. */
  client(): TtClient {
    return this.link().client;
  }

  /** Throws as `client`. */
  link(): NodeConnection {
    if (this.#link) return this.#link;
    throw this.#error ?? new TtError('AGENT_UNREACHABLE', { url: this.#options.url });
  }

  /** Another connection for one feed, which may be made to wait; ends with the link, or when it is closed. Throws as `client`. */
  openFeed(): NodeConnection {
    this.link();
    if (!this.#reached) throw new Error('a link without its options');
    const feed = this.#connect(this.#reached);
    const own: NodeConnection = {
      ...feed,
      close: () => {
        this.#feeds.delete(own);
        feed.close();
      },
    };
    this.#feeds.add(own);
    return own;
  }

  /** Opens it, or tries at once if it waits. Resolves with what comes first: connected, refused, or a failure that is tried again. */
  open(): Promise<LinkState> {
    this.#isAsked = true;
    if (this.#state.kind === 'connected') return Promise.resolve(this.#state);
    this.#settled = Promise.withResolvers();
    if (this.#running) this.#wake();
    else {
      this.#running = new AbortController();
      // Once it answered, it is lost and not only late; a new beginning knows nothing of before.
      this.#lastAnswerAt = null;
      void this.#keep(this.#running.signal);
    }
    return this.#settled.promise;
  }

  /** Ends it; nothing is tried any more. */
  close(): void {
    this.#running?.abort();
    this.#running = null;
    this.#wake();
    this.#drop();
    this.#error = null;
    if (this.#state.kind !== 'off') this.#set({ kind: 'off' });
    this.#settled.resolve(this.#state);
  }

  /** Something says that it may be broken: it is looked at now. */
  look(): void {
    if (this.#state.kind !== 'connected') return;
    this.#isDoubted = true;
    this.#wake();
  }

  /** The server may be elsewhere, or be there again. */
  moved(): void {
    this.#isMoved = true;
    this.#wake();
  }

  async #keep(signal: AbortSignal): Promise<void> {
    for (let attempt = 0; !signal.aborted; ) {
      try {
        await this.#enter(signal);
        attempt = 0;
        await this.#watch(signal);
      } catch (error) {
        if (signal.aborted) return;
        this.#drop();
        this.#error = error instanceof TtError ? error : null;
        const failure = failureOf(error);
        if (!isPassing(error)) {
          this.#running = null;
          this.#settle({ kind: 'refused', failure });
          return;
        }
        const waitMs = (this.#options.backoffMs ?? defaultBackoffMs)(attempt++);
        const since = this.#lastAnswerAt?.toISOString() ?? null;
        const retryAt = new Date(Date.now() + waitMs).toISOString();
        this.#settle({ kind: 'lost', since, retryAt, failure });
        await this.#pause(waitMs, signal);
        if (!signal.aborted && this.#state.kind === 'lost') this.#set({ ...this.#state, retryAt: null });
      }
    }
  }

  /** From nothing to a server that answers. */
  async #enter(signal: AbortSignal): Promise<void> {
    if (this.#state.kind === 'off' || this.#state.kind === 'refused') this.#set({ kind: 'connecting' });
    const isAsked = this.#isAsked;
    this.#isAsked = false;
    this.#isMoved = false;
    this.#isDoubted = false;
    const reached = await this.#options.reach({ isAsked, signal });
    if (signal.aborted) return;
    const link = (this.#options.connect ?? connectNode)(reached, () => this.look());
    try {
      await answerOf(link, reached.url, signal);
    } catch (error) {
      link.close();
      throw error;
    }
    if (signal.aborted) return link.close();
    this.#drop();
    this.#link = link;
    this.#reached = reached;
    this.#error = null;
    this.#lastAnswerAt = new Date();
    this.#settle({ kind: 'connected' });
  }

  /** Resolves when it must be entered anew; rejects when it does not answer any more. */
  async #watch(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && this.#link && this.#reached) {
      await this.#pause(this.#options.lookEveryMs ?? 5000, signal);
      if (signal.aborted || !this.#link || !this.#reached) return;
      if (this.#isMoved) {
        this.#isMoved = false;
        const { url, token } = await this.#options.reach({ isAsked: false, signal });
        if (url !== this.#reached.url || token !== this.#reached.token) return;
      }
      this.#isDoubted = false;
      await answerOf(this.#link, this.#reached.url, signal);
      this.#lastAnswerAt = new Date();
    }
  }

  /** Resolves after that time, or as soon as somebody wants something. */
  #pause(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.#isAsked || this.#isMoved || this.#isDoubted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.#wake = done;
    });
  }

  #drop(): void {
    // Each takes itself out.
    for (const feed of this.#feeds) feed.close();
    this.#link?.close();
    this.#link = null;
    this.#reached = null;
  }

  #connect(options: ConnectOptions): NodeConnection {
    return (this.#options.connect ?? connectNode)(options);
  }

  #settle(state: LinkState): void {
    this.#set(state);
    this.#settled.resolve(state);
  }

  #set(state: LinkState): void {
    this.#state = state;
    this.#options.onChange();
  }
}

/** Rejects with a TtError: what the server says, or AGENT_UNREACHABLE when it says nothing in time. */
export async function answerOf(link: NodeConnection, url: string, signal?: AbortSignal): Promise<void> {
  const timeout = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
  try {
    await link.client.host.ping(undefined, { signal: signal ? AbortSignal.any([signal, timeout]) : timeout });
  } catch (error) {
    if (error instanceof TtError && error.code !== 'OPERATION_CANCELLED') throw error;
    throw new TtError('AGENT_UNREACHABLE', { url }, { cause: error });
  }
}

/** What may be over without anybody doing anything about it here. */
export function isPassing(error: unknown): boolean {
  return error instanceof TtError && passing.has(error.code);
}

/** AGENT_NOT_PROVEN: something else has got the port of an agent that has ended; it says in its file where it is now. */
const passing: ReadonlySet<string> = new Set([
  'AGENT_UNREACHABLE',
  'AGENT_GONE',
  'AGENT_NOT_RUNNING',
  'AGENT_NOT_PROVEN',
  'SSH_UNREACHABLE',
  'SSH_PORT_REFUSED',
  'SSH_SOCKET_REFUSED',
]);

function defaultBackoffMs(attempt: number): number {
  return Math.min(500 * 2 ** attempt, MOST_BACKOFF_MS);
}
