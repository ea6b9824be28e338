// Which keys are held down inside a console, so that none stays stuck in the guest when the focus leaves, and whether the
// keys just released were Ctrl-Alt alone: the way to let go of the keyboard. Fed by VncView; pure.

/** The part of a DOM KeyboardEvent that is needed. */
export interface KeyStroke {
  code: string;
}

const CONTROL = new Set(['ControlLeft', 'ControlRight']);
const ALT = new Set(['AltLeft', 'AltRight']);

export class HeldKeys {
  readonly #held = new Set<string>();
  /** Ctrl and Alt are both down, and no third key has been since. */
  #armed = false;

  /** A key went down (or repeats). */
  press({ code }: KeyStroke): void {
    this.#held.add(code);
    const has = (keys: ReadonlySet<string>) => [...this.#held].some((held) => keys.has(held));
    this.#armed = has(CONTROL) && has(ALT) && [...this.#held].every((held) => CONTROL.has(held) || ALT.has(held));
  }

  /** A key went up. True when this ends a bare Ctrl-Alt: the user wants the keyboard back. */
  release({ code }: KeyStroke): boolean {
    const letsGo = this.#armed && (CONTROL.has(code) || ALT.has(code));
    this.#held.delete(code);
    this.#armed = false;
    return letsGo;
  }

  /** Forgets all and gives the codes that were down, in the order they were pressed. */
  takeAll(): string[] {
    const codes = [...this.#held];
    this.#held.clear();
    this.#armed = false;
    return codes;
  }
}
