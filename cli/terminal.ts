// The only code of `tt` that writes to its output: others write names, notes and log lines, which must not reach the terminal as
// commands (ESC, OSC 52, CR) or reverse the text (U+202E).
import { visible } from '@tt/protocol';

export { print, printError } from '@tt/client/node';

/** Begins a new screen where a person looks at one; a file or pipe gets nothing. */
export function clearScreen(): void {
  if (process.stdout.isTTY) process.stdout.write('\u001b[H\u001b[2J');
}

/** Replaces the last line of a terminal at standard error; an empty `text` removes it. */
export function printProgress(text: string): void {
  process.stderr.write(`\r\u001b[2K${visible(text)}`);
}
