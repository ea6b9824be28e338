// The keys of a US keyboard, named as in KeyboardEvent.code, and the characters of each. Text is typed on this keyboard.
import { z } from 'zod';

type Characters = readonly [plain: string, withShift: string];

const symbolKeys = {
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
  Space: [' ', ' '],
  Enter: ['\n', '\n'],
  Tab: ['\t', '\t'],
} as const satisfies Readonly<Record<string, Characters>>;

const letterKeys = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ').map((letter): [string, Characters] => [
  `Key${letter}`,
  [letter.toLowerCase(), letter],
]);

/** Key -> its character, and the one with Shift. Caps Lock swaps the two of letters. */
export const usKeys: ReadonlyMap<string, Characters> = new Map([...letterKeys, ...Object.entries(symbolKeys)]);

/** A key that text is typed with; `IntlBackslash` is beside the left Shift, where a US keyboard has none. */
export const typingKeySchema = z.enum([...usKeys.keys(), 'IntlBackslash', 'ShiftLeft', 'ShiftRight', 'AltRight']);

/** One press or release. */
export const typingEventSchema = z.strictObject({ code: typingKeySchema, down: z.boolean() });
export type TypingEvent = z.infer<typeof typingEventSchema>;
