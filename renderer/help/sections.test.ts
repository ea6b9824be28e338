// The guide in the window: what the guides use of Markdown is read, nothing of it becomes markup, and every word is found.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { spansOf, textOf } from './inline.ts';
import { blocksOf } from './markdown.ts';
import { findSections, sectionsOf } from './sections.ts';

const guide = readFileSync(path.join(import.meta.dirname, '..', '..', 'docs', 'user-guide.md'), 'utf8');

test('lines are read with code, strong text, emphasis and links', () => {
  expect(spansOf('**Ports**: `ssh 40022`, _Stop_ a_b_c, [see](#keys).')).toEqual([
    { kind: 'strong', spans: [{ kind: 'text', text: 'Ports' }] },
    { kind: 'text', text: ': ' },
    { kind: 'code', text: 'ssh 40022' },
    { kind: 'text', text: ', ' },
    { kind: 'em', spans: [{ kind: 'text', text: 'Stop' }] },
    { kind: 'text', text: ' a_b_c, ' },
    { kind: 'link', href: '#keys', spans: [{ kind: 'text', text: 'see' }] },
    { kind: 'text', text: '.' },
  ]);
  expect(textOf(spansOf('`a|b` **x `y`**'))).toBe('a|b x y');
});

test('what looks like HTML is text', () => {
  expect(blocksOf('<img src=x onerror=alert(1)>')).toEqual([
    { kind: 'paragraph', spans: [{ kind: 'text', text: '<img src=x onerror=alert(1)>' }] },
  ]);
});

test('lists with what belongs to an item, tables with bars in examples, and examples as they are', () => {
  const text = [
    '- one',
    '  goes on',
    '  - inner',
    '- two',
    '',
    '| key | does |',
    '| --- | --- |',
    '| `a|b` | c |',
    '',
    '```sh',
    '# no heading',
    '```',
  ];
  expect(blocksOf(text.join('\n'))).toMatchObject([
    {
      kind: 'list',
      items: [
        [{ kind: 'paragraph', spans: [{ text: 'one goes on' }] }, { kind: 'list' }],
        [{ kind: 'paragraph', spans: [{ text: 'two' }] }],
      ],
    },
    { kind: 'table', head: [[{ text: 'key' }], [{ text: 'does' }]], rows: [[[{ text: 'a|b' }], [{ text: 'c' }]]] },
    { kind: 'code', text: '# no heading' },
  ]);
});

test('the whole user guide is read: every heading is a section, every link in it leads somewhere', () => {
  const sections = sectionsOf(guide);
  const headings = guide.replaceAll(/^```[\s\S]*?^```/gm, '').match(/^#{1,6} .+$/gm) ?? [];
  expect(sections.map(({ title }) => title)).toEqual(headings.map((line) => textOf(spansOf(line.replace(/^#+ /, '')))));
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

test('broken texts are read without an end that never comes', () => {
  for (const text of ['```', '| a', '- ', '#', '-', '[x](', '**', '_'.repeat(500), '`'.repeat(501), '- a\n\n\n  b'])
    expect(Array.isArray(sectionsOf(`# t\n${text}`))).toBe(true);
});
