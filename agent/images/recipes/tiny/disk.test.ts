// The debugfs commands that fill the root file system; build.test.ts runs them.
import { expect, test } from 'vitest';
import { fillScript } from './disk.ts';
import { directory, file, symlink } from '../../../archives/file-entry.ts';

test('makes entries from the top down and then sets owners, modes and times', () => {
  const entries = [directory('/a', 0o700), file('/a/b', 'x', 0o755), symlink('/c', 'a/b')];
  const lines = fillScript(entries).split('\n');
  expect(lines.slice(0, 6)).toEqual(['cd /', 'mkdir a', 'cd /a', 'write 1 b', 'cd /', 'symlink c a/b']);
  expect(lines.filter((line) => line.includes(' mode '))).toEqual([
    'set_inode_field /a mode 040700',
    'set_inode_field /a/b mode 0100755',
    'set_inode_field /c mode 0120777',
    'set_inode_field / mode 040755',
    'set_inode_field /lost+found mode 040700',
  ]);
  expect(lines.filter((line) => line.startsWith('set_inode_field /a/b '))).toEqual([
    'set_inode_field /a/b mode 0100755',
    'set_inode_field /a/b uid 0',
    'set_inode_field /a/b gid 0',
    ...['atime', 'ctime', 'mtime', 'crtime'].map((field) => `set_inode_field /a/b ${field} @1735689600`),
    ...['atime', 'ctime', 'mtime', 'crtime'].map((field) => `set_inode_field /a/b ${field}_extra 0`),
  ]);
});
