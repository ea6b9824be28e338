// What may be put into a script for a guest, between quotes.

const WORD = /^[A-Za-z0-9.:-]*$/;

/** The value must not be able to end its quotes. */
export function safe(text: string, allowed = WORD): string {
  if (!allowed.test(text)) throw new Error(`not a word for a guest's script: ${JSON.stringify(text)}`);
  return text;
}
