// Makes foreign text harmless for terminals and logs: names, notes and output of guests must not reach a terminal as commands
// (ESC, OSC 52, CR) or reverse the text direction (U+202E).

/** Control characters except line feed and tab, and invisible characters that change the text direction. */
const UNSAFE = /(?![\n\t])\p{Cc}|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/** `\u001b` for ESC, which JSON can parse too. */
export function visible(text: string): string {
  return text.replace(UNSAFE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
