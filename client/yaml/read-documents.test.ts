// YAML that people, and strangers, write: what is read from it, where it is said to be wrong, and what it may not ask for.
import { TtError } from '@tt/protocol';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { yamlLimits } from './limits.ts';
import { readDocuments } from './read-documents.ts';

const schema = z.strictObject({
  name: z.string().max(8),
  groups: z
    .array(z.strictObject({ copies: z.number().int().default(1), tags: z.array(z.string()).optional() }))
    .optional(),
});
const read = (text: string) => readDocuments(text, 'f.yaml', schema).map(({ value }) => value);

/** `line:column code key` of everything that is said about it. */
function faults(text: string): string[] {
  try {
    return [`read: ${JSON.stringify(read(text))}`];
  } catch (error) {
    if (!(error instanceof TtError) || error.code !== 'DOCUMENT_INVALID') throw error;
    const { problems } = error.data as TtError<'DOCUMENT_INVALID'>['data'];
    return problems.map(({ line, column, reason: { code, data } }) =>
      [`${line}:${column}`, code, ...Object.values(data)].join(' '),
    );
  }
}

describe('documents', () => {
  it('are read with defaults, aliases and merged maps; those without content are left out', () => {
    expect(
      read(
        '# head\nname: a\n---\n# nothing\n---\nname: b\ngroups: [&one { tags: [on, "1"] }, *one, { <<: *one, copies: 2 }]\n',
      ),
    ).toEqual([
      { name: 'a' },
      {
        name: 'b',
        groups: [
          { copies: 1, tags: ['on', '1'] },
          { copies: 1, tags: ['on', '1'] },
          { copies: 2, tags: ['on', '1'] },
        ],
      },
    ]);
    expect(read('name: a\r\ngroups:\r\n  - copies: 3\r\n')).toEqual([{ name: 'a', groups: [{ copies: 3 }] }]);
  });

  it.each([
    ['', ['1:1 yamlEmpty']],
    ['# only words\n', ['1:1 yamlEmpty']],
    ['nmae: a\n', ['1:1 keyMissing name', '1:1 keyUnknownNear nmae name']],
    ['name: a\ngroups:\n  - copeis: 2\n', ['3:5 keyUnknownNear groups[0].copeis copies']],
    ['name: a\nquite-another-thing: 2\n', ['2:1 keyUnknown quite-another-thing']],
    ['name: a\n---\nname: much too long\ngroups: x\n', ['3:7 valueUnfit name', '4:9 valueUnfit groups']],
    ['name: a\n__proto__: { x: 1 }\n', ['2:1 keyUnknown __proto__']],
    ['name: a\nname: b\n', ['2:1 yamlBroken']],
    ['name: !secret a\n', ['1:7 yamlBroken']],
    ['name: [a\n', ['2:1 yamlBroken']],
    ['- name: a\n', ['1:1 valueUnfit ']],
    ['name: *nobody\n', ['1:1 yamlBroken']],
    ['name: a\ngroups: [{ <<: [1] }]\n', ['1:1 yamlBroken']],
    ['? [a]\n: b\n', ['1:3 yamlBroken']],
  ])('%j is refused', (text, expected) => {
    expect(faults(text)).toEqual(expected);
  });

  it('tell more than anybody reads only in part', () => {
    const text = `name: a\ngroups:\n${'  - copies: x\n'.repeat(90)}`;
    expect(faults(text)).toHaveLength(50);
  });
});

describe('what a file may not ask for', () => {
  it.each([
    ['more characters', `# ${'x'.repeat(yamlLimits.length)}\nname: a`, 'yamlTooLong'],
    ['brackets in brackets', '['.repeat(200_000), 'yamlTooDeep'],
    ['maps in maps', '{a: '.repeat(2000), 'yamlTooDeep'],
    ['lists in lists', '- '.repeat(100_000), 'yamlTooDeep'],
    ['keys without names', ': '.repeat(5000), 'yamlTooDeep'],
    ['keys that are keys', '? '.repeat(100_000), 'yamlTooDeep'],
    ['many keys', Array.from({ length: 1001 }, (_, index) => `k${index}: 1\n`).join(''), 'yamlTooManyInOne'],
    ['many values', `name: a\ngroups:\n${`  - [${'1,'.repeat(900)}]\n`.repeat(23)}`, 'yamlTooMany'],
    ['many anchors', `name: ${'&a '.repeat(20_001)}b`, 'yamlTooMany'],
    ['many documents', 'name: a\n---\n'.repeat(65), 'yamlTooManyDocuments'],
    [
      'aliases of aliases',
      `a0: &a0 [x,x,x,x]\n${Array.from({ length: 9 }, (_, n) => `a${n + 1}: &a${n + 1} [*a${n},*a${n},*a${n},*a${n}]\n`).join('')}`,
      'yamlAliases',
    ],
  ])('%s', (_what, text, code) => {
    expect(faults(text)[0]?.split(' ')[1]).toBe(code);
  });
});
