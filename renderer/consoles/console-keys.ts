// Keys that a window or system keeps for itself, for the menu of the console toolbar. Tables only.
import type { KeyEvent } from './typed-characters.ts';

type Key = Omit<KeyEvent, 'down'>;

export interface KeyChord {
  id: string;
  label: string;
  keys: readonly Key[];
}

const control: Key = { keysym: 0xffe3, code: 'ControlLeft' };
const alt: Key = { keysym: 0xffe9, code: 'AltLeft' };
const key = (keysym: number, code: string): Key => ({ keysym, code });
const functionKey = (number: number): Key => ({ keysym: 0xffbd + number, code: `F${number}` });
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

export const functionKeys: readonly KeyChord[] = upTo(12).map((number) => ({
  id: `f${number}`,
  label: `F${number}`,
  keys: [functionKey(number)],
}));

const print = key(0xff61, 'PrintScreen');

/** Keys that windows and systems keep for themselves. */
export const otherKeys: readonly KeyChord[] = [
  { id: 'escape', label: 'Esc', keys: [key(0xff1b, 'Escape')] },
  { id: 'super', label: 'Super', keys: [key(0xffeb, 'MetaLeft')] },
  { id: 'alt-tab', label: 'Alt-Tab', keys: [alt, key(0xff09, 'Tab')] },
  { id: 'alt-f4', label: 'Alt-F4', keys: [alt, functionKey(4)] },
  { id: 'print', label: 'PrtSc', keys: [print] },
];

/** Linux, Documentation/admin-guide/sysrq.rst: sync, remount read-only, tasks that are blocked, reboot at once. */
export const sysRqKeys: readonly KeyChord[] = ['s', 'u', 'w', 'b'].map((letter) => ({
  id: `sysrq-${letter}`,
  label: `Alt-SysRq-${letter.toUpperCase()}`,
  keys: [alt, print, key(letter.charCodeAt(0), `Key${letter.toUpperCase()}`)],
}));

export const terminalKeys: readonly KeyChord[] = upTo(6).map((number) => ({
  id: `terminal-${number}`,
  label: `Ctrl-Alt-F${number}`,
  keys: [control, alt, functionKey(number)],
}));
