// A guide in sections, one for each heading, and the search in them: every typed word must be there, in any order. Pure.
import {
  type Block,
  type Inline,
  type MarkdownForm,
  readMarkdown,
  safeLink,
  textOf,
} from '../components/markdown/read-markdown.ts';
import { formatRoute } from '../state/route.ts';

export interface Section {
  /** As links to the heading name it. */
  id: string;
  title: string;
  /** 1 for the guide itself. */
  level: number;
  /** Titles above it, without that of the guide. */
  above: string[];
  blocks: Block[];
}

export interface Found {
  section: Section;
  /** Of its text, around the first word that was found; empty when that is in the title. */
  excerpt: string;
}

/** Characters before and behind what was found. */
const AROUND = 60;

/** Links inside the guide lead to its sections, addresses open outside; other documents are named only, as they are not in the window. */
const formWith = (idFor: (anchor: string) => string): MarkdownForm => ({
  keepsLines: false,
  linkTo: (href) =>
    href.startsWith('#') ? formatRoute({ page: 'help', section: idFor(href.slice(1)) }) : (safeLink(href) ?? ''),
});

/** `ids`: of a guide in another language, whose sections these are; so an address leads to the same section in each. */
export function sectionsOf(text: string, ids: readonly string[] = []): Section[] {
  const own = ids.length === 0 ? [] : anchorsOf(text);
  const idFor = (anchor: string) => ids[own.indexOf(anchor)] ?? anchor;
  const sections: Section[] = [];
  const taken = new Map<string, number>();
  for (const block of readMarkdown(text, formWith(idFor))) {
    if (block.kind === 'heading') {
      const title = textOf(block.parts);
      const above = titlesAbove(sections, block.level);
      const id = idFor(freeId(idOf(title), taken));
      sections.push({ id, title, level: block.level, above, blocks: [] });
    } else sections.at(-1)?.blocks.push(block);
  }
  return sections;
}

/** Lines of a Chinese text put together: a page would show each break as a space, which Chinese has not between its characters. */
export function withoutGaps(text: string): string {
  return text.replaceAll(/(?<=[\p{Script=Han}，。、；：）…])\n {0,4}(?=[\p{Script=Han}（“])/gu, '');
}

/** What links to its headings name, in order. */
export function anchorsOf(text: string): string[] {
  const taken = new Map<string, number>();
  return readMarkdown(text).flatMap((block) =>
    block.kind === 'heading' ? [freeId(idOf(textOf(block.parts)), taken)] : [],
  );
}

/** Sections that have every word, those with words in their title first. */
export function findSections(sections: readonly Section[], query: string): Found[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  return sections
    .map((section) => ({ section, title: section.title.toLowerCase(), text: plainOf(section.blocks) }))
    .filter(({ title, text }) => words.every((word) => title.includes(word) || text.toLowerCase().includes(word)))
    .map(({ section, title, text }) => ({
      found: { section, excerpt: excerptOf(text, words.find((word) => !title.includes(word)) ?? null) },
      inTitle: words.filter((word) => title.includes(word)).length,
    }))
    .toSorted((a, b) => b.inTitle - a.inTitle)
    .map(({ found }) => found);
}

function titlesAbove(sections: readonly Section[], level: number): string[] {
  const titles: string[] = [];
  let below = level;
  for (const section of sections.toReversed()) {
    if (section.level >= below || section.level === 1) continue;
    titles.unshift(section.title);
    below = section.level;
  }
  return titles;
}

/** As GitHub and others make them, so that links in the guide work here, too. */
function idOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\p{Letter}\p{Number}\s-]/gu, '')
    .trim()
    .replace(/\s/g, '-');
}

function freeId(id: string, taken: Map<string, number>): string {
  const before = taken.get(id);
  taken.set(id, (before ?? -1) + 1);
  return before === undefined ? id : `${id}-${before + 1}`;
}

function plainOf(blocks: readonly Block[]): string {
  return blocks.map(plainOfBlock).join(' ');
}

function plainOfBlock(block: Block): string {
  switch (block.kind) {
    case 'heading':
    case 'paragraph':
      return textOf(block.parts);
    case 'code':
      return block.text;
    case 'line':
      return '';
    case 'quote':
      return plainOf(block.blocks);
    case 'list':
      return block.items.map(({ blocks }) => plainOf(blocks)).join(' ');
    case 'table':
      return [block.head, ...block.rows].map((cells: Inline[][]) => cells.map(textOf).join(' ')).join(' ');
  }
}

function excerptOf(text: string, word: string | null): string {
  const at = word === null ? -1 : text.toLowerCase().indexOf(word);
  if (at === -1 || word === null) return '';
  const from = Math.max(0, at - AROUND);
  const to = Math.min(text.length, at + word.length + AROUND);
  return `${from > 0 ? '…' : ''}${text.slice(from, to).trim()}${to < text.length ? '…' : ''}`;
}
