// What a guest lists of a folder: nothing of it may lead elsewhere, and it is shown in an order that people expect.
import type { GuestEntryView } from '@tt/protocol';
import { expect, it } from 'vitest';
import type { Bridge } from '../bridge.ts';
import { entriesOf, GuestFolder, parentOf } from './guest-folder.ts';
import { visibleName } from '../guest-files/visible-name.ts';

const entry = (path: string): GuestEntryView => ({
  kind: 'file',
  path,
  sizeBytes: 1,
  mode: 0o644,
  modifiedAt: '2026-11-21T10:00:00.000Z',
});

it('gives each entry its name, also one that looks odd', () => {
  const names = (path: string, ...paths: string[]) =>
    entriesOf('demo/a', path, paths.map(entry)).map(({ name }) => name);
  expect(names('/srv', '/srv/a b\n.log', '/srv/..a')).toEqual(['a b\n.log', '..a']);
  expect(names('/', '/etc', '/tmp')).toEqual(['etc', 'tmp']);
});

it.each([
  ['of another folder', ['/etc/passwd']],
  ['further below', ['/srv/a/b']],
  ['the folder itself', ['/srv/']],
  ['the way up', ['/srv/..']],
  ['a relative name', ['a']],
  ['the same twice', ['/srv/a', '/srv/a']],
])('refuses what is %s', (_what, paths) => {
  expect(() => entriesOf('demo/a', '/srv', paths.map(entry))).toThrow(
    expect.objectContaining({ code: 'GUEST_LIST_INVALID' }) as Error,
  );
});

it('shows what would not be seen in a name', () => {
  expect(visibleName('a\u202egnp.exe\n\t\u001b[31m')).toBe('a\\u202egnp.exe\\n\\t\\u001b[31m');
});

it('finds the folder above', () => {
  expect(['/', '/a', '/a/b', '/a/b/'].map(parentOf)).toEqual(['/', '/', '/a', '/a']);
});

it('puts folders first, sorts as asked, and keeps what was read when it can’t be read again', async () => {
  let answers = () =>
    Promise.resolve({
      entries: [
        { ...entry('/srv/b10'), sizeBytes: 3 },
        { ...entry('/srv/b9'), sizeBytes: 9 },
        { ...entry('/srv/z'), kind: 'folder' as const },
      ],
    });
  const bridge = { client: { guestFile: { list: () => answers() } } } as unknown as Bridge;
  const folder = new GuestFolder({ id: 'a', name: 'demo/a' }, '/srv', bridge);
  const names = () => folder.sorted.map(({ name }) => name);
  expect(folder.entries).toBeNull();
  await folder.read();
  expect(names()).toEqual(['z', 'b9', 'b10']);
  folder.sortBy('size');
  expect(names()).toEqual(['z', 'b10', 'b9']);
  folder.sortBy('size');
  expect(names()).toEqual(['z', 'b9', 'b10']);
  answers = () => Promise.resolve({ entries: [{ ...entry('/etc/passwd'), kind: 'folder' as const }] });
  await folder.read();
  expect([folder.failure?.code, names()]).toEqual(['GUEST_LIST_INVALID', ['z', 'b9', 'b10']]);
});
