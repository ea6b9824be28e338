// Blocks of a guide on the page. Links inside the guide lead to its sections; addresses open outside; other documents are named only,
// as they are not in the window.
import type { ReactNode } from 'react';
import { formatRoute } from '../state/route.ts';
import type { Span } from './inline.ts';
import type { Block } from './markdown.ts';

export function GuideBlocks({ blocks }: { blocks: readonly Block[] }) {
  return keyed(blocks).map(({ key, it }) => <GuideBlock key={key} block={it} />);
}

function GuideBlock({ block }: { block: Block }): ReactNode {
  switch (block.kind) {
    case 'heading':
    case 'paragraph':
      return (
        <p>
          <Spans spans={block.spans} />
        </p>
      );
    case 'code':
      return (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <pre className="help-code mono" tabIndex={0}>
          {block.text}
        </pre>
      );
    case 'list': {
      const items = keyed(block.items).map(({ key, it }) => (
        <li key={key}>
          <GuideBlocks blocks={it} />
        </li>
      ));
      return block.isOrdered ? <ol>{items}</ol> : <ul>{items}</ul>;
    }
    case 'table':
      return (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <div className="help-table" tabIndex={0}>
          <table>
            <thead>
              <tr>
                {keyed(block.head).map(({ key, it }) => (
                  <th key={key} scope="col">
                    <Spans spans={it} />
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {keyed(block.rows).map(({ key, it: row }) => (
                <tr key={key}>
                  {keyed(row).map(({ key: column, it }) => (
                    <td key={column}>
                      <Spans spans={it} />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      );
  }
}

function Spans({ spans }: { spans: readonly Span[] }): ReactNode {
  return keyed(spans).map(({ key, it }) => <OneSpan key={key} span={it} />);
}

function OneSpan({ span }: { span: Span }): ReactNode {
  switch (span.kind) {
    case 'text':
      return span.text;
    case 'code':
      return <code>{span.text}</code>;
    case 'strong':
      return (
        <strong>
          <Spans spans={span.spans} />
        </strong>
      );
    case 'em':
      return (
        <em>
          <Spans spans={span.spans} />
        </em>
      );
    case 'link':
      return (
        <GuideLink href={span.href}>
          <Spans spans={span.spans} />
        </GuideLink>
      );
  }
}

function GuideLink({ href, children }: { href: string; children: ReactNode }) {
  if (href.startsWith('#')) return <a href={formatRoute({ page: 'help', section: href.slice(1) })}>{children}</a>;
  if (/^https?:\/\//.test(href))
    return (
      <a href={href} target="_blank" rel="noreferrer">
        {children}
      </a>
    );
  return <em>{children}</em>;
}

/** A guide never changes while it is shown, so the place of a part is its key. */
function keyed<Item>(items: readonly Item[]): { key: string; it: Item }[] {
  return items.map((it, place) => ({ key: String(place), it }));
}
