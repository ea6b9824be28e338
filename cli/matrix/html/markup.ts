// Pure: texts of others as HTML. Only what `html` makes of its own text is markup; every value that is put into it is escaped.
import { visible } from '@tt/protocol';

/** Markup that is safe to stand in a page. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Part = string | number | Markup | null | readonly Part[];

/** A template whose values are texts, or markup made by it. */
export function html(strings: TemplateStringsArray, ...values: readonly Part[]): Markup {
  const [first = '', ...rest] = strings;
  return new Markup(rest.reduce((text, string, index) => text + markupOf(values[index] ?? null) + string, first));
}

function markupOf(part: Part): string {
  if (part === null) return '';
  if (part instanceof Markup) return part.text;
  if (typeof part === 'string' || typeof part === 'number') return escaped(String(part));
  return part.map(markupOf).join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
/** Lone halves of surrogate pairs: no encoding has them. */
const LONE = /[\ud800-\udfff]/gu;

/** Also between quotes. What would move or reverse text is shown as its escape. */
function escaped(text: string): string {
  return visible(text)
    .replaceAll(LONE, '\ufffd')
    .replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

/** Colours, cursor moves and titles that programs send to terminals. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const SEQUENCES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\^_=>])/g; // oxlint-disable-line no-control-regex -- as above

/** What a program printed for a terminal, as lines. */
export function terminalText(text: string): string {
  return text
    .replaceAll(SEQUENCES, '')
    .replaceAll(/\r(?=\r)/g, '')
    .replaceAll(/\r\n?/g, '\n');
}
