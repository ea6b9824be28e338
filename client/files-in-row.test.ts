// Files that are read as one: every range of bytes is that of their contents one after the other.
import { expect, it } from 'vitest';
import { FilesInRow } from './files-in-row.ts';

const contents = ['', 'abc', '', '', 'defgh', 'i', ''];
const whole = contents.join('');
const read = (index: number, within: number, most: number) =>
  // As many as it likes, at least one.
  Promise.resolve(new TextEncoder().encode((contents[index] ?? '').slice(within, within + Math.min(most, 2))));

it('gives every range, also over files that are empty', async () => {
  const row = new FilesInRow(contents.map(({ length }) => length));
  expect(row.sizeBytes).toBe(whole.length);
  for (let from = 0; from <= whole.length; from++) {
    for (let to = from; to <= whole.length; to++) {
      expect(new TextDecoder().decode(await row.read(from, to - from, read))).toBe(whole.slice(from, to));
    }
  }
});

it('refuses what is beyond the last byte', async () => {
  const row = new FilesInRow(contents.map(({ length }) => length));
  await expect(row.read(whole.length, 1, read)).rejects.toThrow(RangeError);
  await expect(new FilesInRow([]).read(0, 1, read)).rejects.toThrow(RangeError);
});
