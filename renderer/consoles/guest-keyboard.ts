// The one way of keys into a guest: physical keys, text that comes without keys, the key menu and pasting all pass here, in
// order. It knows which keys it holds down in the guest and whether the guest's Caps Lock is on, and releases what it pressed.
import type { KeyboardLayout } from '@tt/protocol';
import { type KeyEvent, type Stroke, strokesOf, typable } from './typed-characters.ts';

/** All keys of one character, in order; what goes down comes up again. */
export type KeyStrokes = readonly KeyEvent[];

/** Types into the guest as fast as it reads its keyboard. Resolves with how many were sent: fewer, or 0, when it is slow. */
export type TypeAsGuestReads = (characters: readonly KeyStrokes[]) => Promise<number>;

export interface GuestKeyboardParts {
  /** Sends one event at once. */
  send: (event: KeyEvent) => void;
  /** The guest's Caps Lock, as it last set the light on its keyboard; null while that is not known. */
  capsLock: () => boolean | null;
  /** Waits after each character that went by `send`; default {@link CHARACTER_MS}. */
  pause?: () => Promise<void>;
}

/** `closed`: the screen is gone. `unread`: the guest does not read its keyboard. */
export type TypingEnd = 'done' | 'stopped' | 'closed' | 'unread';

export interface TypingOptions {
  signal: AbortSignal;
  /** How many characters have been typed. */
  onProgress: (done: number) => void;
  /** Default: at a fixed pace, by `send`. */
  typeAsGuestReads?: TypeAsGuestReads;
  /** Of the guest; default: that of its keyboard here. */
  layout?: KeyboardLayout;
}

/** Nothing tells how fast a guest reads keys from a channel; its controller holds 16 bytes, and a character with Shift is 4. */
export const CHARACTER_MS = 40;
/** Characters per call: few enough to stop soon, enough for a slow link. */
const BATCH = 8;

const SHIFT_LEFT = { keysym: 0xffe1, code: 'ShiftLeft' };
const SHIFTS = new Set(['ShiftLeft', 'ShiftRight']);
/** ISO_Level3_Shift, which noVNC makes of AltGr on every system. Right Alt of other layouts is an Alt. */
const XK_ALT_GR = 0xfe03;
const ALT_GR = { keysym: XK_ALT_GR, code: 'AltRight' };

/** What there is to wait for, or null. */
type Step = () => Promise<unknown> | null;

export class GuestKeyboard {
  /** Of the guest: what text is typed by. Physical keys are passed on as they are. */
  layout: KeyboardLayout = 'us';
  readonly #parts: GuestKeyboardParts;
  readonly #pause: () => Promise<void>;
  readonly #steps: Step[] = [];
  readonly #closing = Promise.withResolvers<'closed'>();
  /** What is down in the guest, in the order it was pressed. */
  readonly #down = new Map<string, KeyEvent>();
  /** What the light said last, or what has become of it since. Guests start with it off. */
  #capsLock = false;
  #running = false;
  #closed = false;

  constructor(parts: GuestKeyboardParts) {
    this.#parts = parts;
    this.#pause = parts.pause ?? (() => new Promise((resolve) => setTimeout(resolve, CHARACTER_MS)));
  }

  /** A physical key, or one that stands for it. */
  key(event: KeyEvent): void {
    this.#add(() => this.#send(event));
  }

  /** Presses these keys one after the other and releases them backwards: Ctrl-Alt-F2 and the like. */
  chord(keys: readonly Omit<KeyEvent, 'down'>[]): void {
    for (const key of keys) this.key({ ...key, down: true });
    for (const key of keys.toReversed()) this.key({ ...key, down: false });
  }

  /** Text that came without keys: from an input method, an on-screen keyboard, a program that types. */
  text(text: string): void {
    const { layout } = this;
    for (const character of typable(text, layout).characters) this.#add(() => this.#typeOne(character, layout));
  }

  /** Types a long text, stopping between characters when aborted. Rejects when `typeAsGuestReads` does. */
  async type(text: string, options: TypingOptions): Promise<TypingEnd> {
    const { signal, onProgress, typeAsGuestReads, layout = this.layout } = options;
    const { characters } = typable(text, layout);
    const size = typeAsGuestReads ? BATCH : 1;
    for (let done = 0; done < characters.length; ) {
      if (this.#closed) return 'closed';
      if (signal.aborted) return 'stopped';
      const batch = characters.slice(done, done + size);
      const typed = await this.#inTurn(async () => {
        if (typeAsGuestReads) return typeAsGuestReads(batch.map((character) => this.#strokesFor(character, layout)));
        for (const character of batch) await this.#typeOne(character, layout);
        return batch.length;
      });
      if (typed === 'closed') return 'closed';
      if (typed === 0) return 'unread';
      done += typed;
      onProgress(done);
    }
    return 'done';
  }

  /** To be called before others handle each key event: who changes Caps Lock first forgets what it was. */
  noticeLocks(): void {
    this.#capsLock = this.#parts.capsLock() ?? this.#capsLock;
  }

  /** Nothing stays down, once what is under way has been typed. */
  releaseAll(): void {
    this.#add(() => this.#lift());
  }

  /** Releases all at once; what is still to be typed is dropped. */
  close(): void {
    this.#steps.length = 0;
    this.#lift();
    this.#closed = true;
    this.#closing.resolve('closed');
  }

  #add(step: Step): void {
    if (this.#closed) return;
    this.#steps.push(step);
    if (!this.#running) void this.#run();
  }

  /** Without anything to wait for, all of it happens within the call that added the step. */
  async #run(): Promise<void> {
    this.#running = true;
    for (let step = this.#steps.shift(); step; step = this.#steps.shift()) {
      const wait = step();
      if (wait) await wait;
    }
    this.#running = false;
  }

  #inTurn(work: () => Promise<number>): Promise<number | 'closed'> {
    const done = Promise.withResolvers<number>();
    this.#add(() => work().then(done.resolve, done.reject));
    return Promise.race([done.promise, this.#closing.promise]);
  }

  #typeOne(character: string, layout: KeyboardLayout): Promise<void> {
    for (const event of this.#strokesFor(character, layout)) this.#send(event);
    return this.#pause();
  }

  #send(event: KeyEvent): null {
    if (this.#closed) return null;
    if (event.code === 'CapsLock' && event.down && !this.#down.has('CapsLock')) this.#capsLock = !this.#capsLock;
    if (event.down) this.#down.set(event.code, event);
    else this.#down.delete(event.code);
    this.#parts.send(event);
    return null;
  }

  #lift(): null {
    for (const key of [...this.#down.values()].toReversed()) this.#send({ ...key, down: false });
    return null;
  }

  /** What gives `character` while Caps Lock and Shift are as they are; held keys are held again afterwards. */
  #strokesFor(character: string, layout: KeyboardLayout): KeyEvent[] {
    const strokes = strokesOf(character, layout) ?? [];
    this.noticeLocks();
    return strokes.flatMap((stroke) => this.#eventsOf(stroke));
  }

  #eventsOf({ keysym, code, shifted: isShifted, altGr, isLetter }: Stroke): KeyEvent[] {
    const shifted = isShifted !== (this.#capsLock && isLetter);
    const held = [...this.#down.values()];
    const hasShift = held.some((key) => SHIFTS.has(key.code));
    const hasAltGr = held.some((key) => key.keysym === XK_ALT_GR);
    const inTheWay = held.filter((key) => (!altGr && key.keysym === XK_ALT_GR) || (!shifted && SHIFTS.has(key.code)));
    const around = [...(shifted && !hasShift ? [SHIFT_LEFT] : []), ...(altGr && !hasAltGr ? [ALT_GR] : [])];
    return [
      ...inTheWay.map((key) => ({ ...key, down: false })),
      ...around.map((key) => ({ ...key, down: true })),
      { keysym, code, down: true },
      { keysym, code, down: false },
      ...around.toReversed().map((key) => ({ ...key, down: false })),
      ...inTheWay,
    ];
  }
}
