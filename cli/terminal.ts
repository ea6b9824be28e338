// The only code of `tt` that writes to its output: others write names, notes and log lines, which must not reach the terminal as
// commands (ESC, OSC 52, CR) or reverse the text (U+202E).
import { once } from 'node:events';
import { print as printAnswer, printError } from '@tt/client/node';
import { visible } from '@tt/protocol';

export { printAnswer, printError };

let isQuiet = false;

/** `--quiet`: texts for people and progress are left out; errors and JSON are not. */
export function beQuiet(on: boolean): void {
  isQuiet = on;
}

/** Texts for people. */
export function print(text: string): void {
  if (!isQuiet) printAnswer(text);
}

export interface Coloured {
  colour: keyof typeof colours;
  text: string;
}

/** SGR numbers. */
const colours = { green: 32, red: 31, yellow: 33, magenta: 35 } as const;

/** Lines for people, in colour on a terminal, unless the user wants none (no-color.org). The colours are ours, not the text's. */
export function printLines(lines: readonly Coloured[]): void {
  if (isQuiet) return;
  const isColoured = process.stdout.isTTY && !process.env['NO_COLOR'];
  for (const { colour, text } of lines) {
    if (isColoured) process.stdout.write(`\u001b[${colours[colour]}m${visible(text)}\u001b[0m\n`);
    else printAnswer(`${text}\n`);
  }
}

/** How wide the terminal is that people look at; null for a file or a pipe. */
export function terminalColumns(): number | null {
  return process.stdout.isTTY ? process.stdout.columns : null;
}

/** Begins a new screen where a person looks at one; a file or pipe gets nothing. */
export function clearScreen(): void {
  if (process.stdout.isTTY) process.stdout.write('\u001b[H\u001b[2J');
}

let drawnLines = 0;

/** Replaces the lines it has drawn before, on a terminal at standard error; an empty `text` removes them. */
export function drawBlock(text: string): void {
  if (isQuiet) return;
  const up = drawnLines > 0 ? `\u001b[${drawnLines}A` : '';
  process.stderr.write(`${up}\r\u001b[J${visible(text)}`);
  drawnLines = text.split('\n').length - 1;
}

/** Bytes as they are, to a file or another program; resolves when more can be taken. Not for terminals. */
export async function writeBytes(bytes: Uint8Array): Promise<void> {
  if (!process.stdout.write(bytes)) await once(process.stdout, 'drain');
}

/** Replaces the last line of a terminal at standard error; an empty `text` removes it. */
export function printProgress(text: string): void {
  if (!isQuiet) process.stderr.write(`\r\u001b[2K${visible(text)}`);
}
