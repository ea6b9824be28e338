// Lists of files become complete trees, in an order that can be written from the root down.
import { expect, test } from 'vitest';
import { directory, file, parentOf, symlink, withParents } from './file-entry.ts';

test('adds missing parents once and sorts parents before children', () => {
  const deep = file('/usr/bin/tool', '');
  const secret = directory('/usr/lib', 0o700);
  const link = symlink('/bin', 'usr/bin');
  expect(withParents([deep, secret, link])).toEqual([link, directory('/usr'), directory('/usr/bin'), deep, secret]);
});

test('refuses two entries of one path and an entry inside a link', () => {
  expect(() => withParents([directory('/a'), directory('/a')])).toThrow('two entries for /a');
  expect(() => withParents([symlink('/lib', 'usr/lib'), file('/lib/x', '')])).toThrow('/lib/x is inside /lib');
});

test('knows the parent of a path', () => {
  expect(['/a', '/a/b', '/a/b/c'].map(parentOf)).toEqual(['/', '/a', '/a/b']);
});
