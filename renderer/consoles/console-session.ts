// A console as an object with a lifetime: gets a ticket, opens the channel, and reconnects automatically after the VM was
// stopped, the guest's end failed or the agent was away. VncView only draws what is here; ConsolePage shows `phase`.
import type { ByteChannel } from '@tt/client';
import { type ErrorCode, streamClose, TtError, type VmState } from '@tt/protocol';
import { makeObservable, observableRef, runInAction } from 'mobx';
import { TappedChannel } from './tapped-channel.ts';

/** What a session needs from outside; a store gives it, tests give a fake. */
export interface ConsoleSource {
  /** A one-time ticket for the VM's screen. Rejects with TtError. */
  openTicket(vmId: string): Promise<string>;
  openStream(ticket: string): ByteChannel;
}

export type ConsolePhase =
  /** A first try, or one soon after a loss. */
  | { kind: 'connecting' }
  | { kind: 'connected' }
  /** The VM is not running: nothing to show until it does. */
  | { kind: 'off' }
  /** The VM has been deleted. Final. */
  | { kind: 'gone' }
  /** Tries fail; `retryAt` is null when trying again would not help. */
  | { kind: 'failed'; error: TtError; retryAt: Date | null };

export interface ConsoleSessionOptions {
  vmId: string;
  source: ConsoleSource;
  /** Wait before the try that follows `attempt` failures; default 250 ms doubling to 5 s. */
  backoffMs?: (attempt: number) => number;
  /** Whether trying again can't help; default: where the machine has no such console, or it is not for this user. */
  isFinal?: (error: TtError) => boolean;
}

/** Said at once, and tried again only when somebody asks: time alone gives no right, and no other image. */
const FINAL_CODES: ReadonlySet<ErrorCode> = new Set(['FEATURE_UNSUPPORTED', 'ENV_NOT_YOURS', 'NOT_ALLOWED']);

/** Failures in a row that are shown as "connecting" before they are called a failure. */
const QUIET_ATTEMPTS = 3;

export class ConsoleSession {
  readonly vmId: string;
  phase: ConsolePhase = { kind: 'connecting' };
  /** What noVNC is to be given; a new one after each loss, null between. */
  channel: ByteChannel | null = null;
  readonly #source: ConsoleSource;
  readonly #backoffMs: (attempt: number) => number;
  readonly #isFinal: (error: TtError) => boolean;
  #vmState: VmState | null = 'running';
  #attempt = 0;
  /** Grows with every try, so that an answer to an older one is known as such. */
  #generation = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #started = false;
  readonly #byteListeners = new Set<(bytes: ArrayBuffer) => void>();

  constructor(options: ConsoleSessionOptions) {
    this.vmId = options.vmId;
    this.#source = options.source;
    this.#backoffMs = options.backoffMs ?? ((attempt) => Math.min(250 * 2 ** attempt, 5000));
    this.#isFinal = options.isFinal ?? (({ code }) => FINAL_CODES.has(code));
    makeObservable(this, { phase: observableRef, channel: observableRef });
  }

  /** Begins; the returned function ends it and frees all. May be started again after that. */
  start(): () => void {
    this.#started = true;
    this.#attempt = 0;
    this.#follow();
    return () => {
      this.#started = false;
      this.#drop();
    };
  }

  /** Calls `listener` with whatever the far end sends, until the answer is called. */
  onBytes(listener: (bytes: ArrayBuffer) => void): () => void {
    this.#byteListeners.add(listener);
    return () => void this.#byteListeners.delete(listener);
  }

  /** Tells it what the VM is doing; null = deleted. */
  vmChanged(state: VmState | null): void {
    if (state === this.#vmState) return;
    this.#vmState = state;
    this.#attempt = 0;
    this.#follow();
  }

  /** noVNC has finished its handshake: the screen is there. */
  screenShown(): void {
    this.#attempt = 0;
    this.#setPhase({ kind: 'connected' });
  }

  /** noVNC refused the far end (security or protocol); it has closed the channel, which leads to a new try. */
  retryNow(): void {
    this.#attempt = 0;
    this.#drop();
    this.#follow();
  }

  /** Brings channel and phase in line with the VM's state. */
  #follow(): void {
    if (!this.#started) return;
    const wanted = wantedFor(this.#vmState);
    if (wanted === 'keep') return;
    if (wanted !== 'connect') {
      // The stream of a VM that stops is ended by the server, which holds it when only one process replaces another.
      if (wanted === 'off' && this.channel) return;
      this.#drop();
      this.#setPhase({ kind: wanted });
      return;
    }
    if (this.channel) return;
    this.#setPhase({ kind: 'connecting' });
    void this.#connect();
  }

  async #connect(): Promise<void> {
    this.#drop();
    const generation = ++this.#generation;
    const isCurrent = () => generation === this.#generation;
    try {
      const ticket = await this.#source.openTicket(this.vmId);
      if (!isCurrent()) return;
      const channel = new TappedChannel(this.#source.openStream(ticket), {
        onClosed: (code) => {
          if (isCurrent()) this.#lost(code);
        },
        onBytes: (bytes) => {
          // What comes behind the end of a connection is no part of the next.
          if (!isCurrent()) return;
          for (const listener of this.#byteListeners) listener(bytes);
        },
      });
      runInAction(() => {
        this.channel = channel;
      });
    } catch (error) {
      if (isCurrent()) this.#refused(error);
    }
  }

  /** The channel closed although nobody here asked for it. */
  #lost(code: number): void {
    runInAction(() => {
      this.channel = null;
    });
    const error = new TtError(
      code === streamClose.ticketInvalid ? 'TICKET_INVALID' : 'AGENT_GONE',
      code === streamClose.ticketInvalid ? {} : { call: 'console' },
    );
    this.#tryLater(error);
  }

  #refused(cause: unknown): void {
    const error = cause instanceof TtError ? cause : new TtError('AGENT_GONE', { call: 'console.open' }, { cause });
    if (error.code === 'VM_NOT_FOUND') {
      this.#drop();
      this.#setPhase({ kind: 'gone' });
    } else if (this.#isFinal(error)) {
      this.#setPhase({ kind: 'failed', error, retryAt: null });
    } else {
      this.#tryLater(error);
    }
  }

  #tryLater(error: TtError): void {
    if (!this.#started) return;
    if (wantedFor(this.#vmState) === 'off') {
      this.#setPhase({ kind: 'off' });
      return;
    }
    const waitMs = this.#backoffMs(this.#attempt++);
    if (this.#attempt <= QUIET_ATTEMPTS) this.#setPhase({ kind: 'connecting' });
    else this.#setPhase({ kind: 'failed', error, retryAt: new Date(Date.now() + waitMs) });
    this.#clearTimer();
    this.#timer = setTimeout(() => void this.#connect(), waitMs);
  }

  /** Forgets the try under way and closes the channel; its close then means nothing any more. */
  #drop(): void {
    this.#generation++;
    this.#clearTimer();
    const channel = this.channel;
    if (!channel) return;
    runInAction(() => {
      this.channel = null;
    });
    channel.close(1000, 'closed by the viewer');
  }

  #clearTimer(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #setPhase(phase: ConsolePhase): void {
    runInAction(() => {
      this.phase = phase;
    });
  }
}

/** What a session does for each state of its VM. `unknown` = the agent can't tell: leave what is there. */
function wantedFor(state: VmState | null): 'connect' | 'keep' | 'off' | 'gone' {
  if (state === null) return 'gone';
  const table = {
    running: 'connect',
    paused: 'connect',
    creating: 'off',
    stopped: 'off',
    failed: 'off',
    deleting: 'off',
    unknown: 'keep',
  } as const;
  return table[state];
}
