// Markdown -> blocks that Markdown.tsx draws. `marked` reads the text; what it calls HTML stays text, images are not loaded, and links
// lead to the web or to mail only. So nothing that somebody else wrote becomes markup of the window. Pure.
import { lexer } from 'marked';

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
  header?: { tokens: Token[] }[];
  rows?: { tokens: Token[] }[][];
}

/** Lists in lists, quotes in quotes: what is deeper is shown as it was typed. */
const DEEPEST = 16;

export function readMarkdown(text: string): Block[] {
  let tokens: Token[];
  try {
    tokens = lexer(text, { gfm: true, breaks: true });
  } catch {
    // Quotes in thousands of quotes are more than it can read: the notes are there all the same, as they were typed.
    tokens = [{ type: 'text', raw: text }];
  }
  return blocksOf(tokens, 0);
}

function blocksOf(tokens: readonly Token[], depth: number): Block[] {
  return tokens.flatMap((token) => blockOf(token, depth));
}

function blockOf(token: Token, depth: number): Block[] {
  if (depth > DEEPEST) return [plain(token)];
  switch (token.type) {
    case 'space':
    case 'def':
    // The box of a task is drawn from `checked` of its item.
    case 'checkbox':
      return [];
    case 'paragraph':
    case 'text':
      return [{ kind: 'paragraph', parts: inlinesOf(token.tokens ?? [], depth, token.raw) }];
    case 'heading':
      return [{ kind: 'heading', level: token.depth ?? 1, parts: inlinesOf(token.tokens ?? [], depth, token.raw) }];
    case 'code':
      return [{ kind: 'code', text: token.text ?? token.raw }];
    case 'blockquote':
      return [{ kind: 'quote', blocks: blocksOf(token.tokens ?? [], depth + 1) }];
    case 'hr':
      return [{ kind: 'line' }];
    case 'list':
      return [
        {
          kind: 'list',
          start: token.ordered ? Number(token.start) || 1 : null,
          items: (token.items ?? []).map((item) => itemOf(item, depth + 1)),
        },
      ];
    case 'table':
      return [
        {
          kind: 'table',
          head: (token.header ?? []).map((cell) => inlinesOf(cell.tokens, depth + 1, '')),
          rows: (token.rows ?? []).map((row) => row.map((cell) => inlinesOf(cell.tokens, depth + 1, ''))),
        },
      ];
    default:
      return [plain(token)];
  }
}

function itemOf({ task = false, checked = false, tokens = [] }: Token, depth: number): ListItem {
  return { checked: task ? checked : null, blocks: blocksOf(tokens, depth) };
}

/** As it was typed: HTML, and whatever a later `marked` finds. */
function plain({ raw }: Token): Block {
  return { kind: 'paragraph', parts: [{ kind: 'text', text: raw.trim() }] };
}

/** `otherwise`: the text where the reader found no parts in it. */
function inlinesOf(tokens: readonly Token[], depth: number, otherwise: string): Inline[] {
  if (tokens.length === 0) return otherwise.trim() === '' ? [] : [{ kind: 'text', text: otherwise.trim() }];
  return tokens.filter(({ type }) => type !== 'checkbox').map((token) => inlineOf(token, depth + 1));
}

function inlineOf(token: Token, depth: number): Inline {
  const { type, raw, tokens = [] } = token;
  const typed: Inline = { kind: 'text', text: raw };
  if (depth > DEEPEST) return typed;
  switch (type) {
    case 'strong':
    case 'em':
    case 'del':
      return { kind: type, parts: inlinesOf(tokens, depth, token.text ?? raw) };
    case 'codespan':
      return { kind: 'code', text: raw.replace(/^`+|`+$/g, '').trim() };
    case 'br':
      return { kind: 'break' };
    case 'escape':
      return { kind: 'text', text: raw.slice(1) };
    case 'link':
    case 'image': {
      const href = safeLink(token.href ?? '');
      const words = token.text ?? '';
      if (type === 'image') {
        // What it would load would tell a stranger who reads the notes.
        return href === null
          ? { kind: 'text', text: words }
          : { kind: 'link', href, parts: [{ kind: 'text', text: words || href }] };
      }
      const parts = inlinesOf(tokens, depth, words);
      return href === null ? typed : { kind: 'link', href, parts };
    }
    default:
      return typed;
  }
}

/** The address, if it leads to the web or to mail and names no user; otherwise null. */
export function safeLink(href: string): string | null {
  const parsed = URL.parse(href);
  if (!parsed || parsed.username !== '' || parsed.password !== '') return null;
  return ['https:', 'http:', 'mailto:'].includes(parsed.protocol) ? parsed.href : null;
}
