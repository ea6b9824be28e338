// Keys that a window or system keeps for itself, for the menu of the console toolbar. Tables only.
import type { KeyEvent } from './us-keyboard.ts';

type Key = Omit<KeyEvent, 'down'>;

export interface KeyChord {
  id: string;
  label: string;
  keys: readonly Key[];
}

const control: Key = { keysym: 0xffe3, code: 'ControlLeft' };
const alt: Key = { keysym: 0xffe9, code: 'AltLeft' };
const functionKey = (number: number): Key => ({ keysym: 0xffbd + number, code: `F${number}` });
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

export const functionKeys: readonly KeyChord[] = upTo(12).map((number) => ({
  id: `f${number}`,
  label: `F${number}`,
  keys: [functionKey(number)],
}));

export const terminalKeys: readonly KeyChord[] = upTo(6).map((number) => ({
  id: `terminal-${number}`,
  label: `Ctrl-Alt-F${number}`,
  keys: [control, alt, functionKey(number)],
}));
