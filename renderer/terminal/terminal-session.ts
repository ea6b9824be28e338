// The life of a terminal: asks what it is assigned, shows its console while there is one, and asks again, for ever, whatever
// happens. TerminalPage only draws what is here.
import type { ByteChannel } from '@tt/client';
import { type Assignment, TtError } from '@tt/protocol';
import { makeObservable, observableRef, runInAction } from 'mobx';
import { TappedChannel } from '../consoles/tapped-channel.ts';
import type { TerminalLink } from './terminal-link.ts';

export type TerminalPhase =
  | { kind: 'asking' }
  /** It has a screen, which is being opened. */
  | { kind: 'connecting'; assignment: Assignment }
  | { kind: 'connected'; assignment: Assignment }
  /** Nothing to see for now: `assignment.state` says why. */
  | { kind: 'waiting'; assignment: Assignment }
  /** The server does not know it: its secret may be missing or wrong. */
  | { kind: 'refused'; error: TtError }
  | { kind: 'failed'; error: TtError };

export interface TerminalSessionOptions {
  link: TerminalLink;
  /** From the address of the page; both absent when its own address must say which it is. */
  labName?: string | undefined;
  terminalName?: string | undefined;
  /** Remembers the secret that was typed once; null where nothing can be kept. */
  secretPlace: Pick<Storage, 'getItem' | 'setItem'> | null;
}

/** How long until it asks again. */
const WAIT_MS = {
  waiting: 3_000,
  starting: 1_000,
  refused: 30_000,
  failed: [500, 1_000, 2_000, 5_000, 10_000],
} as const;

export class TerminalSession {
  phase: TerminalPhase = { kind: 'asking' };
  channel: ByteChannel | null = null;
  readonly #options: TerminalSessionOptions;
  #failures = 0;
  /** Grows with every question, so that an answer to an older one is known as such. */
  #generation = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(options: TerminalSessionOptions) {
    this.#options = options;
    makeObservable(this, { phase: observableRef, channel: observableRef });
  }

  /** Begins; the returned function ends it. */
  start(): () => void {
    void this.#ask();
    return () => this.#drop();
  }

  /** Asks at once, where the user does not want to wait. */
  askNow(): void {
    void this.#ask();
  }

  /** The user chose what to work with. */
  choose(profileName: string): void {
    void this.#ask(profileName);
  }

  /** The user typed the secret; it is kept for the next time. */
  tell(secret: string): void {
    this.#options.secretPlace?.setItem(this.#secretKey(), secret);
    void this.#ask();
  }

  /** noVNC has finished its handshake: the screen is there. */
  screenShown(): void {
    this.#failures = 0;
    if ('assignment' in this.phase) this.#show({ kind: 'connected', assignment: this.phase.assignment });
  }

  async #ask(profileName?: string): Promise<void> {
    this.#drop();
    const generation = ++this.#generation;
    const { link, labName, terminalName, secretPlace } = this.#options;
    const secret = secretPlace?.getItem(this.#secretKey()) ?? null;
    try {
      const { assignment, ticket } = await link.connect({
        ...(labName !== undefined && { labName }),
        ...(terminalName !== undefined && { terminalName }),
        ...(secret !== null && { secret }),
        ...(profileName !== undefined && { profileName }),
      });
      if (generation !== this.#generation) return;
      if (ticket === null) this.#wait(assignment);
      else this.#open(ticket, assignment, generation);
    } catch (error) {
      if (generation === this.#generation) this.#failed(error);
    }
  }

  #open(ticket: string, assignment: Assignment, generation: number): void {
    const channel = new TappedChannel(this.#options.link.openStream(ticket), {
      onClosed: () => {
        if (generation === this.#generation) this.#lost();
      },
    });
    this.#show({ kind: 'connecting', assignment });
    runInAction(() => {
      this.channel = channel;
    });
  }

  /** The machine stopped, the session ended, or the link broke: which of them, the next answer says. */
  #lost(): void {
    runInAction(() => {
      this.channel = null;
    });
    if ('assignment' in this.phase) this.#show({ kind: 'connecting', assignment: this.phase.assignment });
    this.#askIn(this.#nextWaitMs());
  }

  #wait(assignment: Assignment): void {
    this.#failures = 0;
    this.#show({ kind: 'waiting', assignment });
    // Nobody is hurried while they choose.
    if (assignment.state === 'choose') return;
    this.#askIn(assignment.state === 'starting' ? WAIT_MS.starting : WAIT_MS.waiting);
  }

  #failed(cause: unknown): void {
    const error = cause instanceof TtError ? cause : new TtError('AGENT_GONE', { call: 'terminal.connect' }, { cause });
    if (error.code === 'TERMINAL_REFUSED') {
      this.#show({ kind: 'refused', error });
      this.#askIn(WAIT_MS.refused);
      return;
    }
    this.#show({ kind: 'failed', error });
    const retryAfterS = 'retryAfterS' in error.data ? Number(error.data.retryAfterS) : 0;
    this.#askIn(Math.max(retryAfterS * 1000, this.#nextWaitMs()));
  }

  #nextWaitMs(): number {
    return WAIT_MS.failed[Math.min(this.#failures++, WAIT_MS.failed.length - 1)] ?? 0;
  }

  #askIn(waitMs: number): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#ask(), waitMs);
  }

  #drop(): void {
    this.#generation++;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const { channel } = this;
    if (!channel) return;
    runInAction(() => {
      this.channel = null;
    });
    channel.close(1000, 'asked again');
  }

  #secretKey(): string {
    const { labName = '', terminalName = '' } = this.#options;
    return `tt.terminal.${labName}/${terminalName}`;
  }

  #show(phase: TerminalPhase): void {
    runInAction(() => {
      this.phase = phase;
    });
  }
}
