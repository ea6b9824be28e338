// Which keys, with or without Shift and AltGr, give which character in a guest, by its layout; guest-keyboard.ts presses.
import { type KeyboardLayout, strokesIn, usKeys } from '@tt/protocol';

/** One press or release, as RFB.sendKey takes it. `code` names the physical key; guests see that, not the character. */
export interface KeyEvent {
  /** X11 keysym; 0 when there is none. Counts only for servers that do not take physical keys. */
  keysym: number;
  /** As in KeyboardEvent.code. */
  code: string;
  down: boolean;
}

export interface TypableText {
  /** What can be typed, in order. CRLF and CR are one Enter. */
  characters: readonly string[];
  /** Characters the keyboard does not have, each once, in order of appearance. They are left out. */
  untypable: readonly string[];
}

/** A key of a character, and what it needs while Caps Lock is off. */
export interface Stroke {
  keysym: number;
  code: string;
  shifted: boolean;
  altGr: boolean;
  /** Caps Lock turns its Shift around. */
  isLetter: boolean;
}

/** Of the key beside the left Shift, which a US keyboard has not: what servers that take symbols alone know it by. */
const XK_LESS = 0x3c;

/** The keys of one character, in order; undefined when a keyboard of this layout can't type it. */
export function strokesOf(character: string, layout: KeyboardLayout = 'us'): readonly Stroke[] | undefined {
  return strokesIn(layout, character)?.map(({ code, shift: shifted, altGr, isLetter }) => ({
    keysym: keysymOf(code, shifted),
    code,
    shifted,
    altGr,
    isLetter,
  }));
}

/** What the key gives on a US keyboard: servers without physical keys look for it there. Latin-1 keysyms are their own code points. */
function keysymOf(code: string, shifted: boolean): number {
  const character = usKeys.get(code)?.[shifted ? 1 : 0];
  if (character === undefined) return XK_LESS;
  return { '\n': 0xff0d, '\t': 0xff09 }[character] ?? character.charCodeAt(0);
}

/** What of `text` a keyboard of this layout can type. */
export function typable(text: string, layout: KeyboardLayout = 'us'): TypableText {
  const all = Array.from(text.normalize('NFC').replace(/\r\n?/g, '\n'));
  const can = (character: string) => strokesIn(layout, character) !== undefined;
  return {
    characters: all.filter((character) => can(character)),
    untypable: [...new Set(all.filter((character) => !can(character)))],
  };
}
