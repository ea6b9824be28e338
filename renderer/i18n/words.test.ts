// Both languages say everything: same keys, same placeholders, words for every error code.
import { errorTable, stepText, tableOf, terms, TtError } from '@tt/protocol';
import { expect, test } from 'vitest';
import type { z } from 'zod';
import { en } from './en/index.ts';
import { errorWords } from './error-words.ts';
import { formatFor } from './format.ts';
import { setLanguage, translate } from './index.ts';
import { zhErrors } from './zh-CN/errors.ts';
import { zhTerms } from './zh-CN/terms.ts';
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

const LATIN_WORD = /[A-Za-z][A-Za-z-]{2,}/g;
/** What stays as it is in a Chinese sentence: names, units, and what somebody is to type or to look at. */
const PROPER = new Set(['MiB', 'JSON', 'CIDR', 'IP', 'IPv', 'UEFI', 'SHA-', 'TT', 'iso', 'disk']);
const quoted =
  /[“"][^”"]*[”"]|engine:os-version:variant|qemu:debian-12:web|\/api\/openapi\.json|Content-Type: application\/json|TT_HOME/g;

/** English words in a Chinese sentence, but for proper names and what is quoted. */
function englishIn(text: string): string[] {
  return (text.replace(quoted, '').match(LATIN_WORD) ?? []).filter((word) => !PROPER.has(word));
}

test('every step of an operation, and every code in the data of an error, has words in both languages', () => {
  for (const [table, english] of Object.entries(terms)) {
    const chinese: Readonly<Record<string, string>> = zhTerms[table as keyof typeof terms];
    expect(Object.keys(chinese).sort()).toEqual(Object.keys(english).sort());
    for (const [code, text] of Object.entries<string>(english)) {
      expect([code, placeholders(chinese[code] ?? '')]).toEqual([code, placeholders(text)]);
      expect([code, englishIn((chinese[code] ?? '').replace(/\{\w+\}/g, ''))]).toEqual([code, []]);
    }
  }
});

/** Data as it comes with an error: each code its table has, in turn; names that no language has a word for. */
function samplesOf(code: keyof typeof errorTable): Record<string, unknown>[] {
  const shape: Readonly<Record<string, z.ZodType>> = errorTable[code].data.shape;
  const fields = Object.entries(shape);
  const tables = fields.map(([, schema]) => tableOf(schema));
  const most = Math.max(1, ...tables.map((table) => (table ? Object.keys(terms[table]).length : 1)));
  return Array.from({ length: most }, (_, index) =>
    Object.fromEntries(
      fields.map(([field], at) => {
        const table = tables[at];
        const codes = table ? Object.keys(terms[table]) : [];
        return [field, codes.length > 0 ? codes[index % codes.length] : '〇'];
      }),
    ),
  );
}

test('no error shows an English word, or a code, in the middle of a Chinese sentence', () => {
  const found: unknown[] = [];
  for (const code of Object.keys(errorTable) as (keyof typeof errorTable)[]) {
    for (const data of samplesOf(code)) {
      const record = { code, message: '', fix: '', data };
      const { message, fix } = errorWords(record, 'zh-CN');
      const words = [...englishIn(message), ...englishIn(fix)];
      if (words.length > 0) found.push({ code, data, words });
      const english = errorWords(record, 'en');
      expect(english.message, code).toBe(new TtError(code, data as never).message);
    }
  }
  expect(found).toEqual([]);
});

test('what another program said stands at the end of a Chinese sentence, after a colon', () => {
  for (const [code, words] of Object.entries(zhErrors)) {
    const inside = words.message.replace(/：\{(reason|summary|command)\}。?$/, '');
    expect([code, inside]).toEqual([code, expect.not.stringMatching(/\{(reason|summary|command)\}/)]);
  }
});

test('a code of a newer agent is shown as it is', () => {
  expect(stepText({ code: 'teleporting', data: {} }, zhTerms)).toBe('teleporting');
  expect(stepText({ code: 'downloadingPackages', data: { packages: 'busybox' } }, zhTerms)).toBe('正在下载 busybox');
  expect(stepText({ code: 'downloadingPackages', data: { packages: 'busybox' } })).toBe('Downloading busybox');
  const busy = { code: 'ENV_BUSY', message: '', fix: '', data: { envName: 'demo', operation: 'vm.teleport' } };
  expect(errorWords(busy, 'zh-CN').message).toBe('demo 正忙：vm.teleport。');
});
