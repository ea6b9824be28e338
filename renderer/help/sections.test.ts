// The guide in the window: every heading is a section, every link leads somewhere, and every word is found.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readMarkdown, textOf } from '../components/markdown/read-markdown.ts';
import { findSections, sectionsOf } from './sections.ts';

const guide = readFileSync(path.join(import.meta.dirname, '..', '..', 'docs', 'user-guide.md'), 'utf8');

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
