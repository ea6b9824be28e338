// Tells text from keys: on-screen keyboards, password managers and programs that type send characters without saying which
// key was pressed, and an input method gives its text at the end. Used by VncScreen.

/** The part of a DOM KeyboardEvent that is needed. */
export interface KeyPress {
  /** Empty when no key is known. */
  code: string;
  key: string;
  isComposing: boolean;
}

/** The text of a press that has no key, '' for one whose text comes later; null for a key, also one without a name. */
export function textWithoutKey({ code, key, isComposing }: KeyPress): string | null {
  if (isComposing) return '';
  const isCharacter = Array.from(key).length === 1;
  return (code === '' || code === 'Unidentified') && isCharacter ? key : null;
}
