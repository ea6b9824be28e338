// Markdown -> blocks that Markdown.tsx draws. `marked` reads the text; what it calls HTML stays text, images are not loaded, and links of
// what somebody wrote lead to the web or to mail only. So nothing of it becomes markup of the window. Pure.
import { Lexer } from 'marked';

export type Inline =
  | { kind: 'text' | 'code'; text: string }
  | { kind: 'break' }
  | { kind: 'strong' | 'em' | 'del'; parts: Inline[] }
  | { kind: 'link'; href: string; parts: Inline[] };

export type Block =
  | { kind: 'paragraph'; parts: Inline[] }
  | { kind: 'heading'; level: number; parts: Inline[] }
  | { kind: 'code'; text: string }
  | { kind: 'quote'; blocks: Block[] }
  | { kind: 'list'; start: number | null; items: ListItem[] }
  | { kind: 'table'; head: Inline[][]; rows: Inline[][][] }
  | { kind: 'line' };

export interface ListItem {
  /** null: it is no task. */
  checked: boolean | null;
  blocks: Block[];
}

/** What is used of a token of `marked`, whose own types allow any field of any type. */
interface Token {
  type: string;
  raw: string;
  text?: string;
  href?: string;
  depth?: number;
  ordered?: boolean;
  start?: number | '';
  task?: boolean;
  checked?: boolean;
  tokens?: Token[];
  items?: Token[];
  header?: Cell[];
  rows?: Cell[][];
}

interface Cell {
  text: string;
  tokens: Token[];
}

/** Lists in lists, quotes in quotes: what is deeper is shown as it was typed. */
const DEEPEST = 16;

/**
 * The longest paragraph in which emphasis and links are looked for; a longer one is shown as it was typed. Their reader needs a time
 * that grows with the square of the length: 20 000 characters of `_a*` took it a minute.
 */
const LONGEST_PART = 2000;

class BoundedLexer extends Lexer {
  override inline(text: string, tokens: Parameters<Lexer['inline']>[1] = []): ReturnType<Lexer['inline']> {
    return text.length > LONGEST_PART ? tokens : super.inline(text, tokens);
  }
}

export interface MarkdownForm {
  /** Whether a line that ends ends there, as somebody typed it; else a paragraph is one text. */
  keepsLines: boolean;
  /** Where a link may lead. null: nowhere, and it is shown as it was typed; empty: nowhere, and its words are shown. */
  linkTo: (href: string) => string | null;
}

const notes: MarkdownForm = { keepsLines: true, linkTo: safeLink };

/** What a part stands in. */
interface Place {
  depth: number;
  linkTo: MarkdownForm['linkTo'];
}

/** `form`: default that of notes, which anybody may have written. */
export function readMarkdown(text: string, { keepsLines, linkTo }: MarkdownForm = notes): Block[] {
  let tokens: Token[];
  try {
    tokens = new BoundedLexer({ gfm: true, breaks: keepsLines }).lex(text);
  } catch {
    // Quotes in thousands of quotes are more than it can read: the text is there all the same, as it was typed.
    tokens = [{ type: 'text', raw: text }];
  }
  return blocksOf(tokens, { depth: 0, linkTo });
}

/** What a reader sees of it, for search and for names of headings. */
export function textOf(parts: readonly Inline[]): string {
  return parts
    .map((part) => {
      if ('parts' in part) return textOf(part.parts);
      return part.kind === 'break' ? ' ' : part.text;
    })
    .join('');
}

function deeper({ depth, linkTo }: Place): Place {
  return { depth: depth + 1, linkTo };
}

function blocksOf(tokens: readonly Token[], place: Place): Block[] {
  return tokens.flatMap((token) => blockOf(token, place));
}

function blockOf(token: Token, place: Place): Block[] {
  if (place.depth > DEEPEST) return [plain(token)];
  switch (token.type) {
    case 'space':
    case 'def':
    // The box of a task is drawn from `checked` of its item.
    case 'checkbox':
      return [];
    case 'paragraph':
    case 'text':
      return [{ kind: 'paragraph', parts: inlinesOf(token.tokens ?? [], place, token.raw) }];
    case 'heading':
      return [{ kind: 'heading', level: token.depth ?? 1, parts: inlinesOf(token.tokens ?? [], place, token.raw) }];
    case 'code':
      return [{ kind: 'code', text: token.text ?? token.raw }];
    case 'blockquote':
      return [{ kind: 'quote', blocks: blocksOf(token.tokens ?? [], deeper(place)) }];
    case 'hr':
      return [{ kind: 'line' }];
    case 'list':
      return [
        {
          kind: 'list',
          start: token.ordered ? Number(token.start) || 1 : null,
          items: (token.items ?? []).map((item) => itemOf(item, deeper(place))),
        },
      ];
    case 'table':
      return [
        {
          kind: 'table',
          head: (token.header ?? []).map((cell) => inlinesOf(cell.tokens, deeper(place), cell.text)),
          rows: (token.rows ?? []).map((row) => row.map((cell) => inlinesOf(cell.tokens, deeper(place), cell.text))),
        },
      ];
    default:
      return [plain(token)];
  }
}

function itemOf({ task = false, checked = false, tokens = [] }: Token, place: Place): ListItem {
  return { checked: task ? checked : null, blocks: blocksOf(tokens, place) };
}

/** As it was typed: HTML, and whatever a later `marked` finds. */
function plain({ raw }: Token): Block {
  return { kind: 'paragraph', parts: linesOf(raw) };
}

function linesOf(text: string): Inline[] {
  const lines = text.trim().split('\n');
  return lines.flatMap((line, index): Inline[] => [
    ...(index > 0 ? [{ kind: 'break' } as const] : []),
    ...(line === '' ? [] : [{ kind: 'text', text: line } as const]),
  ]);
}

/** `otherwise`: the text where the reader found no parts in it. */
function inlinesOf(tokens: readonly Token[], place: Place, otherwise: string): Inline[] {
  if (tokens.length === 0) return linesOf(otherwise);
  return tokens.filter(({ type }) => type !== 'checkbox').map((token) => inlineOf(token, deeper(place)));
}

function inlineOf(token: Token, place: Place): Inline {
  const { type, raw, tokens = [] } = token;
  const typed: Inline = { kind: 'text', text: raw };
  if (place.depth > DEEPEST) return typed;
  switch (type) {
    case 'strong':
    case 'em':
    case 'del':
      return { kind: type, parts: inlinesOf(tokens, place, token.text ?? raw) };
    case 'codespan':
      return { kind: 'code', text: raw.replace(/^`+|`+$/g, '').trim() };
    case 'br':
      return { kind: 'break' };
    case 'escape':
      return { kind: 'text', text: raw.slice(1) };
    case 'link':
    case 'image': {
      const href = place.linkTo(token.href ?? '');
      const words = token.text ?? '';
      if (type === 'image') {
        // What it would load would tell a stranger who reads the notes.
        return href
          ? { kind: 'link', href, parts: [{ kind: 'text', text: words || href }] }
          : { kind: 'text', text: words };
      }
      const parts = inlinesOf(tokens, place, words);
      if (href === '') return { kind: 'em', parts };
      return href === null ? typed : { kind: 'link', href, parts };
    }
    default:
      return typed;
  }
}

/** The address, if it leads to the web or to mail and names no user; otherwise null. */
export function safeLink(href: string): string | null {
  const parsed = URL.parse(href);
  if (parsed?.username !== '' || parsed.password !== '') return null;
  return ['https:', 'http:', 'mailto:'].includes(parsed.protocol) ? parsed.href : null;
}
