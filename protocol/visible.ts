// Text of others made harmless for terminals and logs: names, notes and what guests print must not reach a terminal as commands
// (ESC, OSC 52, CR) or turn the text around (U+202E).

/** Control characters but line feed and tab, and characters that are not seen but change the direction of the text. */
const UNSAFE = /(?![\n\t])\p{Cc}|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/** `\u001b` in place of ESC: what JSON understands too. */
export function visible(text: string): string {
  return text.replace(UNSAFE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
