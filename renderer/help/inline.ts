// Text of a Markdown line as spans: code, strong, emphasis and links, as far as the guides use them. Anything else is plain text,
// never markup: nothing of it is ever given to the browser as HTML.

export type Span =
  | { kind: 'text' | 'code'; text: string }
  | { kind: 'strong' | 'em'; spans: Span[] }
  /** `href` as written: `#anchor`, another document, or an address. */
  | { kind: 'link'; href: string; spans: Span[] };

/** Code first: what is in it means nothing. A mark inside a word is none. */
const marks =
  /`(?<code>[^`]+)`|!?\[(?<label>[^\]]*)\]\((?<href>[^)\s]*)\)|\*\*(?<strong>[^*]+(?:\*(?!\*)[^*]*)*)\*\*|(?<![\w])_(?<em>[^_]+)_(?![\w])/;

export function spansOf(text: string): Span[] {
  const spans: Span[] = [];
  let rest = text;
  for (let found = marks.exec(rest); found?.groups; found = marks.exec(rest)) {
    if (found.index > 0) spans.push({ kind: 'text', text: plain(rest.slice(0, found.index)) });
    const { code, label, href, strong, em } = found.groups;
    if (code !== undefined) spans.push({ kind: 'code', text: code });
    else if (strong !== undefined) spans.push({ kind: 'strong', spans: spansOf(strong) });
    else if (em !== undefined) spans.push({ kind: 'em', spans: spansOf(em) });
    else spans.push({ kind: 'link', href: href ?? '', spans: spansOf(label ?? '') });
    rest = rest.slice(found.index + found[0].length);
  }
  if (rest !== '') spans.push({ kind: 'text', text: plain(rest) });
  return spans;
}

/** What a reader sees of spans, for search and for names of headings. */
export function textOf(spans: readonly Span[]): string {
  return spans.map((span) => ('spans' in span ? textOf(span.spans) : span.text)).join('');
}

/** Without the signs that keep Markdown from reading a mark. */
function plain(text: string): string {
  return text.replace(/\\([\\`*_{}[\]()#+\-.!|<>~])/g, '$1');
}
