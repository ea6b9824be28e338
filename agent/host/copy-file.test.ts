// A copy can be stopped while it runs, and then leaves nothing.
import { mkdtemp, open, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { until } from '../testing/until.ts';
import { copyOpen, copyStoppably } from './copy-file.ts';
import { runCommand } from './run-command.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-copy-'));
});
afterEach(() => rm(folder, { recursive: true }));

const inside = (name: string) => path.join(folder, name);

it('copies where a link leads, for its owner only, and never over what is there', async () => {
  const { signal } = new AbortController();
  await writeFile(inside('file'), 'text', { mode: 0o644 });
  await symlink('file', inside('link'));
  await copyStoppably(inside('link'), inside('copy'), signal);
  expect([await readFile(inside('copy'), 'utf8'), (await stat(inside('copy'))).mode & 0o777]).toEqual(['text', 0o600]);
  await expect(copyStoppably(inside('file'), inside('copy'), signal)).rejects.toMatchObject({ code: 'EEXIST' });
  await expect(copyStoppably(inside('none'), inside('other'), signal)).rejects.toMatchObject({ code: 'ENOENT' });
  expect((await readdir(folder)).sort()).toEqual(['copy', 'file', 'link']);
});

it('is ended by its signal in the midst of a copy that has no end', async () => {
  const cancel = new AbortController();
  await runCommand('mkfifo', [inside('pipe')], { timeoutMs: 10_000 });
  await using pipe = await open(inside('pipe'), 'r+');
  const outcome = copyOpen(pipe, inside('endless'), cancel.signal).catch((error: unknown) => error);
  await pipe.write('text');
  await until('it copies', async () => (await stat(inside('endless')).catch(() => null))?.size);
  cancel.abort(new Error('stopped'));
  expect(await outcome).toMatchObject({ message: 'stopped' });
  expect(await readdir(folder)).toEqual(['pipe']);
});
