// Tables line up whatever is written in them, and fit the terminal.
import { describe, expect, it } from 'vitest';
import { table } from './output.ts';
import { padded, shortened, textWidth } from './text-width.ts';

describe('the width of a text', () => {
  it('counts columns, not code units', () => {
    const widths = ['abc', '环境', 'é', 'e\u0301', '한국', 'ｱ', '👩‍👩‍👧', '🇩🇪', 'a\u200bb', ''].map(textWidth);
    expect(widths).toEqual([3, 4, 1, 1, 4, 1, 2, 2, 2, 0]);
  });

  it('is kept when a text is padded or cut', () => {
    expect([padded('环境', 6), shortened('环境管理', 5), shortened('环境管理', 4), shortened('abc', 3)]).toEqual([
      '环境  ',
      '环境…',
      '环…',
      'abc',
    ]);
  });
});

describe('a table', () => {
  const head = ['NAME', 'TITLE', 'NOTES'];
  const rows = [
    ['a-long-name-of-an-env', '环境', 'x'.repeat(60)],
    ['b', 'y'.repeat(30), ''],
  ];

  it('lines up with characters of two columns', () => {
    expect(
      table(
        ['A', 'B'],
        [
          ['环境', '1'],
          ['x', '2'],
        ],
        null,
      ),
    ).toBe('A     B\n环境  1\nx     2\n');
  });

  it('is cut to the terminal, its widest columns first, never its first one', () => {
    const lines = table(head, rows, 70).trimEnd().split('\n');
    expect(lines.map(textWidth).every((width) => width <= 70)).toBe(true);
    expect(lines[1]).toMatch(/^a-long-name-of-an-env {2}环境 .* x+…$/);
    const narrow = table(head, rows, 10).split('\n');
    expect(narrow[1]).toContain('a-long-name-of-an-env');
  });

  it('is whole in a file or a pipe', () => {
    expect(table(head, rows, null)).toContain('x'.repeat(60));
  });
});
