// What a guest may list, and what of it is refused.
import type { GuestEntryView } from '@tt/protocol';
import { expect, it } from 'vitest';
import { inCalls, planFetch } from './guest-list.ts';

const entry = (kind: GuestEntryView['kind'], path: string, sizeBytes = 1): GuestEntryView => ({
  kind,
  path,
  sizeBytes,
  mode: 0o644,
  modifiedAt: '2026-11-21T10:00:00.000Z',
});
const logs = entry('folder', '/var/log');
const below =
  (...entries: GuestEntryView[]) =>
  () =>
    planFetch('demo/a', [{ named: logs, below: entries }]);

it('names files and folders by what was asked for', () => {
  const plan = planFetch('demo/a', [
    { named: entry('file', '/etc/hostname', 5), below: [] },
    { named: logs, below: [entry('folder', '/var/log/apt'), entry('file', '/var/log/apt/a b\n.log')] },
    { named: entry('file', '/etc/hostname', 5), below: [] },
  ]);
  expect(plan.files.map(({ inner, sizeBytes }) => [inner, sizeBytes])).toEqual([
    ['hostname', 5],
    ['log/apt/a b\n.log', 1],
  ]);
  expect(plan.folders).toEqual(['log', 'log/apt']);
  const root = planFetch('demo/a', [{ named: entry('folder', '/'), below: [entry('file', '/etc/x')] }]);
  expect(root.files.map(({ inner }) => inner)).toEqual(['etc/x']);
});

it('leaves out what is neither a file nor a folder', () => {
  const plan = below(entry('link', '/var/log/up'), entry('other', '/var/log/socket'), entry('file', '/var/log/a'))();
  expect([plan.leftOut, plan.files.length]).toEqual([['/var/log/up', '/var/log/socket'], 1]);
});

it.each([
  ['another folder', entry('file', '/etc/passwd')],
  ['a way up', entry('file', '/var/log/../../etc/passwd')],
  ['a way up at the end', entry('folder', '/var/log/..')],
  ['the folder itself', entry('file', '/var/log/')],
  ['an empty part', entry('file', '/var/log//x')],
  ['a part that is the same folder', entry('file', '/var/log/./x')],
  ['a relative name', entry('file', 'x')],
  ['a zero character', entry('file', '/var/log/a\0b')],
  ['a negative size', entry('file', '/var/log/x', -1)],
  ['an endless size', entry('file', '/var/log/x', 1e300)],
])('refuses %s', (_what, odd) => {
  expect(below(odd)).toThrow(expect.objectContaining({ code: 'GUEST_LIST_INVALID' }));
});

it('refuses a name twice, and a file as the folder of another', () => {
  const invalid = expect.objectContaining({ code: 'GUEST_LIST_INVALID' });
  expect(below(entry('file', '/var/log/x'), entry('file', '/var/log/x'))).toThrow(invalid);
  expect(below(entry('file', '/var/log/x'), entry('folder', '/var/log/x'))).toThrow(invalid);
  expect(below(entry('file', '/var/log/x/y'), entry('file', '/var/log/x'))).toThrow(invalid);
  const twice = ['/a/name', '/b/name'].map((path) => ({ named: entry('file', path), below: [] }));
  expect(() => planFetch('demo/a', twice)).toThrow(expect.objectContaining({ code: 'FILE_UNUSABLE' }));
});

it('refuses what Windows takes for a device, a stream or another folder, there', () => {
  for (const name of ['con', 'NUL.txt', 'a:b', 'a\\..\\b', 'com1', 'end.', 'end ', 'a\nb']) {
    const found = [{ named: logs, below: [entry('file', `/var/log/${name}`)] }];
    expect(() => planFetch('demo/a', found, { isWindows: true })).toThrow(
      expect.objectContaining({ code: 'GUEST_LIST_INVALID' }),
    );
    expect(planFetch('demo/a', found).files).toHaveLength(1);
  }
});

it('parts what one call can’t hold', () => {
  const calls = (items: string[]) => inCalls(items, (text) => text.length).map(({ length }) => length);
  expect(calls([])).toEqual([0]);
  expect(calls(Array.from({ length: 2001 }, () => 'a'))).toEqual([1000, 1000, 1]);
  expect(calls(Array.from({ length: 3 }, () => 'a'.repeat(150_000)))).toEqual([1, 1, 1]);
});
