// Both languages say everything: same keys, same placeholders, words for every error code.
import {
  contract,
  errorTable,
  nameText,
  quoted,
  reasonSchema,
  safetySnapshotName,
  stepText,
  TtError,
  tableOf,
  terms,
  textKindOf,
} from '@tt/protocol';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { en } from './en/index.ts';
import { errorWords } from './error-words.ts';
import { formatFor } from './format.ts';
import { setLanguage, snapshotLabel, translate } from './index.ts';
import { timesOf } from './times.ts';
import { zhErrors } from './zh-CN/errors.ts';
import { zhCN } from './zh-CN/index.ts';
import { zhTerms } from './zh-CN/terms.ts';

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

test('files in the way are told without options of the command line, which the window does not have', () => {
  const { fix } = errorTable.GUEST_FILE_EXISTS;
  expect([fix, zhErrors.GUEST_FILE_EXISTS.fix].filter((text) => text.includes('--'))).toEqual([]);
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

test('a snapshot that TT took is called what it is, in sentences, in errors and alone', () => {
  const at = new Date('2026-11-21T02:18:47.624Z');
  const name = safetySnapshotName('clean', at);
  const called = `Before revert, ${timesOf('en').time(at)}`;
  expect(snapshotLabel(name)).toBe(called);
  expect(translate('snapshots.deleted', { snapshot: name })).toBe(`Snapshot “${called}” deleted`);
  expect(translate('snapshots.deleted', { snapshot: 'before-the-accident' })).toBe(
    'Snapshot “before-the-accident” deleted',
  );
  const data = { envName: 'demo', snapshotName: name };
  const taken = (language: 'en' | 'zh-CN') =>
    errorWords({ code: 'SNAPSHOT_NAME_TAKEN', message: '', fix: '', data }, language).message;
  expect(taken('en')).toBe(`demo already has a snapshot called ${called}.`);
  expect(taken('zh-CN')).toContain(`回滚之前，${timesOf('zh-CN').time(at)}`);
  const full = { freeMiB: 1, wantedMiB: 2, subject: name };
  expect(errorWords({ code: 'DISK_FULL', message: '', fix: '', data: full }, 'en').message).toContain(
    `needed for ${called}.`,
  );
  setLanguage('zh-CN');
  expect(translate('snapshots.deleted', { snapshot: name })).toContain('回滚之前，');
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
  expect([0, 49, 50, 340, 9400, 75_000].map(format.took)).toEqual([
    '< 0.1 s',
    '< 0.1 s',
    '0.1 s',
    '0.3 s',
    '9.4 s',
    '1 min',
  ]);
  expect([format.mebibytes(512), format.mebibytes(1536), format.bytes(48_000_000)]).toEqual([
    '512 MiB',
    '1.5 GiB',
    '45.8 MiB',
  ]);
  // Of a large host: as many mebibytes as bytes.
  const large = (language: 'en' | 'zh-CN') => {
    const { mebibytes, bytes } = formatFor(language, translate);
    return [mebibytes(1023 * 1024), mebibytes(9_000_038), bytes(9_000_038 * 1024 ** 2)];
  };
  expect([large('en'), large('zh-CN')]).toEqual([
    ['1,023 GiB', '8.6 TiB', '8.6 TiB'],
    ['1,023 GiB', '8.6 TiB', '8.6 TiB'],
  ]);
});

const LATIN_WORD = /[A-Za-z][A-Za-z-]{2,}/g;
/** What stays as it is in a Chinese sentence: names, units, and what somebody is to type or to look at. */
const PROPER = new Set([
  'KiB',
  'MiB',
  'GiB',
  'TiB',
  'ISO',
  'KVM',
  'TCG',
  'Linux',
  'TPM',
  'TLS',
  'NTP',
  'OpenID',
  'HTTP',
  'HTTPS',
  'PEM',
  'JSON',
  'YAML',
  'CIDR',
  'cgroup',
  'tmpfs',
  'DHCP',
  'DNS',
  'IP',
  'IPv',
  'UEFI',
  'SHA-',
  'TT',
  'iso',
  'disk',
  'SIGTERM',
  'SIGINT',
  'SIGHUP',
  'SIGKILL',
  'Debian',
  'Fedora',
  'Windows',
  'OpenSSH',
  'SSH',
  'QEMU',
  'Ubuntu',
  'Arch',
  'openSUSE',
  'Node',
  'engines',
]);
const inQuotes =
  /[“"][^”"]*[”"]|engine:os-version:variant|qemu:debian-12:web|\/api\/openapi\.json|Content-Type: application\/json|TT_HOME|guest agent|cloud-init/g;

/** English words in a Chinese sentence, but for proper names and what is quoted. */
function englishIn(text: string): string[] {
  return (text.replace(inQuotes, '').match(LATIN_WORD) ?? []).filter((word) => !PROPER.has(word));
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

/** The fields in braces of a text, with names that no language has a word for. */
function dataOf(table: Readonly<Record<string, string>>, code: string): Record<string, string> {
  return Object.fromEntries(placeholders(table[code] ?? '').map((field) => [field, '〇']));
}

/** Data as it comes with an error: each code its table has, in turn; names that no language has a word for. */
function samplesOf(code: keyof typeof errorTable): Record<string, unknown>[] {
  const shape: Readonly<Record<string, z.ZodType>> = errorTable[code].data.shape;
  const fields = Object.entries(shape);
  const tables = fields.map(([, schema]) => (schema === reasonSchema ? 'reason' : tableOf(schema)));
  const most = Math.max(1, ...tables.map((table) => (table ? Object.keys(terms[table]).length : 1)));
  return Array.from({ length: most }, (_, index) =>
    Object.fromEntries(
      fields.map(([field], at) => {
        const table = tables[at];
        const codes = table ? Object.keys(terms[table]) : [];
        const code = codes[index % codes.length];
        if (code === undefined) return [field, '〇'];
        return [field, table === 'reason' ? { code, data: dataOf(terms.reason, code), quote: null } : code];
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

type Schema = z.core.$ZodType;

/** Every text in the data of an error or in a view, with its path; a union's options and a record's values count, too. */
function textsIn(schema: Schema, at: string, seen = new Set<Schema>()): { at: string; schema: Schema }[] {
  if (seen.has(schema) || schema === reasonSchema || textKindOf(schema) !== null || tableOf(schema) !== null) return [];
  const below = new Set(seen).add(schema);
  if (schema instanceof z.ZodString) return [{ at, schema }];
  if (schema instanceof z.ZodObject) {
    return Object.entries<Schema>(schema.shape).flatMap(([field, inner]) => textsIn(inner, `${at}.${field}`, below));
  }
  if (schema instanceof z.ZodArray) return textsIn(schema.element, at, below);
  if (schema instanceof z.ZodRecord) return textsIn(schema.valueType, at, below);
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((inner) => textsIn(inner, at, below));
  if (schema instanceof z.ZodNullable || schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) {
    return textsIn(schema.unwrap(), at, below);
  }
  if (schema instanceof z.ZodUnknown || schema instanceof z.ZodAny) return [{ at, schema }];
  return [];
}

test('a text in the data of an error is a name, a code with words, or marked as said by others', () => {
  const free = Object.entries(errorTable).flatMap(([code, { data }]) => textsIn(data, code).map(({ at }) => at));
  expect(free).toEqual([]);
  // What the walk is for: a free text anywhere is found.
  const sample = z.object({ a: z.string(), b: z.array(z.object({ c: z.string().nullable() })), d: nameText });
  expect(textsIn(sample, 'X').map(({ at }) => at)).toEqual(['X.a', 'X.b.c']);
});

test('what others said is nowhere woven into a sentence, in either language', () => {
  const woven = Object.entries(errorTable).flatMap(([code, { message, fix, data }]) => {
    const zh = zhErrors[code as keyof typeof errorTable];
    const foreign = Object.entries<Schema>(data.shape).filter(([, schema]) => textKindOf(schema) !== null);
    const fields = foreign.filter(([, schema]) => textKindOf(schema) !== 'name').map(([field]) => `{${field}}`);
    const sentences = [message, fix, zh.message, zh.fix];
    return fields.filter((field) => sentences.some((text) => text.includes(field))).map((field) => `${code} ${field}`);
  });
  expect(woven).toEqual([]);
});

test('what another program said stands behind a Chinese sentence, as a quote', () => {
  const data = { vmName: 'demo/web-1', reason: quoted('engine.START_FAILED', 'no such device'), logTail: [] };
  const record = { code: 'VM_START_FAILED', message: '', fix: '', data };
  expect(errorWords(record, 'zh-CN').message).toBe('demo/web-1 未能启动：引擎未能启动它。 详细信息：“no such device”');
  expect(errorWords(record, 'en').message).toBe(
    'demo/web-1 could not be started: the engine could not start it. Details: “no such device”',
  );
  // An older agent wrote its reason as a text.
  const older = { ...record, data: { ...data, reason: 'no such device' } };
  expect(errorWords(older, 'zh-CN').message).toBe('demo/web-1 未能启动：出现错误。 详细信息：“no such device”');
});

/** Fields of views that say why or how far: names never stand in them. */
const TELLING = /(?:^|\.)(reason|problem|detail|advice|instructions|summary|lastError|\w+Problem)$/;

test('no view of the contract tells a reason or a state in free English', () => {
  const views = Object.entries<Record<string, unknown>>(contract).flatMap(([noun, methods]) =>
    Object.entries(methods).map(([method, call]) => ({ at: `${noun}.${method}`, call })),
  );
  const outputs = views.flatMap(({ at, call }) => {
    const output = (call as { '~orpc'?: { outputSchema?: Schema } })['~orpc']?.outputSchema;
    // Streams of events carry the same views.
    return output && '_zod' in output ? [{ at, output }] : [];
  });
  expect(outputs.length).toBeGreaterThan(50);
  const free = outputs.flatMap(({ at, output }) => textsIn(output, at).map((found) => found.at));
  expect(free.length).toBeGreaterThan(50);
  expect(free.filter((at) => TELLING.test(at))).toEqual([]);
});

test('a code of a newer agent is shown as it is', () => {
  expect(stepText({ code: 'teleporting', data: {} }, zhTerms)).toBe('teleporting');
  expect(stepText({ code: 'downloadingPackages', data: { packages: 'busybox' } }, zhTerms)).toBe('正在下载 busybox');
  expect(stepText({ code: 'downloadingPackages', data: { packages: 'busybox' } })).toBe('Downloading busybox');
  const busy = { code: 'ENV_BUSY', message: '', fix: '', data: { envName: 'demo', operation: 'vm.teleport' } };
  expect(errorWords(busy, 'zh-CN').message).toBe('demo 正忙：vm.teleport。');
});
