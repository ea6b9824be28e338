// A shell in a guest as an object with a lifetime. Its text is a TextConsoleSession's; here are its size, which follows that of the
// screen, and its end: one that has ended is not begun again unless its user says so, one that its machine has ended is.
import { type PacedChannel, type PacedShellChannel, pacedShellOver } from '@tt/client';
import {
  type ErrorCode,
  MOST_TERMINAL_CHARACTERS,
  reasonSchema,
  type ShellEnd,
  type TerminalSize,
  toErrorRecord,
  type TtError,
  type VmState,
} from '@tt/protocol';
import { computed, makeObservable, observableRef, runInAction } from 'mobx';
import type { ConsolePhase } from '../consoles/console-session.ts';
import { type TextConsoleEvent, TextConsoleSession } from './text-console-session.ts';

export type ShellPhase =
  | ConsolePhase
  /** Its user may open another one. */
  | { kind: 'ended'; end: ShellEnd };

export interface ShellSessionOptions {
  vmId: string;
  /** Rejects with TtError. */
  openTicket: (vmId: string, size: TerminalSize) => Promise<string>;
  openPacedStream: (ticket: string) => PacedChannel;
  say: (event: TextConsoleEvent) => string;
  backoffMs?: (attempt: number) => number;
  now?: () => Date;
}

const FINAL_CODES: ReadonlySet<ErrorCode> = new Set([
  'ENV_NOT_YOURS',
  'INPUT_INVALID',
  'SHELL_LIMIT',
  'SHELL_VM_LIMIT',
]);
/** As of a WebSocket. */
const OPEN = 1;
/** While a window is dragged larger its guest is told so many times a second at most, and the last size in any case. */
const SIZES_APART_MS = 100;

export class ShellSession {
  readonly text: TextConsoleSession<PacedShellChannel>;
  /** How it has ended; null while it has not, or another one is being opened. */
  ended: ShellEnd | null = null;
  readonly #now: () => Date;
  #stop: (() => void) | null = null;
  #wasLost = false;
  /** None is opened before the screen has a size. */
  readonly #sized = Promise.withResolvers<void>();
  #size: TerminalSize = { columns: 80, rows: 24 };
  /** What the guest knows. */
  #told: TerminalSize | null = null;
  #shell: PacedShellChannel | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(options: ShellSessionOptions) {
    const { vmId, openTicket, openPacedStream, say, backoffMs, now = () => new Date() } = options;
    this.#now = now;
    this.text = new TextConsoleSession({
      vmId,
      openTicket: async (id) => {
        await this.#sized.promise;
        this.#told = this.#size;
        return openTicket(id, this.#size);
      },
      openPacedStream: (ticket) => pacedShellOver(openPacedStream(ticket)),
      again: (_wasOff, at) => ({ kind: this.#wasLost ? 'lostShell' : 'newShell', at }),
      onOpened: (shell) => this.#opened(shell),
      onClosed: (shell) => this.#closed(shell),
      say,
      isFinal,
      now,
      ...(backoffMs && { backoffMs }),
    });
    makeObservable(this, { ended: observableRef, phase: computed });
  }

  get vmId(): string {
    return this.text.vmId;
  }

  get phase(): ShellPhase {
    return this.ended === null ? this.text.console.phase : { kind: 'ended', end: this.ended };
  }

  /** Tells it what the VM is doing; null = deleted. */
  vmChanged(state: VmState | null): void {
    this.text.vmChanged(state);
  }

  /** Begins; the answer ends it and frees all. */
  start(): () => void {
    this.#begin();
    return () => {
      this.#end();
      if (this.#timer !== null) clearTimeout(this.#timer);
      this.#timer = null;
    };
  }

  /** Another one, after one that has ended. */
  openAgain(): void {
    if (this.ended) this.#begin();
  }

  /** The size of the screen, which the guest is told. */
  setSize({ columns, rows }: TerminalSize): void {
    this.#size = {
      columns: Math.min(columns, MOST_TERMINAL_CHARACTERS),
      rows: Math.min(rows, MOST_TERMINAL_CHARACTERS),
    };
    this.#sized.resolve();
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#tellSize();
    }, SIZES_APART_MS);
  }

  #begin(): void {
    runInAction(() => {
      this.ended = null;
    });
    this.#stop = this.text.start();
  }

  #end(): void {
    this.#stop?.();
    this.#stop = null;
    this.#shell = null;
  }

  #opened(shell: PacedShellChannel): void {
    this.#shell = shell;
    this.#wasLost = false;
    this.#tellSize();
  }

  #closed(shell: PacedShellChannel): void {
    const { end } = shell;
    // One that was left has no end either, and nobody waits for the next.
    this.#wasLost = end === null;
    if (end === null) return;
    const code = end.failure?.code;
    // One that was not begun has not ended.
    if (end.failure === null || code === 'SHELL_ENDED') this.text.tell({ kind: 'ended', end, at: this.#now() });
    // Its machine or its agent did: the session gets another one as soon as there is one.
    if (code === 'SHELL_ENDED') return;
    this.#end();
    runInAction(() => {
      this.ended = end;
    });
  }

  #tellSize(): void {
    const { columns, rows } = this.#size;
    if (this.#shell?.readyState !== OPEN || (this.#told?.columns === columns && this.#told.rows === rows)) return;
    this.#told = this.#size;
    this.#shell.resize(this.#size);
  }
}

/** Whether a guest will not answer later either, or somebody must do something first. */
function isFinal(error: TtError): boolean {
  const why = reasonSchema.safeParse(toErrorRecord(error).data['reason']).data?.code;
  return FINAL_CODES.has(error.code) || why === 'guestHelperOff' || why === 'guestHelperOld';
}
