// Files that only their owner can read: complete, private, and made private again if somebody changed that.
import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readIfThere, readOrMakeToken, writePrivateFile } from './private-file.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'tt-private-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

test('a token is made once, kept, and made private again', async () => {
  const file = path.join(directory, 'token');
  const token = await readOrMakeToken(file);
  expect(token).toMatch(/^[\w-]{43}$/);
  await chmod(file, 0o644);
  expect(await readOrMakeToken(file)).toBe(token);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readdir(directory)).toEqual(['token']);
});

test('only a file that is not there reads as null', async () => {
  await writeFile(path.join(directory, 'file'), 'text');
  expect(await readIfThere(path.join(directory, 'file'))).toBe('text');
  expect(await readIfThere(path.join(directory, 'none'))).toBeNull();
  await expect(readIfThere(directory)).rejects.toMatchObject({ code: 'EISDIR', path: directory });
});

test('nothing is left beside a file that can’t be replaced', async () => {
  const file = path.join(directory, 'file');
  await mkdir(path.join(file, 'in-it'), { recursive: true });
  await expect(writePrivateFile(file, 'text')).rejects.toThrow();
  expect(await readdir(directory)).toEqual(['file']);
});
