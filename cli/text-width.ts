// How many columns of a terminal a text takes: Chinese, Japanese and Korean characters take two, combining marks none.
import { eastAsianWidth } from 'get-east-asian-width';

const ASCII = /^[ -~]*$/;
/** Marks, joiners and variation selectors draw on the character before them. */
const ZERO = /^[\p{M}\p{Cf}]$/u;
/** Drawn as a picture: a flag, and what a selector asks to be one. */
const PICTURE = /^\p{Regional_Indicator}{2}|\ufe0f/u;

let segmenter: Intl.Segmenter | undefined;

/** Characters as people see them. Node takes 20 ms to make the segmenter, so only texts that need it wait for it. */
function graphemesOf(text: string): string[] {
  segmenter ??= new Intl.Segmenter();
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

export function textWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  return graphemesOf(text).reduce((sum, grapheme) => sum + graphemeWidth(grapheme), 0);
}

/** Of several characters drawn as one (a family, a flag), the widest. */
function graphemeWidth(grapheme: string): number {
  if (PICTURE.test(grapheme)) return 2;
  const widths = Array.from(grapheme, (character) =>
    ZERO.test(character) ? 0 : eastAsianWidth(character.codePointAt(0) ?? 0),
  );
  return Math.max(0, ...widths);
}

/** With spaces behind it, up to `width` columns. */
export function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - textWidth(text)));
}

/** Cut to `width` columns, with an ellipsis where something is missing. */
export function shortened(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let kept = '';
  let left = width - 1;
  for (const grapheme of graphemesOf(text)) {
    left -= graphemeWidth(grapheme);
    if (left < 0) break;
    kept += grapheme;
  }
  return `${kept}…`;
}
