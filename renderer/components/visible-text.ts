// What a guest printed, as text to be read: colours and cursor movements are left out, of a line that was written over its end stays,
// and characters that would not be seen or would turn the text around are shown by their number. Pure.
import { visible } from '@tt/protocol';

const ESC = String.fromCharCode(0x1b);
const BEL = String.fromCharCode(0x07);
/** CSI and OSC sequences, and the short ones of two characters. */
const TERMINAL_SEQUENCE = new RegExp(
  `${ESC}(?:\\[[0-?]*[ -/]*[@-~]|\\][^${BEL}${ESC}]*(?:${BEL}|${ESC}\\\\)|[@-Z\\\\^_=>78])`,
  'g',
);
/** What a carriage return leaves to be written over. */
const WRITTEN_OVER = /[^\n\r]*\r(?=[^\n\r])/g;

export function visibleText(text: string): string {
  const plain = text
    .replace(TERMINAL_SEQUENCE, '')
    .replace(/\r+\n/g, '\n')
    .replace(WRITTEN_OVER, '')
    .replace(/\r$/, '');
  return visible(plain);
}
