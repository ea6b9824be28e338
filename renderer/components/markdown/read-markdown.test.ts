// What notes become, and what never becomes more than text.
import { expect, test } from 'vitest';
import { type Block, readMarkdown, safeLink } from './read-markdown.ts';

const text = (words: string) => ({ kind: 'text', text: words });
const paragraph = (...parts: unknown[]) => ({ kind: 'paragraph', parts });

test('plain words are a paragraph, with the lines as they were typed', () => {
  expect(readMarkdown('one\ntwo')).toEqual([paragraph(text('one'), { kind: 'break' }, text('two'))]);
  expect(readMarkdown('')).toEqual([]);
});

test('what people write in notes is found', () => {
  const found = readMarkdown(
    '# Login\n\n**root** / `tt`\n\n- [x] installed\n- [ ] licensed\n\n```\nsudo reboot\n```\n\n> quiet\n\n---',
  );
  expect(found.map(({ kind }) => kind)).toEqual(['heading', 'paragraph', 'list', 'code', 'quote', 'line']);
  expect(found[0]).toEqual({ kind: 'heading', level: 1, parts: [text('Login')] });
  expect(found[1]).toEqual(
    paragraph({ kind: 'strong', parts: [text('root')] }, text(' / '), { kind: 'code', text: 'tt' }),
  );
  const list = found[2] as Extract<Block, { kind: 'list' }>;
  expect([list.start, list.items.map(({ checked }) => checked)]).toEqual([null, [true, false]]);
  expect(found[3]).toEqual({ kind: 'code', text: 'sudo reboot' });
});

test('HTML is text, wherever it stands', () => {
  const kinds = (blocks: readonly Block[]) => JSON.stringify(blocks).match(/"kind":"(\w+)"/g);
  for (const html of ['<script>alert(1)</script>', 'a <img src=x onerror=alert(1)> b', '<b>bold</b>']) {
    const found = readMarkdown(html);
    expect(new Set(kinds(found))).toEqual(new Set(['"kind":"paragraph"', '"kind":"text"']));
    expect(JSON.stringify(found)).toContain(
      JSON.stringify(html.includes('img') ? '<img src=x onerror=alert(1)>' : '<').slice(1, -1),
    );
  }
});

test.each([
  ['https://example.invalid/a', 'https://example.invalid/a'],
  ['mailto:ann@example.invalid', 'mailto:ann@example.invalid'],
  ['javascript:alert(1)', null],
  ['JaVaScRiPt:alert(1)', null],
  ['data:text/html,x', null],
  ['file:///etc/passwd', null],
  ['https://ann:secret@example.invalid/', null],
  ['/envs', null],
  ['', null],
])('a link to %s is %s', (href, wanted) => {
  expect(safeLink(href)).toBe(wanted);
});

test('a link that leads nowhere it may stays as it was typed, an image is not loaded', () => {
  expect(readMarkdown('[x](javascript:alert)')).toEqual([paragraph(text('[x](javascript:alert)'))]);
  expect(readMarkdown('![plan](https://example.invalid/p.png)')).toEqual([
    paragraph({ kind: 'link', href: 'https://example.invalid/p.png', parts: [text('plan')] }),
  ]);
});

test('what is nested very deeply ends as text', () => {
  const deep = readMarkdown(`${'>'.repeat(200)} deep`);
  expect(JSON.stringify(deep)).toContain('deep');
  const quotes = JSON.stringify(deep).match(/"quote"/g) ?? [];
  expect(quotes.length).toBeLessThan(20);
});

test('a paragraph that would keep the window waiting is shown as it was typed, and the others as ever', () => {
  const long = '_a*'.repeat(6_000);
  expect(readMarkdown(`${long}\n${long}\n\n**short**`)).toEqual([
    paragraph(text(long), { kind: 'break' }, text(long)),
    paragraph({ kind: 'strong', parts: [text('short')] }),
  ]);
  const cell = 'x'.repeat(3_000);
  const [table] = readMarkdown(`| a |\n|---|\n| ${cell} |`);
  expect(table).toEqual({ kind: 'table', head: [[text('a')]], rows: [[[text(cell)]]] });
});
