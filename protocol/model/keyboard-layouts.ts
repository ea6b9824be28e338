// Layouts of guests that text is typed for: which keys, with Shift and AltGr, give which character, also by a dead key before the letter.
// Keys are named as in KeyboardEvent.code. As far as Linux and Windows agree; where they do not (AltGr-~ and AltGr-` of some are dead on
// Windows), as Linux (xkeyboard-config).
import { z } from 'zod';
import { usKeys } from './us-keyboard.ts';

export const keyboardLayouts = ['us', 'gb', 'de', 'fr', 'es', 'it', 'se'] as const;
export const keyboardLayoutSchema = z.enum(keyboardLayouts);
export type KeyboardLayout = z.infer<typeof keyboardLayoutSchema>;

/** One key that is pressed and released while the others are held. */
export interface LayoutStroke {
  code: string;
  shift: boolean;
  altGr: boolean;
  /** Caps Lock turns its Shift around. */
  isLetter: boolean;
}

const letters = (row: string) => Array.from(row, (letter) => `Key${letter}`);
const digits = Array.from('1234567890', (digit) => `Digit${digit}`);

/** Keys of an ISO keyboard, row by row: what the rows of a layout stand for. */
const rows: readonly (readonly string[])[] = [
  ['Backquote', ...digits, 'Minus', 'Equal'],
  [...letters('QWERTYUIOP'), 'BracketLeft', 'BracketRight'],
  [...letters('ASDFGHJKL'), 'Semicolon', 'Quote', 'Backslash'],
  ['IntlBackslash', ...letters('ZXCVBNM'), 'Comma', 'Period', 'Slash'],
];

/** Four rows without Shift, four with; a space for a key that gives nothing there. */
interface Table {
  plain: readonly [string, string, string, string];
  shift: readonly [string, string, string, string];
  /** Character -> key. */
  altGr: Readonly<Record<string, string>>;
  /** The same, with Shift too. */
  altGrShift?: Readonly<Record<string, string>>;
  /** Characters of `plain` and `shift` that are dead keys: they wait for the letter. */
  dead: string;
}

const tables: Readonly<Record<Exclude<KeyboardLayout, 'us'>, Table>> = {
  gb: {
    plain: ['`1234567890-=', 'qwertyuiop[]', "asdfghjkl;'#", '\\zxcvbnm,./'],
    shift: ['¬!"£$%^&*()_+', 'QWERTYUIOP{}', 'ASDFGHJKL:@~', '|ZXCVBNM<>?'],
    altGr: { '€': 'Digit4' },
    dead: '',
  },
  de: {
    plain: ['^1234567890ß´', 'qwertzuiopü+', 'asdfghjklöä#', '<yxcvbnm,.-'],
    shift: ['°!"§$%&/()=?`', 'QWERTZUIOPÜ*', "ASDFGHJKLÖÄ'", '>YXCVBNM;:_'],
    altGr: {
      '²': 'Digit2',
      '³': 'Digit3',
      '{': 'Digit7',
      '[': 'Digit8',
      ']': 'Digit9',
      '}': 'Digit0',
      '\\': 'Minus',
      '@': 'KeyQ',
      '€': 'KeyE',
      '~': 'BracketRight',
      '|': 'IntlBackslash',
      µ: 'KeyM',
    },
    dead: '^´`',
  },
  fr: {
    plain: ['²&é"\'(-è_çà)=', 'azertyuiop^$', 'qsdfghjklmù*', '<wxcvbn,;:!'],
    shift: [' 1234567890°+', 'AZERTYUIOP¨£', 'QSDFGHJKLM%µ', '>WXCVBN?./§'],
    altGr: {
      '~': 'Digit2',
      '#': 'Digit3',
      '{': 'Digit4',
      '[': 'Digit5',
      '|': 'Digit6',
      '`': 'Digit7',
      '\\': 'Digit8',
      '^': 'Digit9',
      '@': 'Digit0',
      ']': 'Minus',
      '}': 'Equal',
      '€': 'KeyE',
    },
    dead: '^¨',
  },
  es: {
    plain: ["º1234567890'¡", 'qwertyuiop`+', 'asdfghjklñ´ç', '<zxcvbnm,.-'],
    shift: ['ª!"·$%&/()=?¿', 'QWERTYUIOP^*', 'ASDFGHJKLÑ¨Ç', '>ZXCVBNM;:_'],
    altGr: {
      '\\': 'Backquote',
      '|': 'Digit1',
      '@': 'Digit2',
      '#': 'Digit3',
      '~': 'Digit4',
      '€': 'KeyE',
      '[': 'BracketLeft',
      ']': 'BracketRight',
      '{': 'Quote',
      '}': 'Backslash',
    },
    dead: '`^´¨',
  },
  it: {
    plain: ["\\1234567890'ì", 'qwertyuiopè+', 'asdfghjklòàù', '<zxcvbnm,.-'],
    shift: ['|!"£$%&/()=?^', 'QWERTYUIOPé*', 'ASDFGHJKLç°§', '>ZXCVBNM;:_'],
    altGr: {
      '€': 'KeyE',
      '@': 'Semicolon',
      '#': 'Quote',
      '[': 'BracketLeft',
      ']': 'BracketRight',
      '`': 'Minus',
      '~': 'Equal',
    },
    altGrShift: { '{': 'BracketLeft', '}': 'BracketRight' },
    dead: '',
  },
  se: {
    plain: ['§1234567890+´', 'qwertyuiopå¨', "asdfghjklöä'", '<zxcvbnm,.-'],
    shift: ['½!"#¤%&/()=?`', 'QWERTYUIOPÅ^', 'ASDFGHJKLÖÄ*', '>ZXCVBNM;:_'],
    altGr: {
      '@': 'Digit2',
      '£': 'Digit3',
      $: 'Digit4',
      '{': 'Digit7',
      '[': 'Digit8',
      ']': 'Digit9',
      '}': 'Digit0',
      '\\': 'Minus',
      '€': 'KeyE',
      '|': 'IntlBackslash',
      µ: 'KeyM',
    },
    dead: '´`¨^',
  },
};

/** Spacing form of a dead key -> the mark it puts on a letter (Unicode). */
const marks: Readonly<Record<string, string>> = {
  '`': '\u0300',
  '´': '\u0301',
  '^': '\u0302',
  '¨': '\u0308',
};
/** Dead keys that give themselves before a space, on every system. */
const SPACED = '^`';
const plainKeys = { ' ': 'Space', '\n': 'Enter', '\t': 'Tab' } as const;

type Strokes = readonly LayoutStroke[];

/** The strokes of a character, in order: one, or a dead key and a letter. undefined: this layout can't type it. */
export function strokesIn(layout: KeyboardLayout, character: string): Strokes | undefined {
  const characters = charactersOf(layout);
  return characters.get(character) ?? composed(characters, character);
}

const made = new Map<KeyboardLayout, ReadonlyMap<string, Strokes>>();

/** Made when it is first asked for. Dead keys are in it as `dead` and their character. */
function charactersOf(layout: KeyboardLayout): ReadonlyMap<string, Strokes> {
  const known = made.get(layout);
  if (known) return known;
  const all = layout === 'us' ? ofUs() : ofTable(tables[layout]);
  for (const [character, code] of Object.entries(plainKeys)) all.set(character, [stroke(code)]);
  for (const dead of SPACED) {
    const before = all.get(deadName(dead));
    if (before && !all.has(dead)) all.set(dead, [...before, stroke('Space')]);
  }
  made.set(layout, all);
  return all;
}

function ofUs(): Map<string, Strokes> {
  const all = new Map<string, Strokes>();
  for (const [code, [plain, withShift]] of usKeys) {
    const isLetter = code.startsWith('Key');
    all.set(plain, [stroke(code, { isLetter })]);
    if (withShift !== plain) all.set(withShift, [stroke(code, { shift: true, isLetter })]);
  }
  return all;
}

function ofTable({ plain, shift, altGr, altGrShift = {}, dead }: Table): Map<string, Strokes> {
  const all = new Map<string, Strokes>();
  const add = (character: string, one: LayoutStroke) => {
    const name = dead.includes(character) && !one.altGr ? deadName(character) : character;
    // The first way is the plainest.
    if (character !== ' ' && !all.has(name)) all.set(name, [one]);
  };
  for (const layer of [plain, shift]) {
    for (const [row, codes] of rows.entries()) {
      for (const [at, character] of Array.from(layer[row] ?? '').entries()) {
        const code = codes[at];
        const other = Array.from((layer === plain ? shift : plain)[row] ?? '')[at] ?? '';
        const isLetter = character !== other && character.toLowerCase() === other.toLowerCase();
        if (code !== undefined) add(character, stroke(code, { shift: layer === shift, isLetter }));
      }
    }
  }
  for (const [character, code] of Object.entries(altGr)) add(character, stroke(code, { altGr: true }));
  for (const [character, code] of Object.entries(altGrShift))
    add(character, stroke(code, { altGr: true, shift: true }));
  return all;
}

/** `é` is a dead `´` and an `e`, where the layout has no key for it. */
function composed(characters: ReadonlyMap<string, Strokes>, character: string): Strokes | undefined {
  const [letter, mark, ...more] = Array.from(character.normalize('NFD'));
  if (letter === undefined || mark === undefined || more.length > 0) return undefined;
  const dead = Object.keys(marks).find((one) => marks[one] === mark);
  const before = dead === undefined ? undefined : characters.get(deadName(dead));
  const after = characters.get(letter);
  return before && after && [...before, ...after];
}

const deadName = (character: string) => `dead ${character}`;

function stroke(code: string, more: Partial<LayoutStroke> = {}): LayoutStroke {
  return { code, shift: false, altGr: false, isLetter: false, ...more };
}
