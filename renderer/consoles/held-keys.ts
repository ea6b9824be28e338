// Which keys are held down inside a console, so that none stays stuck in the guest when the focus leaves, and whether the
// keys just released were Ctrl-Alt alone: which releases the keyboard. Fed by VncScreen; pure.

/** The part of a DOM KeyboardEvent that is needed. */
export interface KeyStroke {
  code: string;
  key?: string;
  /** When it happened, in ms. */
  timeStamp?: number;
}

const CONTROL = new Set(['ControlLeft', 'ControlRight']);
const ALT = new Set(['AltLeft', 'AltRight']);
/** Windows sends a left Ctrl right before AltGr. No hand is that fast; noVNC reckons with the same time. */
const ALT_GR_MS = 50;

export class HeldKeys {
  readonly #held = new Set<string>();
  #controlAt = Number.NEGATIVE_INFINITY;
  /** Right Alt is down and is an AltGr, which belongs to the guest. */
  #altGr = false;
  /** Ctrl and Alt are both down, and no third key has been since. */
  #armed = false;

  /** A key went down (or repeats). */
  press({ code, key, timeStamp = 0 }: KeyStroke): void {
    const isNew = !this.#held.has(code);
    this.#held.add(code);
    if (code === 'ControlLeft' && isNew) this.#controlAt = timeStamp;
    if (code === 'AltRight' && isNew) {
      const withFakeControl = this.#held.has('ControlLeft') && timeStamp - this.#controlAt < ALT_GR_MS;
      this.#altGr = key === 'AltGraph' || withFakeControl;
    }
    const has = (keys: ReadonlySet<string>) => [...this.#held].some((held) => keys.has(held));
    const nothingElse = [...this.#held].every((held) => CONTROL.has(held) || ALT.has(held));
    this.#armed = has(CONTROL) && has(ALT) && nothingElse && !this.#altGr;
  }

  /** A key went up. True when this ends a bare Ctrl-Alt: the user wants the keyboard back. */
  release({ code }: KeyStroke): boolean {
    const letsGo = this.#armed && (CONTROL.has(code) || ALT.has(code));
    this.#held.delete(code);
    if (code === 'AltRight') this.#altGr = false;
    this.#armed = false;
    return letsGo;
  }

  /** Forgets all and gives the codes that were down, in the order they were pressed. */
  takeAll(): string[] {
    const codes = [...this.#held];
    this.#held.clear();
    this.#altGr = false;
    this.#armed = false;
    return codes;
  }
}
