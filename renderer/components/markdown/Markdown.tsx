// A text as Markdown, made of elements that are named here and of text: no HTML is ever set.
import { createElement, Fragment, type ReactNode, useMemo } from 'react';
import { CheckBoxMark } from '../CheckField.tsx';
import { type Block, type Inline, type ListItem, readMarkdown } from './read-markdown.ts';

/** Headings of a text stand below those of the page. */
const TOP_LEVEL = 3;
const LOWEST_LEVEL = 6;

export function Markdown({ text }: { text: string }) {
  const blocks = useMemo(() => readMarkdown(text), [text]);
  return <MarkdownBlocks blocks={blocks} />;
}

export function MarkdownBlocks({ blocks }: { blocks: readonly Block[] }) {
  return <div className="markdown">{drawn(blocks)}</div>;
}

/** As children of their own places, which never change places: they need no keys. */
function drawn(blocks: readonly Block[]): ReactNode {
  return createElement(Fragment, null, ...blocks.map(blockOf));
}

function words(parts: readonly Inline[]): ReactNode {
  return createElement(Fragment, null, ...parts.map(inlineOf));
}

function blockOf(block: Block): ReactNode {
  switch (block.kind) {
    case 'paragraph':
      return <p>{words(block.parts)}</p>;
    case 'heading':
      return createElement(`h${Math.min(LOWEST_LEVEL, TOP_LEVEL + block.level - 1)}`, null, words(block.parts));
    case 'code':
      return (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <pre tabIndex={0}>
          <code>{block.text}</code>
        </pre>
      );
    case 'quote':
      return <blockquote>{drawn(block.blocks)}</blockquote>;
    case 'line':
      return <hr />;
    case 'list': {
      const items = block.items.map(itemOf);
      return block.start === null
        ? createElement('ul', null, ...items)
        : createElement('ol', { start: block.start }, ...items);
    }
    case 'table':
      return (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <div className="markdown-table" tabIndex={0}>
          <table>
            <thead>{rowOf(block.head, 'th')}</thead>
            {createElement('tbody', null, ...block.rows.map((row) => rowOf(row, 'td')))}
          </table>
        </div>
      );
  }
}

function itemOf({ checked, blocks }: ListItem): ReactNode {
  return (
    <li data-task={checked !== null || undefined}>
      {checked !== null && <CheckBoxMark isSelected={checked} />}
      {drawn(blocks)}
    </li>
  );
}

function rowOf(cells: readonly Inline[][], kind: 'th' | 'td'): ReactNode {
  return createElement('tr', null, ...cells.map((cell) => createElement(kind, null, words(cell))));
}

function inlineOf(part: Inline): ReactNode {
  switch (part.kind) {
    case 'text':
      return part.text;
    case 'code':
      return <code>{part.text}</code>;
    case 'break':
      return <br />;
    case 'strong':
    case 'em':
    case 'del':
      return createElement(part.kind, null, words(part.parts));
    case 'link':
      // To a view of the window, which only TT's own texts lead to.
      if (part.href.startsWith('#')) return <a href={part.href}>{words(part.parts)}</a>;
      return (
        <a href={part.href} target="_blank" rel="noopener noreferrer">
          {words(part.parts)}
        </a>
      );
  }
}
