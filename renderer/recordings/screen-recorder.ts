// Records the screen of a machine: a console of its own that nobody sees, which is only looked at, so that what the user does to theirs
// (another tab, another quality, a lost link) does not end it. It has the connection from its beginning, which a player needs.
import { makeObservable, observable, observableRef, runInAction } from 'mobx';
import { ConsoleSession, type ConsoleSource } from '../consoles/console-session.ts';
import type { Mark, RecordedInput, RecordingEnd } from '@tt/client/recordings';
import { type RecordingSink, RecordingWriter } from './recording-writer.ts';

export type RecorderState =
  | { kind: 'recording' }
  /** It is being written to its end. */
  | { kind: 'ending' }
  | { kind: 'ended'; reason: RecordingEnd['reason'] }
  | { kind: 'failed'; error: Error };

/** Draws what a session sends, unseen, and asks for more of it; the answer ends it. */
export type Painter = (session: ConsoleSession) => () => void;

export interface ScreenRecorderOptions {
  vmId: string;
  vmName: string;
  source: ConsoleSource;
  sink: RecordingSink;
  painter: Painter;
  withInput: boolean;
  /** For its times: one that goes forward only, in milliseconds; default: that of the page. */
  nowMs?: () => number;
  now?: () => Date;
}

/** How often size and length are told. */
const TELL_MS = 500;

export class ScreenRecorder {
  readonly vmId: string;
  readonly session: ConsoleSession;
  state: RecorderState = { kind: 'recording' };
  byteCount = 0;
  elapsedMs = 0;
  readonly withInput: boolean;
  readonly #writer: RecordingWriter;
  readonly #options: ScreenRecorderOptions;
  #stops: (() => void)[] = [];
  #wasLost = false;

  constructor(options: ScreenRecorderOptions) {
    const { vmId, vmName, source, sink, withInput, now = () => new Date() } = options;
    const { nowMs = () => performance.now() } = options;
    this.#options = options;
    this.vmId = vmId;
    this.withInput = withInput;
    this.session = new ConsoleSession({ vmId, source });
    this.#writer = new RecordingWriter({
      sink,
      about: { vmName, vmId, startedAt: now().toISOString(), hasInput: withInput },
      nowMs,
      onEnd: (end) =>
        this.#ended(
          end.reason === 'failed' ? { kind: 'failed', error: end.error } : { kind: 'ended', reason: end.reason },
        ),
    });
    makeObservable(this, { state: observableRef, byteCount: observable, elapsedMs: observable });
  }

  /** Begins. `stop` ends it. */
  start(): void {
    const { session } = this;
    let last: unknown = null;
    const unlisten = session.onBytes((bytes) => {
      // Its first bytes come before anybody has heard of a new connection.
      if (session.channel !== last) {
        last = session.channel;
        this.#writer.begin();
      }
      this.#writer.screen(new Uint8Array(bytes));
    });
    const timer = setInterval(() => this.#tell(), TELL_MS);
    const stopPainting = this.#options.painter(session);
    const stopSession = session.start();
    this.#stops = [unlisten, () => clearInterval(timer), stopPainting, stopSession];
  }

  input(input: RecordedInput): void {
    if (this.state.kind === 'recording') this.#writer.input(input);
  }

  reverted(snapshot: string): void {
    this.#mark({ kind: 'reverted', snapshot });
  }

  /** To be called with each phase of the session. */
  phaseChanged(): void {
    const { kind } = this.session.phase;
    const isLost = kind !== 'connected' && kind !== 'connecting';
    if (isLost && !this.#wasLost) this.#mark({ kind: 'lost' });
    this.#wasLost = isLost;
    if (kind === 'gone') void this.stop('gone');
  }

  /** Resolves when the file is there, or can't be. */
  async stop(reason: RecordingEnd['reason'] = 'stopped'): Promise<void> {
    if (this.state.kind !== 'recording') return;
    this.#set({ kind: 'ending' });
    this.#release();
    try {
      await this.#writer.stop(reason);
      this.#set({ kind: 'ended', reason });
    } catch (cause) {
      this.#set({ kind: 'failed', error: cause instanceof Error ? cause : new Error(String(cause)) });
    }
  }

  #mark(mark: Mark): void {
    if (this.state.kind === 'recording') this.#writer.mark(mark);
  }

  #ended(state: RecorderState): void {
    // `stop` says what became of it.
    if (this.state.kind === 'ending') return;
    this.#release();
    this.#set(state);
  }

  #release(): void {
    for (const stop of this.#stops.splice(0)) stop();
    this.#tell();
  }

  #tell(): void {
    runInAction(() => {
      this.byteCount = this.#writer.byteCount;
      this.elapsedMs = this.#writer.elapsedMs;
    });
  }

  #set(state: RecorderState): void {
    runInAction(() => {
      this.state = state;
    });
  }
}
