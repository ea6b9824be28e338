// What a text becomes before it is pasted into a guest, and whether somebody should look at it first. Pure.

export interface PastePlan {
  /** Line ends are Enter; control characters that would act as keys are left out. */
  text: string;
  lines: number;
  /** Characters that were left out. */
  leftOut: number;
  /** Many lines act at once in a shell: ask first. */
  asks: boolean;
  tooLong: boolean;
}

/** More goes by `tt env push`, or by dropping a file: a serial port is slow, and nothing checks what arrives. */
export const MOST_PASTED_CHARACTERS = 256 * 1024;
/** A guest that takes pastes as such runs nothing until Enter is pressed; so many lines are still looked at. */
const MOST_LINES_TAKEN_AS_PASTE = 20;
/** C0 but Tab and Enter, DEL and C1: Escape would end a bracketed paste, Ctrl-C would interrupt. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is left out
const CONTROL = /[\x00-\x08\x0a-\x0c\x0e-\x1f\x7f-\x9f]/g; // oxlint-disable-line no-control-regex -- as above

/** `isTakenAsPaste`: the guest has asked for bracketed pastes. */
export function planPaste(text: string, isTakenAsPaste: boolean): PastePlan {
  const withEnters = text.replace(/\r\n|\n|\u2028|\u2029/g, '\r');
  const typed = withEnters.replace(CONTROL, '');
  const lines = typed.replace(/\r+$/, '').split('\r').length;
  return {
    text: typed,
    lines,
    leftOut: withEnters.length - typed.length,
    asks: lines > (isTakenAsPaste ? MOST_LINES_TAKEN_AS_PASTE : 1),
    tooLong: typed.length > MOST_PASTED_CHARACTERS,
  };
}
