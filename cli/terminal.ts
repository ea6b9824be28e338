// The only code of `tt` that writes to its output: names, notes and log lines are written by others, and must not reach the
// terminal as commands (ESC, OSC 52, CR) or turn the text around (U+202E).

/** Control characters but line feed and tab, and characters that are not seen but change the direction of the text. */
const UNSAFE = /(?![\n\t])\p{Cc}|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/** `\u001b` in place of ESC: what JSON understands too. */
export function visible(text: string): string {
  return text.replace(UNSAFE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Writes to standard output. */
export function print(text: string): void {
  process.stdout.write(visible(text));
}

/** Writes to standard error. */
export function printError(text: string): void {
  process.stderr.write(visible(text));
}

/** Begins a new screen where a person looks at one; a file or pipe gets nothing. */
export function clearScreen(): void {
  if (process.stdout.isTTY) process.stdout.write('\u001b[H\u001b[2J');
}

/** Replaces the last line of a terminal at standard error; an empty `text` removes it. */
export function printProgress(text: string): void {
  process.stderr.write(`\r\u001b[2K${visible(text)}`);
}
