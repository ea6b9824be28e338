// The guide in the window: every heading is a section, every link leads somewhere, and every word is found.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { type Block, type Inline, readMarkdown, textOf } from '../components/markdown/read-markdown.ts';
import { anchorsOf, findSections, sectionsOf, withoutGaps } from './sections.ts';

const docs = path.join(import.meta.dirname, '..', '..', 'docs');
const guide = readFileSync(path.join(docs, 'user-guide.md'), 'utf8');
const chinese = readFileSync(path.join(docs, 'zh', 'user-guide.md'), 'utf8');
const ids = sectionsOf(guide).map(({ id }) => id);

test('links inside the guide lead to its sections, addresses outside, and other documents are named only', () => {
  const [section] = sectionsOf(
    '# Guide\nSee [the keys](#keys), [more](admin-guide.md) or [the web](https://example.invalid/).',
  );
  expect(section?.blocks).toMatchObject([
    {
      kind: 'paragraph',
      parts: [
        { text: 'See ' },
        { kind: 'link', href: '#/help/keys' },
        { text: ', ' },
        { kind: 'em', parts: [{ text: 'more' }] },
        { text: ' or ' },
        { kind: 'link', href: 'https://example.invalid/' },
        { text: '.' },
      ],
    },
  ]);
});

test('lines of a paragraph are one text', () => {
  expect(sectionsOf('# Guide\none\ntwo')[0]?.blocks).toEqual([
    { kind: 'paragraph', parts: [{ kind: 'text', text: 'one\ntwo' }] },
  ]);
});

test('the whole user guide is read: every heading is a section, every link in it leads somewhere', () => {
  const sections = sectionsOf(guide);
  const headings = guide.replaceAll(/^```[\s\S]*?^```/gm, '').match(/^#{1,6} .+$/gm) ?? [];
  const titles = headings
    .flatMap((line) => readMarkdown(line))
    .map((block) => ('parts' in block ? textOf(block.parts) : ''));
  expect(sections.map(({ title }) => title)).toEqual(titles);
  const ids = new Set(sections.map(({ id }) => id));
  expect(ids.size).toBe(sections.length);
  const anchors = [...guide.matchAll(/\]\(#([^)]+)\)/g)].map((match) => match[1] ?? '');
  expect(anchors.filter((anchor) => !ids.has(anchor))).toEqual([]);
});

test('words are found in any order, titles first, with the text around them', () => {
  const sections = sectionsOf(guide);
  expect(findSections(sections, 'images warm')[0]?.section.title).toBe('Warm images');
  expect(findSections(sections, '')).toEqual([]);
  expect(findSections(sections, 'no-such-word-anywhere')).toEqual([]);
  const found = findSections(sections, 'fingerprint').find(
    ({ section }) => section.id === 'connections-of-the-desktop',
  );
  expect(found?.excerpt.toLowerCase()).toContain('fingerprint');
  expect(found?.section.above).toEqual(['Getting started']);
});

/** What the guide has in each language alike: code, links, and the shape of lists and tables. */
function shapeOf(blocks: readonly Block[]): unknown[] {
  return blocks.flatMap(shapeOfBlock);
}

function shapeOfBlock(block: Block): unknown[] {
  switch (block.kind) {
    case 'heading':
    case 'line':
      return [];
    case 'paragraph':
      return linksIn(block.parts);
    case 'code':
      return [block.text];
    case 'quote':
      return shapeOf(block.blocks);
    case 'list':
      return [`list of ${block.items.length}`, ...block.items.flatMap((item) => shapeOf(item.blocks))];
    case 'table':
      return [
        `table of ${block.head.length} columns`,
        // Commands, keys and flags stand first; what they do is told in words.
        ...block.rows.flatMap(([first = [], ...others]) => [codeIn(first), ...others.flatMap(linksIn)]),
      ];
  }
}

function linksIn(parts: readonly Inline[]): string[] {
  return parts.flatMap((part) => [
    ...(part.kind === 'link' && part.href.startsWith('#') ? [part.href] : []),
    ...('parts' in part ? linksIn(part.parts) : []),
  ]);
}

function codeIn(parts: readonly Inline[]): string[] {
  return parts.flatMap((part) => {
    if (part.kind === 'code') return [part.text];
    return 'parts' in part ? codeIn(part.parts) : [];
  });
}

test('the Chinese guide has the same sections, addresses, code, links, lists and tables', () => {
  const english = sectionsOf(guide);
  const inChinese = sectionsOf(chinese, ids);
  expect(inChinese.map(({ id, level }) => [id, level])).toEqual(english.map(({ id, level }) => [id, level]));
  for (const [index, { id, blocks }] of english.entries()) {
    expect([id, shapeOf(inChinese[index]?.blocks ?? [])]).toEqual([id, shapeOf(blocks)]);
  }
  // Links of the file itself lead to its own headings, as everywhere that Markdown is read.
  const anchors = new Set(anchorsOf(chinese));
  expect(anchors.size).toBe(ids.length);
  const linked = [...chinese.matchAll(/\]\(#([^)]+)\)/g)].map((match) => match[1] ?? '');
  expect(linked.filter((anchor) => !anchors.has(anchor))).toEqual([]);
});

test('no section of the Chinese guide is left in English, and none has marks that were meant as emphasis', () => {
  for (const { id, title, blocks } of sectionsOf(chinese, ids)) {
    // What is typed, names and units are alike in every language.
    expect([id, /\p{Script=Han}/u.test(title)]).toEqual([id, true]);
    const text = proseOf(blocks);
    expect([id, text.match(/\*\*|(?<![\w*])[*_](?=\p{Script=Han})|(?:\b[A-Za-z]{2,} ){5}/gu)]).toEqual([id, null]);
  }
});

function proseOf(blocks: readonly Block[]): string {
  return blocks
    .map((block) => {
      if (block.kind === 'paragraph') return proseIn(block.parts);
      if (block.kind === 'list') return block.items.map((item) => proseOf(item.blocks)).join('\n');
      if (block.kind === 'table') return [block.head, ...block.rows].flatMap((cells) => cells.map(proseIn)).join('\n');
      return '';
    })
    .join('\n');
}

/** Without code. */
function proseIn(parts: readonly Inline[]): string {
  return parts
    .map((part) => {
      if ('parts' in part) return proseIn(part.parts);
      return part.kind === 'text' ? part.text : '';
    })
    .join('');
}

test('words are found in the Chinese guide, where nothing stands between its characters', () => {
  expect(withoutGaps('- 一行，\n  下一行\n- 二 `code`\n  三\n\n# 四\n')).toBe(
    '- 一行，下一行\n- 二 `code`\n  三\n\n# 四\n',
  );
  const joined = sectionsOf(withoutGaps(chinese), ids);
  expect(joined.map(({ id, level }) => [id, level])).toEqual(sectionsOf(guide).map(({ id, level }) => [id, level]));
  const found = findSections(joined, '预热 唤醒');
  expect(found[0]?.section.id).toBe('warm-images');
});
