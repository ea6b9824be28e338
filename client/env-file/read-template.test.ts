// Texts of one ENV: what is read, what is refused and where, and another name in a text that stays as it was written.
import { TtError } from '@tt/protocol';
import { expect, it } from 'vitest';
import { envFileFrom, readEnvCalled, readNewEnv, readTemplate } from './read-template.ts';
import { withEnvName } from './rename-text.ts';

/** `3:1 keyUnknown` for each problem. */
function problemsOf(read: () => unknown): string[] {
  try {
    read();
    return [];
  } catch (error) {
    if (!(error instanceof TtError) || error.code !== 'DOCUMENT_INVALID') throw error;
    const { problems } = error.data as TtError<'DOCUMENT_INVALID'>['data'];
    return problems.map(({ line, column, reason }) => `${line}:${column} ${reason.code}`);
  }
}

it('a template needs no name, a new ENV needs one and a group, an ENV keeps its own', () => {
  const text = 'groups: [{ osPrefix: tiny }]\n';
  const template = readTemplate(text, 'f');
  expect(template).toEqual({ groups: [{ osPrefix: 'tiny', copies: 1 }] });
  expect(envFileFrom({ ...template, name: 'old' }, 'new').name).toBe('new');
  expect(problemsOf(() => readNewEnv(text, 'f'))).toEqual(['1:1 keyMissing']);
  expect(problemsOf(() => readNewEnv('name: a\n', 'f'))).toEqual(['1:1 planNoGroups']);
  expect(problemsOf(() => readNewEnv('name: a\ngroups: []\n', 'f'))).toEqual(['2:9 planNoGroups']);
  expect(readEnvCalled('name: a\n', 'f', 'a')).toEqual({ name: 'a' });
  expect(problemsOf(() => readEnvCalled('title: x\nname: b\n', 'f', 'a'))).toEqual(['2:7 nameOther']);
  expect(problemsOf(() => readTemplate('name: a\n---\nname: b\n', 'f'))).toEqual(['3:1 yamlTooManyDocuments']);
});

it.each([
  ['# shop\nname: old # mine\ntitle: x\n', '# shop\nname: new # mine\ntitle: x\n'],
  ['{ name: "old", title: x }\n', '{ name: new, title: x }\n'],
  ['# shop\ntitle: x # y\n', '# shop\nname: new\ntitle: x # y\n'],
])('gets another name: %j', (text, renamed) => {
  const found = withEnvName(text, 'new');
  expect(found).toBe(renamed);
  expect(readTemplate(found, 'f')).toEqual({ ...readTemplate(text, 'f'), name: 'new' });
});

it.each(['1', '1e3', 'true', '0x1', 'no', '2026-11-29', '1.5'])(
  'a name that looks like a value stays a name: %s',
  (name) => {
    for (const text of ['name: old\n', 'title: x\n'])
      expect(readTemplate(withEnvName(text, name), 'f').name).toBe(name);
  },
);
