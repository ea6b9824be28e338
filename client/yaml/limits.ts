// What a file of YAML may ask of whoever reads it: checked on its tokens, before any value is made of them.
import { type Reason, reason } from '@tt/protocol';
import { type CST, Lexer, type LineCounter, Parser } from 'yaml';

export const yamlLimits = {
  /** Characters of a file. */
  length: 262_144,
  documents: 64,
  /** Of lists and maps in one another. */
  depth: 32,
  /** Values of a file, keys included. */
  values: 20_000,
  /** Of one list or map: keys are compared with one another. */
  entries: 1_000,
  /** What all aliases of a document may stand for, by the count of the `yaml` package. */
  aliases: 100,
} as const;

/** Of the parser's own stack: it has a few entries for each list or map that is open, and calls itself for each of them. */
const MOST_OPEN = 4 * yamlLimits.depth;

interface Passed {
  offset: number;
  reason: Reason;
}

/** The tokens of a text; where it passes a limit, also the place of the first that is passed, and which. */
export function tokensOf(text: string, lines: LineCounter): { tokens: CST.Token[]; passed: Passed | null } {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  const tokens: CST.Token[] = [];
  for (const lexeme of new Lexer().lex(text)) {
    tokens.push(...parser.next(lexeme));
    if (parser.stack.length > MOST_OPEN) {
      return { tokens, passed: { offset: parser.offset, reason: reason('yamlTooDeep', { max: yamlLimits.depth }) } };
    }
  }
  tokens.push(...parser.end());
  return { tokens, passed: passedLimit(tokens) };
}

function passedLimit(tokens: readonly CST.Token[]): Passed | null {
  const open: { token: CST.Token; depth: number }[] = tokens.map((token) => ({ token, depth: 0 }));
  let values = 0;
  for (let next = open.pop(); next; next = open.pop()) {
    const { token, depth } = next;
    const at = (why: Reason) => ({ offset: 'offset' in token ? token.offset : 0, reason: why });
    values += 1 + ('start' in token ? properties(token.start) : 0);
    if (values > yamlLimits.values) return at(reason('yamlTooMany', { max: yamlLimits.values }));
    if (token.type === 'document' && token.value) open.push({ token: token.value, depth });
    if (!('items' in token)) continue;
    if (depth >= yamlLimits.depth) return at(reason('yamlTooDeep', { max: yamlLimits.depth }));
    if (token.items.length > yamlLimits.entries) return at(reason('yamlTooManyInOne', { max: yamlLimits.entries }));
    for (const { start, key, sep = [], value } of token.items) {
      values += properties(start) + properties(sep);
      if (key) open.push({ token: key, depth: depth + 1 });
      if (value) open.push({ token: value, depth: depth + 1 });
    }
  }
  return null;
}

/** Anchors and tags, of which a value should have one each. */
function properties(tokens: CST.SourceToken[] | CST.FlowCollection['start']): number {
  if (!Array.isArray(tokens)) return 0;
  return tokens.filter(({ type }) => type === 'anchor' || type === 'tag').length;
}
