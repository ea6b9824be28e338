// The PS/2 keyboard of a fake guest: keys, Shift and Caps Lock become text on a US layout.
import { type TypingEvent, usKeys } from '@tt/protocol';

export interface KeyboardListener {
  typed: (character: string) => void;
  backspace: () => void;
}

const letters = (row: string) => Array.from(row, (letter) => `Key${letter}`);

/** Scancodes 1 to 58 of a PC keyboard, in their order. */
const codes = [
  'Escape',
  ...Array.from('1234567890', (digit) => `Digit${digit}`),
  'Minus',
  'Equal',
  'Backspace',
  'Tab',
  ...letters('QWERTYUIOP'),
  'BracketLeft',
  'BracketRight',
  'Enter',
  'ControlLeft',
  ...letters('ASDFGHJKL'),
  'Semicolon',
  'Quote',
  'Backquote',
  'ShiftLeft',
  'Backslash',
  ...letters('ZXCVBNM'),
  'Comma',
  'Period',
  'Slash',
  'ShiftRight',
  'NumpadMultiply',
  'AltLeft',
  'Space',
  'CapsLock',
];
const keysyms: ReadonlyMap<number, string> = new Map([
  [0xff08, 'Backspace'],
  [0xff09, 'Tab'],
  [0xff0d, 'Enter'],
  [0xffe1, 'ShiftLeft'],
  [0xffe2, 'ShiftRight'],
  [0xffe5, 'CapsLock'],
]);
const codeOfCharacter = new Map([...usKeys].flatMap(([code, both]) => both.map((character) => [character, code])));

export class FakeKeyboard {
  capsLock = false;
  readonly #down = new Set<string>();
  readonly #listener: KeyboardListener;

  constructor(listener: KeyboardListener) {
    this.#listener = listener;
  }

  /** A key of a PC keyboard. */
  scancode(scancode: number, down: boolean): void {
    const code = codes[scancode - 1];
    if (code !== undefined) this.key({ code, down });
  }

  /** Like QEMU: looks for the key that has the symbol, and leaves Shift as it is. */
  keysym(keysym: number, down: boolean): void {
    const code = keysyms.get(keysym) ?? codeOfCharacter.get(String.fromCharCode(keysym));
    if (code !== undefined) this.key({ code, down });
  }

  key({ code, down }: TypingEvent): void {
    if (!down) {
      this.#down.delete(code);
      return;
    }
    if (code === 'CapsLock' && !this.#down.has(code)) this.capsLock = !this.capsLock;
    this.#down.add(code);
    if (code === 'Backspace') this.#listener.backspace();
    const characters = usKeys.get(code);
    if (!characters) return;
    const shift = this.#down.has('ShiftLeft') || this.#down.has('ShiftRight');
    const [plain, withShift] = characters;
    this.#listener.typed(shift !== (this.capsLock && code.startsWith('Key')) ? withShift : plain);
  }

  /** As when a viewer disconnects: keys it held down are released. */
  releaseAll(): void {
    this.#down.clear();
  }
}
