// The written CD, read back by xorriso, and checked for the few rules by which systems recognise a CD.
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommand } from '../host/run-command.ts';
import { writeCd } from './iso9660.ts';

let folder: string;
const date = new Date('2026-11-26T22:10:03.450Z');

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-cd-'));
});
afterEach(() => rm(folder, { recursive: true }));

const files = [
  { name: 'user-data', content: Buffer.from('#cloud-config\n{}') },
  { name: 'meta-data', content: Buffer.from('') },
  { name: 'exactly-one-sector', content: Buffer.alloc(2048, 'x') },
  { name: 'n'.repeat(64), content: Buffer.alloc(5000, 'y') },
  ...Array.from({ length: 20 }, (_, index) => ({
    name: `a-rather-long-name-that-fills-the-folder-${index}.Text`,
    content: Buffer.from(`number ${index}`),
  })),
];

/** What xorriso takes out of the image, by file name. */
async function extract(image: Buffer, ...options: string[]): Promise<Record<string, string>> {
  const iso = path.join(folder, 'seed.iso');
  const out = path.join(folder, `out-${options.join('-') || 'plain'}`);
  await writeFile(iso, image);
  const args = ['-no_rc', '-abort_on', 'WARNING', ...options, '-indev', iso, '-osirrox', 'on', '-extract', '/', out];
  await runCommand('xorriso', args, { timeoutMs: 20_000 });
  const names = await readdir(out);
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readFile(path.join(out, name), 'latin1')])),
  );
}

describe('a CD', () => {
  it.each([
    ['Rock Ridge', 'nojoliet'],
    ['Joliet', 'norock'],
  ])('gives every file back by its %s name', async (_naming, how) => {
    const found = await extract(writeCd({ volumeId: 'cidata', files, date }), '-read_fs', how);
    expect(found).toEqual(Object.fromEntries(files.map(({ name, content }) => [name, content.toString('latin1')])));
  });

  it('has its name and its size where systems look for them, and the same bytes each time', () => {
    const image = writeCd({ volumeId: 'cidata', files, date });
    expect(image.toString('latin1', 16 * 2048 + 1, 16 * 2048 + 6)).toBe('CD001');
    expect(image.toString('latin1', 16 * 2048 + 40, 16 * 2048 + 72).trimEnd()).toBe('cidata');
    expect(image.readUInt32LE(16 * 2048 + 80) * 2048).toBe(image.length);
    expect(image.toString('latin1', 17 * 2048 + 88, 17 * 2048 + 91)).toBe('%/E');
    expect(image[18 * 2048]).toBe(255);
    expect(writeCd({ volumeId: 'cidata', files: files.toReversed(), date }).equals(image)).toBe(true);
  });

  it('refuses names that it could not write', () => {
    const one = (name: string) => () => writeCd({ volumeId: 'x', files: [{ name, content: Buffer.alloc(0) }], date });
    for (const name of ['', 'a/b', 'ä', 'n'.repeat(65), 'a b']) expect(one(name), name).toThrow('not a name');
    expect(() => writeCd({ volumeId: 'a volume', files: [], date })).toThrow('not a name');
    const twice = [
      { name: 'a', content: Buffer.alloc(0) },
      { name: 'a', content: Buffer.alloc(1) },
    ];
    expect(() => writeCd({ volumeId: 'x', files: twice, date })).toThrow('two files');
  });
});
