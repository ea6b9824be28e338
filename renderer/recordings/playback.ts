// Plays a recording: gives each record at its time to what draws it. Going back, and far forward, is reading from the beginning, as fast as
// it is drawn: the screen at a time is what all before it has made of it.
import { makeObservable, observable, observableRef, runInAction } from 'mobx';
import { PlaybackChannel } from './playback-channel.ts';
import { type Mark, type Recorded, RecordingError, type RecordingReader } from '@tt/client/recordings';

export type PlaybackState = 'paused' | 'playing' | 'ended';
export const speeds = [0.5, 1, 2, 4, 8] as const;

/** noVNC holds at most 40 MiB that it has not dealt with. */
const MOST_AHEAD_BYTES = 24 * 1024 * 1024;
/** A picture that is larger than that is asked about only when it is whole, so it must not be waited for any longer. */
const AHEAD_MS = 1_000;
/** With `skipIdle`, nothing that happens for longer takes longer. */
const IDLE_MS = 2_000;
const STEP_MS = 100;
/** The first picture comes in the first moments of a connection; where none does, what is shown is what there is by then. */
const FIRST_PICTURE_MS = 5_000;
/** The first answer of a guest may only say what it can do, or hold a part of its screen: what follows at once belongs to it. */
const WHOLE_PICTURE_MS = 500;
const MOST_KEYS = 12;

export class Playback {
  readonly reader: RecordingReader;
  readonly lengthMs: number;
  readonly marks: readonly { atMs: number; mark: Mark }[];
  state: PlaybackState = 'paused';
  atMs = 0;
  speed = 1;
  skipIdle = false;
  /** Of now; another one where another connection begins. null: before the first. */
  channel: PlaybackChannel | null = null;
  /** The last keys that were pressed. */
  keys: readonly string[] = [];
  /** Why it can't go on. */
  failure: RecordingError | null = null;
  /** Grows with each jump: what belongs to an older one stops. */
  #run = 0;
  #records: AsyncGenerator<Recorded, void, undefined> | null = null;
  /** Read and not shown yet. */
  #next: Recorded | null = null;
  /** The reading of `#next`, while it is under way. */
  #reading: Promise<void> | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(reader: RecordingReader, survey: Awaited<ReturnType<RecordingReader['survey']>>) {
    this.reader = reader;
    this.lengthMs = survey.lengthMs;
    this.marks = survey.marks;
    makeObservable(this, {
      state: observable,
      atMs: observable,
      speed: observable,
      skipIdle: observable,
      channel: observableRef,
      keys: observableRef,
      failure: observableRef,
    });
  }

  async play(): Promise<void> {
    if (this.state === 'playing' || this.failure) return;
    if (this.state === 'ended') await this.seek(0);
    this.#set({ state: 'playing' });
    await this.#goOn(++this.#run);
  }

  pause(): void {
    this.#run++;
    this.#clearTimer();
    if (this.state === 'playing') this.#set({ state: 'paused' });
  }

  setSpeed(speed: number): void {
    this.#set({ speed });
    this.#again();
  }

  setSkipIdle(skipIdle: boolean): void {
    this.#set({ skipIdle });
    this.#again();
  }

  /** Resolves when the screen is that of this time. */
  async seek(toMs: number): Promise<void> {
    const wasPlaying = this.state === 'playing';
    const run = ++this.#run;
    this.#clearTimer();
    const target = Math.min(this.lengthMs, Math.max(0, toMs));
    if (target < this.atMs || !this.#records) this.#rewind();
    while (run === this.#run) {
      const next = await this.#peek();
      if (run !== this.#run) return;
      if (!next || next.atMs > target) break;
      await this.#take(next);
    }
    if (run !== this.#run) return;
    this.#set({ atMs: target, state: this.#next ? (wasPlaying ? 'playing' : 'paused') : 'ended' });
    if (this.state === 'playing') await this.#goOn(run);
  }

  /** Goes to its first picture; one that is opened would else be dark until it is played. */
  async showFirst(): Promise<void> {
    await this.seek(0);
    const run = this.#run;
    while (run === this.#run) {
      await this.channel?.delivered();
      if (run !== this.#run || this.channel?.hasPicture) break;
      const next = await this.#peek();
      if (run !== this.#run || !next || next.atMs > FIRST_PICTURE_MS) break;
      await this.#take(next);
    }
    if (run === this.#run) await this.seek(this.atMs + (this.channel?.hasPicture ? WHOLE_PICTURE_MS : 0));
  }

  /** Ends it and frees all. */
  close(): void {
    this.pause();
    this.channel?.close();
    void this.#records?.return(undefined);
  }

  #again(): void {
    if (this.state !== 'playing') return;
    this.#clearTimer();
    void this.#goOn(++this.#run);
  }

  async #goOn(run: number): Promise<void> {
    while (run === this.#run && this.state === 'playing') {
      const next = await this.#peek();
      if (run !== this.#run) return;
      if (!next) {
        this.#set({ state: 'ended', atMs: this.failure ? this.atMs : this.lengthMs });
        return;
      }
      const leftMs = next.atMs - this.atMs;
      if (this.skipIdle && leftMs > IDLE_MS) {
        this.#set({ atMs: next.atMs - IDLE_MS });
      } else if (leftMs > 0) {
        // In steps, so that the time that is shown goes on where nothing happens.
        const stepMs = Math.min(leftMs, STEP_MS * this.speed);
        await this.#wait(stepMs / this.speed);
        if (run !== this.#run) return;
        this.#set({ atMs: this.atMs + stepMs });
      } else {
        await this.#take(next);
      }
    }
  }

  /** Whoever asks while a record is being read gets that one: a jump must not pass over what playing was about to show. */
  async #peek(): Promise<Recorded | null> {
    if (this.#next) return this.#next;
    this.#records ??= this.reader.records();
    this.#reading ??= this.#read(this.#records);
    await this.#reading;
    return this.#next;
  }

  /** Never rejects. What was read before a jump back belongs to nobody. */
  async #read(records: AsyncGenerator<Recorded, void, undefined>): Promise<void> {
    try {
      const next = await records.next();
      if (records !== this.#records) return;
      this.#next = next.done === true ? null : next.value;
    } catch (cause) {
      if (records !== this.#records) return;
      this.#set({ failure: cause instanceof RecordingError ? cause : new RecordingError('broken') });
    }
    this.#reading = null;
  }

  async #take(recorded: Recorded): Promise<void> {
    this.#next = null;
    this.#set({ atMs: recorded.atMs });
    if (recorded.kind === 'begin') this.#begin();
    else if (recorded.kind === 'screen') await this.#show(recorded.bytes);
    else if (recorded.kind === 'input' && recorded.input.down)
      this.#set({ keys: [...this.keys, recorded.input.code].slice(-MOST_KEYS) });
  }

  async #show(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const { channel } = this;
    if (!channel) return;
    channel.say(bytes);
    if (channel.ahead <= MOST_AHEAD_BYTES) return;
    await Promise.race([channel.asked(), new Promise<void>((resolve) => void setTimeout(resolve, AHEAD_MS))]);
  }

  #begin(): void {
    this.channel?.close();
    this.#set({ channel: new PlaybackChannel() });
  }

  #rewind(): void {
    void this.#records?.return(undefined);
    this.#records = null;
    this.#reading = null;
    this.#next = null;
    this.channel?.close();
    this.#set({ channel: null, atMs: 0, keys: [] });
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#timer = setTimeout(resolve, ms);
    });
  }

  #clearTimer(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #set(
    change: Partial<Pick<Playback, 'state' | 'atMs' | 'speed' | 'skipIdle' | 'channel' | 'keys' | 'failure'>>,
  ): void {
    runInAction(() => Object.assign(this, change));
  }
}
