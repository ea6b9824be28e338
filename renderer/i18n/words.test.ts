// Both languages say everything: same keys, same placeholders, words for every error code.
import { errorTable } from '@tt/protocol';
import { expect, test } from 'vitest';
import { en } from './en/index.ts';
import { errorWords } from './error-words.ts';
import { formatFor } from './format.ts';
import { setLanguage, translate } from './index.ts';
import { zhErrors } from './zh-CN/errors.ts';
import { zhCN } from './zh-CN/index.ts';

interface Catalogue {
  readonly [key: string]: string | Catalogue;
}

function flat(catalogue: Catalogue, prefix = ''): Map<string, string> {
  const texts = new Map<string, string>();
  for (const [key, value] of Object.entries(catalogue)) {
    if (typeof value === 'string') texts.set(prefix + key, value);
    else for (const [inner, text] of flat(value, `${prefix}${key}.`)) texts.set(inner, text);
  }
  return texts;
}

const placeholders = (text: string) =>
  [...text.matchAll(/\{\{?(\w+)\}?\}/g)].map(([, name = '']) => name).sort((a, b) => a.localeCompare(b));

test('every key is in both languages, with the same placeholders', () => {
  const english = flat(en);
  const chinese = flat(zhCN);
  expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort());
  for (const [key, text] of english) {
    expect(text, key).not.toBe('');
    expect([key, placeholders(chinese.get(key) ?? '')]).toEqual([key, placeholders(text)]);
  }
});

test('every error code has Chinese words that use no other data than the table gives', () => {
  expect(Object.keys(zhErrors).sort()).toEqual(Object.keys(errorTable).sort());
  for (const [code, entry] of Object.entries(errorTable)) {
    const words = zhErrors[code as keyof typeof errorTable];
    expect([code, placeholders(words.message)]).toEqual([code, placeholders(entry.message)]);
    expect([code, placeholders(words.fix)]).toEqual([code, placeholders(entry.fix)]);
  }
});

test('an error is told in the language asked for; one from a newer agent as that agent wrote it', () => {
  const data = { envName: 'demo' };
  expect(errorWords({ code: 'ENV_NAME_TAKEN', message: '', fix: '', data }, 'en').message).toContain('demo');
  expect(errorWords({ code: 'ENV_NAME_TAKEN', message: '', fix: '', data }, 'zh-CN').message).toBe(
    '已有名为 demo 的环境。',
  );
  const newer = { code: 'FROM_THE_FUTURE', message: 'It did.', fix: 'Do this.', data: {} };
  expect(errorWords(newer, 'zh-CN')).toEqual({ message: 'It did.', fix: 'Do this.' });
});

test('plurals and the switch of language', () => {
  expect(translate('envs.machines', { count: 1 })).toBe('1 machine');
  expect(translate('envs.machines', { count: 6 })).toBe('6 machines');
  setLanguage('zh-CN');
  expect(translate('envs.machines', { count: 1 })).toBe('1 台虚拟机');
  setLanguage('en');
});

test('durations and sizes', () => {
  const format = formatFor('en', translate);
  const minute = 60_000;
  expect([40_000, 14 * minute, 60 * minute, 171 * minute, 3 * 1440 * minute].map(format.duration)).toEqual([
    '40 s',
    '14 min',
    '1 h',
    '2 h 51 min',
    '3 d',
  ]);
  expect([340, 9400, 75_000].map(format.took)).toEqual(['0.3 s', '9.4 s', '1 min']);
  expect([format.mebibytes(512), format.mebibytes(1536), format.bytes(48_000_000)]).toEqual([
    '512 MiB',
    '1.5 GiB',
    '45.8 MiB',
  ]);
});
