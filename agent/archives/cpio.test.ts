// The initrd writer follows the newc format: a second, naive reader reads its archives back.
import { expect, test } from 'vitest';
import { writeCpio } from './cpio.ts';
import { directory, type FileEntry, file, imageTimeSeconds, symlink } from './file-entry.ts';

const entries: FileEntry[] = [
  directory('/bin'),
  file('/bin/hello', 'hello', 0o755),
  symlink('/bin/hi', 'hello'),
  { kind: 'characterDevice', path: '/console', mode: 0o600, major: 5, minor: 1 },
];

test('writes every kind of entry as root with the fixed time', () => {
  const common = { user: 0, group: 0 };
  const time = imageTimeSeconds;
  expect(readCpio(writeCpio(entries))).toEqual([
    { ...common, name: 'bin', inode: 1, mode: 0o040755, links: 2, time, device: [0, 0], content: '' },
    { ...common, name: 'bin/hello', inode: 2, mode: 0o100755, links: 1, time, device: [0, 0], content: 'hello' },
    { ...common, name: 'bin/hi', inode: 3, mode: 0o120777, links: 1, time, device: [0, 0], content: 'hello' },
    { ...common, name: 'console', inode: 4, mode: 0o020600, links: 1, time, device: [5, 1], content: '' },
    { ...common, name: 'TRAILER!!!', inode: 0, mode: 0, links: 1, time: 0, device: [0, 0], content: '' },
  ]);
});

test('gives the same bytes every time, in whole blocks', () => {
  const archive = writeCpio(entries);
  expect(writeCpio(entries).equals(archive)).toBe(true);
  expect(archive.length % 512).toBe(0);
});

function readCpio(archive: Buffer): unknown[] {
  const found: unknown[] = [];
  const roundUp = (offset: number) => Math.ceil(offset / 4) * 4;
  for (let at = 0; ; ) {
    expect(archive.toString('latin1', at, at + 6)).toBe('070701');
    const field = (index: number) =>
      Number.parseInt(archive.toString('latin1', at + 6 + index * 8, at + 14 + index * 8), 16);
    const nameBytes = field(11);
    const name = archive.toString('utf8', at + 110, at + 110 + nameBytes - 1);
    const contentAt = roundUp(at + 110 + nameBytes);
    found.push({
      name,
      inode: field(0),
      mode: field(1),
      user: field(2),
      group: field(3),
      links: field(4),
      time: field(5),
      device: [field(9), field(10)],
      content: archive.toString('utf8', contentAt, contentAt + field(6)),
    });
    if (name === 'TRAILER!!!') return found;
    at = roundUp(contentAt + field(6));
  }
}
