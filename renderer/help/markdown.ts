// A guide as blocks: headings, paragraphs, lists, tables and examples. Reads what the guides of TT use of Markdown and takes anything
// else as a paragraph, so that a reader sees the text of it in any case. Pure.
import { type Span, spansOf } from './inline.ts';

export type Block =
  | { kind: 'heading'; level: number; spans: Span[] }
  | { kind: 'paragraph'; spans: Span[] }
  | { kind: 'code'; text: string }
  | { kind: 'list'; isOrdered: boolean; items: Block[][] }
  | { kind: 'table'; head: Span[][]; rows: Span[][][] };

const heading = /^(?<marks>#{1,6})\s+(?<text>.+)$/;
const fence = /^\s*```/;
const item = /^(?<indent>\s*)(?<mark>[-*]|\d+\.)\s+(?<text>.*)$/;
const tableRow = /^\s*\|/;
const tableRule = /^\s*\|[\s|:-]+\|?\s*$/;

export function blocksOf(text: string): Block[] {
  return readBlocks(text.split(/\r?\n/));
}

function readBlocks(lines: readonly string[]): Block[] {
  const blocks: Block[] = [];
  let at = 0;
  while (at < lines.length) {
    const line = lines[at] ?? '';
    const found = heading.exec(line)?.groups;
    if (line.trim() === '') at++;
    else if (found) {
      blocks.push({ kind: 'heading', level: found['marks']?.length ?? 1, spans: spansOf(found['text'] ?? '') });
      at++;
    } else {
      const read = fence.test(line)
        ? readCode
        : tableRow.test(line)
          ? readTable
          : item.test(line)
            ? readList
            : readText;
      const [block, next] = read(lines, at);
      blocks.push(block);
      at = next;
    }
  }
  return blocks;
}

type Read = (lines: readonly string[], from: number) => [Block, number];

const readCode: Read = (lines, from) => {
  const end = lines.findIndex((line, at) => at > from && fence.test(line));
  const last = end === -1 ? lines.length : end;
  return [{ kind: 'code', text: lines.slice(from + 1, last).join('\n') }, last + 1];
};

const readTable: Read = (lines, from) => {
  const end = endOf(lines, from, (line) => tableRow.test(line));
  const rows = lines
    .slice(from, end)
    .filter((line) => !tableRule.test(line))
    .map((line) => cellsOf(line).map(spansOf));
  const [head = [], ...rest] = rows;
  return [{ kind: 'table', head, rows: rest }, end];
};

/** A bar in an example, or behind a backslash, parts nothing. */
function cellsOf(line: string): string[] {
  const cells =
    line
      .trim()
      .replace(/^\|/, '')
      .match(/(?:`[^`]*`|\\.|[^|])*\|?/g) ?? [];
  return cells.filter((cell) => cell !== '').map((cell) => cell.replace(/\|$/, '').trim());
}

const readList: Read = (lines, from) => {
  const first = item.exec(lines[from] ?? '')?.groups;
  const indent = first?.['indent']?.length ?? 0;
  const isOrdered = /\d/.test(first?.['mark'] ?? '');
  const items: string[][] = [];
  let at = from;
  for (; at < lines.length; at++) {
    const line = lines[at] ?? '';
    const found = item.exec(line)?.groups;
    const isDeeper = (/^\s*/.exec(line)?.[0].length ?? 0) > indent;
    if (found && found['indent']?.length === indent) items.push([found['text'] ?? '']);
    else if (isDeeper && line.trim() !== '') items.at(-1)?.push(line.slice(indent + 2));
    // An empty line ends it, unless it goes on behind.
    else if (line.trim() === '' && goesOn(lines[at + 1], indent)) items.at(-1)?.push('');
    else break;
  }
  return [{ kind: 'list', isOrdered, items: items.map(readBlocks) }, at];
};

function goesOn(line: string | undefined, indent: number): boolean {
  if (line === undefined || line.trim() === '') return false;
  return (/^\s*/.exec(line)?.[0].length ?? 0) > indent || item.exec(line)?.groups?.['indent']?.length === indent;
}

const readText: Read = (lines, from) => {
  const others = [heading, fence, tableRow, item];
  const end = endOf(lines, from, (line) => line.trim() !== '' && !others.some((other) => other.test(line)));
  const text = lines.slice(from, Math.max(end, from + 1)).map((line) => line.trim().replace(/^>\s?/, ''));
  return [{ kind: 'paragraph', spans: spansOf(text.join(' ')) }, Math.max(end, from + 1)];
};

function endOf(lines: readonly string[], from: number, belongs: (line: string) => boolean): number {
  const end = lines.findIndex((line, at) => at >= from && !belongs(line));
  return end === -1 ? lines.length : end;
}
