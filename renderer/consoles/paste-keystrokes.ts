// Pasting into a guest that has no agent: text becomes the key presses of a US keyboard. `planKeystrokes` is pure; the
// runner sends the plan at a pace a guest's keyboard controller can take. Used by PasteDialog.

/** One press or release, as RFB.sendKey takes it. `code` names the physical key; guests see that, not the character. */
export interface KeyEvent {
  keysym: number;
  code: string;
  down: boolean;
}

export interface KeystrokePlan {
  /** Key events of each character, in order; Shift is pressed and released within its character. */
  characters: readonly (readonly KeyEvent[])[];
  /** Characters no US keyboard has, each once, in order of appearance. They are left out. */
  untypable: readonly string[];
}

const XK_SHIFT_L = 0xffe1;
const shift = (down: boolean): KeyEvent => ({ keysym: XK_SHIFT_L, code: 'ShiftLeft', down });

/** Physical key -> its character, and the one with Shift (US layout). */
const symbolKeys: Readonly<Record<string, readonly [string, string]>> = {
  Backquote: ['`', '~'],
  Digit1: ['1', '!'],
  Digit2: ['2', '@'],
  Digit3: ['3', '#'],
  Digit4: ['4', '$'],
  Digit5: ['5', '%'],
  Digit6: ['6', '^'],
  Digit7: ['7', '&'],
  Digit8: ['8', '*'],
  Digit9: ['9', '('],
  Digit0: ['0', ')'],
  Minus: ['-', '_'],
  Equal: ['=', '+'],
  BracketLeft: ['[', '{'],
  BracketRight: [']', '}'],
  Backslash: ['\\', '|'],
  Semicolon: [';', ':'],
  Quote: ["'", '"'],
  Comma: [',', '<'],
  Period: ['.', '>'],
  Slash: ['/', '?'],
};

interface Stroke {
  keysym: number;
  code: string;
  shifted: boolean;
}

const strokes: ReadonlyMap<string, Stroke> = new Map(allStrokes());

function* allStrokes(): Generator<[string, Stroke]> {
  for (const letter of 'abcdefghijklmnopqrstuvwxyz') {
    const upper = letter.toUpperCase();
    yield [letter, { keysym: letter.charCodeAt(0), code: `Key${upper}`, shifted: false }];
    yield [upper, { keysym: upper.charCodeAt(0), code: `Key${upper}`, shifted: true }];
  }
  for (const [code, [plain, shifted]] of Object.entries(symbolKeys)) {
    yield [plain, { keysym: plain.charCodeAt(0), code, shifted: false }];
    yield [shifted, { keysym: shifted.charCodeAt(0), code, shifted: true }];
  }
  yield [' ', { keysym: 0x20, code: 'Space', shifted: false }];
  yield ['\n', { keysym: 0xff0d, code: 'Enter', shifted: false }];
  yield ['\t', { keysym: 0xff09, code: 'Tab', shifted: false }];
}

/** What to press to type `text` on a US keyboard. CRLF and CR count as one Enter. */
export function planKeystrokes(text: string): KeystrokePlan {
  const characters: KeyEvent[][] = [];
  const untypable = new Set<string>();
  for (const character of text.replace(/\r\n?/g, '\n')) {
    const stroke = strokes.get(character);
    if (!stroke) {
      untypable.add(character);
      continue;
    }
    const { keysym, code, shifted } = stroke;
    const press = [
      { keysym, code, down: true },
      { keysym, code, down: false },
    ];
    characters.push(shifted ? [shift(true), ...press, shift(false)] : press);
  }
  return { characters, untypable: [...untypable] };
}

/** An i8042 keyboard holds 16 bytes and a slow guest reads them late; 20 ms a character loses none under TCG. */
export const PASTE_CHARACTER_MS = 20;

export interface TypeOptions {
  send: (event: KeyEvent) => void;
  signal: AbortSignal;
  onProgress: (done: number, total: number) => void;
  /** Waits between characters; default PASTE_CHARACTER_MS. */
  pause?: () => Promise<void>;
}

/** Types the plan. Stops between characters when aborted (so no key stays down); resolves with how many were typed. */
export async function typeKeystrokes(plan: KeystrokePlan, options: TypeOptions): Promise<number> {
  const pause = options.pause ?? (() => new Promise<void>((resolve) => setTimeout(resolve, PASTE_CHARACTER_MS)));
  let done = 0;
  for (const events of plan.characters) {
    if (options.signal.aborted) break;
    for (const event of events) options.send(event);
    done++;
    options.onProgress(done, plan.characters.length);
    await pause();
  }
  return done;
}
