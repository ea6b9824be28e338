// The QEMU Machine Protocol over a unix socket (QEMU's docs/interop/qmp-spec.txt): typed calls, events as listeners. Types come
// from QEMU's own schema, see tools/qmp-types.ts. One client at a time: QEMU greets the next only when this one is gone.
import type { Socket } from 'node:net';
import { connectUnixSocket } from '@tt/client/node';
import { EngineError } from '../errors.ts';
import { LineSplitter } from './line-splitter.ts';
import type { QmpCommands, QmpEvents } from './qmp-schema.gen.ts';

/** QEMU answers in milliseconds, except while it saves or loads a state: then its main loop is blocked. */
const DEFAULT_TIMEOUT_MS = 10_000;

export interface QmpOptions {
  /** Default 10 s. ENGINE_TIMEOUT afterwards; a late answer is dropped. */
  timeoutMs?: number;
  /** Aborting rejects with CANCELLED; QEMU may carry the command out all the same. */
  signal?: AbortSignal;
}

/** Listeners of all events share one map; only `on` adds to it, which keeps name and type consistent. */
type Listener = (data: never) => void;

interface Pending {
  command: string;
  resolve: (value: unknown) => void;
  reject: (error: EngineError) => void;
}

/** What QEMU sends. Anything may be missing: the other side is checked, not trusted. */
interface Message {
  QMP?: unknown;
  event?: string;
  data?: unknown;
  id?: unknown;
  return?: unknown;
  error?: { class?: string; desc?: string };
}

export class QmpClient {
  readonly #socket: Socket;
  readonly #splitter = new LineSplitter();
  readonly #pending = new Map<string, Pending>();
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #greeted = Promise.withResolvers<void>();
  readonly #closed = Promise.withResolvers<void>();
  #nextId = 1;
  #onCommand: (command: string) => void = () => {};
  #gone: EngineError | null = null;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (bytes) => this.#receive(bytes));
    socket.on('error', (error) => this.#end(error));
    socket.on('close', () => this.#end());
    // Whoever waits for the greeting hears of a close; without anybody it must not be an unhandled rejection.
    this.#greeted.promise.catch(() => {});
  }

  /**
   * Connects, waits for the greeting and negotiates capabilities. VM_GONE if nothing listens or the peer closes, ENGINE_TIMEOUT
   * if it stays silent (as it does while another client is connected).
   */
  static async connect(socketPath: string, options: QmpOptions = {}): Promise<QmpClient> {
    const client = new QmpClient(connectUnixSocket(socketPath));
    try {
      await client.#limit('greeting', client.#greeted.promise, options);
      await client.execute('qmp_capabilities', {}, options);
      return client;
    } catch (error) {
      client.close();
      throw error;
    }
  }

  /** Calls `listener` with the name of each command before it is sent: the end of the way from a click, for the log. */
  onCommand(listener: (command: string) => void): void {
    this.#onCommand = listener;
  }

  /** Resolves when the connection has ended, from either side. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  /** Runs one command. COMMAND_FAILED with QEMU's own words when it refuses; VM_GONE when the connection ends. */
  async execute<C extends keyof QmpCommands>(
    command: C,
    args: QmpCommands[C]['arguments'],
    options: QmpOptions = {},
  ): Promise<QmpCommands[C]['result']> {
    if (this.#gone) throw this.#gone;
    if (options.signal?.aborted) throw cancelled(command, options.signal);
    const id = `tt-${this.#nextId++}`;
    const answer = new Promise<unknown>((resolve, reject) => {
      this.#pending.set(id, { command, resolve, reject });
    });
    this.#onCommand(command);
    this.#socket.write(`${JSON.stringify({ execute: command, arguments: args, id })}\n`);
    try {
      return (await this.#limit(command, answer, options)) as QmpCommands[C]['result'];
    } finally {
      this.#pending.delete(id);
    }
  }

  /** Calls `listener` with the data of each such event until the returned function is called. */
  on<E extends keyof QmpEvents>(event: E, listener: (data: QmpEvents[E]) => void): () => void {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  /** Resolves with the first such event that `matches`. Ask before sending the command that causes it. */
  async waitFor<E extends keyof QmpEvents>(
    event: E,
    matches: (data: QmpEvents[E]) => boolean,
    options: QmpOptions = {},
  ): Promise<QmpEvents[E]> {
    const found = Promise.withResolvers<QmpEvents[E]>();
    const leave = this.on(event, (data) => matches(data) && found.resolve(data));
    const gone = this.#closed.promise.then(() => Promise.reject(this.#gone));
    try {
      return await this.#limit(`with ${event}`, Promise.race([found.promise, gone]), options);
    } finally {
      leave();
    }
  }

  /** Closes the connection; the guest keeps running. Idempotent. */
  close(): void {
    this.#socket.destroy();
    this.#end();
  }

  #receive(bytes: Buffer): void {
    if (this.#gone) return;
    try {
      for (const line of this.#splitter.push(bytes)) this.#dispatch(JSON.parse(line) as Message);
    } catch (error) {
      this.#end(error as Error);
      this.#socket.destroy();
    }
  }

  #dispatch(message: Message): void {
    if (message.event !== undefined) {
      for (const listener of this.#listeners.get(message.event) ?? []) listener((message.data ?? {}) as never);
      return;
    }
    if (message.QMP !== undefined) {
      this.#greeted.resolve();
      return;
    }
    // An id not found belongs to a command that timed out or was cancelled.
    const pending = this.#pending.get(String(message.id));
    if (!pending) return;
    if (message.error) {
      const text = message.error.desc ?? message.error.class ?? 'refused';
      pending.reject(new EngineError('COMMAND_FAILED', `QEMU refused ${pending.command}: ${text}`));
    } else pending.resolve(message.return);
  }

  #end(cause?: Error): void {
    if (this.#gone) return;
    const why = cause ? `: ${cause.message}` : '';
    this.#gone = new EngineError('VM_GONE', `the control connection to QEMU is closed${why}`, { cause });
    this.#greeted.reject(this.#gone);
    for (const pending of this.#pending.values()) pending.reject(this.#gone);
    this.#pending.clear();
    this.#closed.resolve();
  }

  async #limit<T>(what: string, work: Promise<T>, options: QmpOptions): Promise<T> {
    const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    const { signal } = options;
    const stopped = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      stopped.reject(new EngineError('ENGINE_TIMEOUT', `QEMU did not answer ${what} within ${timeoutMs} ms`));
    }, timeoutMs);
    const abort = () => signal && stopped.reject(cancelled(what, signal));
    signal?.addEventListener('abort', abort, { once: true });
    try {
      return await Promise.race([work, stopped.promise]);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    }
  }
}

function cancelled(what: string, signal: AbortSignal): EngineError {
  return new EngineError('CANCELLED', `${what} was cancelled`, { cause: signal.reason });
}
