// Which key of a US keyboard, with or without Shift, gives which character. Tables only; guest-keyboard.ts presses.
import { usKeys } from '@tt/protocol';

/** One press or release, as RFB.sendKey takes it. `code` names the physical key; guests see that, not the character. */
export interface KeyEvent {
  /** X11 keysym; 0 when there is none. Counts only for servers that do not take physical keys. */
  keysym: number;
  /** As in KeyboardEvent.code. */
  code: string;
  down: boolean;
}

export interface TypableText {
  /** What can be typed, in order, one key each. CRLF and CR are one Enter. */
  characters: readonly string[];
  /** Characters no US keyboard has, each once, in order of appearance. They are left out. */
  untypable: readonly string[];
}

/** The key of a character, and whether it needs Shift while Caps Lock is off. */
export interface Stroke {
  keysym: number;
  code: string;
  shifted: boolean;
}

const strokes: ReadonlyMap<string, Stroke> = new Map(allStrokes());

function* allStrokes(): Generator<[string, Stroke]> {
  for (const [code, [plain, withShift]] of usKeys) {
    yield [withShift, { keysym: keysymOf(withShift), code, shifted: true }];
    yield [plain, { keysym: keysymOf(plain), code, shifted: false }];
  }
}

/** Latin-1 keysyms are their own code points. */
function keysymOf(character: string): number {
  return { '\n': 0xff0d, '\t': 0xff09 }[character] ?? character.charCodeAt(0);
}

/** The key of one character; undefined when a US keyboard has none. */
export function strokeOf(character: string): Stroke | undefined {
  return strokes.get(character);
}

/** What of `text` a US keyboard can type. */
export function typable(text: string): TypableText {
  const all = Array.from(text.replace(/\r\n?/g, '\n'));
  return {
    characters: all.filter((character) => strokes.has(character)),
    untypable: [...new Set(all.filter((character) => !strokes.has(character)))],
  };
}
