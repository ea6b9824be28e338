// Both languages say the same, with the same places for values.
import { expect, test } from 'vitest';
import { desktopLanguages, fill, languageOf, leftText, wordsOf } from './index.ts';

const flat = (words: object, path = ''): [string, string][] =>
  Object.entries(words).flatMap(([key, text]: [string, unknown]): [string, string][] =>
    typeof text === 'string' ? [[path + key, text]] : flat(text as object, `${path}${key}.`),
  );
const places = (text: string) =>
  [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1] ?? '').toSorted((a, b) => a.localeCompare(b));

test('every text has the same places in every language, and none is empty', () => {
  const english = new Map(flat(wordsOf('en')));
  for (const language of desktopLanguages) {
    const texts = flat(wordsOf(language));
    expect(texts.map(([key]) => key)).toEqual([...english.keys()]);
    for (const [key, text] of texts) {
      expect(text).not.toBe('');
      expect([key, places(text)]).toEqual([key, places(english.get(key) ?? '')]);
    }
  }
});

test('no English word is in a Chinese text', () => {
  const names = /^(TT|ENV|code|env|file|left|count|server|version|ok|all|minutes|hours|days)$/;
  for (const [, text] of flat(wordsOf('zh-CN')))
    expect((text.match(/[A-Za-z]+/g) ?? []).filter((word) => !names.test(word))).toEqual([]);
});

test('the system says which language; what is not spoken is English', () => {
  expect(['zh-TW', 'zh_CN', 'zh', 'de', '', 'zhx'].map(languageOf)).toEqual([
    'zh-CN',
    'zh-CN',
    'zh-CN',
    'en',
    'en',
    'en',
  ]);
});

test('times are told to the minute, and a text without its value is a fault', () => {
  const words = wordsOf('en');
  expect([-5, 59_000, 60_000, 3_599_000, 3_661_000, 90_000_000].map((ms) => leftText(words, ms))).toEqual([
    'less than a minute',
    'less than a minute',
    '1 min',
    '59 min',
    '1 h 1 min',
    '1 d 1 h',
  ]);
  expect(() => fill('{{a}}', {})).toThrow('needs a');
});
