// Text of guests: colours go, what can't be seen is shown.
import { expect, test } from 'vitest';
import { visibleText } from './visible-text.ts';

test('colours, titles and cursor movements are left out', () => {
  const text = '\u001b[31mred\u001b[0m \u001b]0;title\u0007and\u001b[2K \u001b7plain\u001b8\r\n';
  expect(visibleText(text)).toBe('red and plain\n');
});

test('of a line that is written over its end stays', () => {
  expect(visibleText('10 %\r50 %\r100 %\r\ndone\n7 %\r')).toBe('100 %\ndone\n7 %');
});

test('what can’t be seen or turns the text around is shown by its number', () => {
  expect(visibleText('a\u0000b\u0007d\u001b')).toBe(String.raw`a\u0000b\u0007d\u001b`);
  expect(visibleText('exe\u202etxt\u009b1m')).toBe(String.raw`exe\u202etxt\u009b1m`);
});

test('tabs, line ends, markup and other languages stay as they are', () => {
  const text = 'a\tb\n<b>"&amp;"</b> 你好 é 👍\n';
  expect(visibleText(text)).toBe(text);
});
