// A path is only opened if it is a plain file with a single name.
import { link, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { BootFiles } from '../capsules/boot-files.ts';
import { copyPlain, openPlain } from './plain-file.ts';
import { runCommand } from './run-command.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-plain-'));
});
afterEach(() => rm(folder, { recursive: true }));

const inside = (name: string) => path.join(folder, name);

it('opens a plain file, and nothing else in its place', async () => {
  await writeFile(inside('plain'), 'text');
  await using file = await openPlain(inside('plain'));
  expect(await file.readFile('utf8')).toBe('text');
  await writeFile(inside('secret'), 'secret');
  await symlink('secret', inside('link'));
  await link(inside('secret'), inside('second'));
  await runCommand('mkfifo', [inside('pipe')], { timeoutMs: 10_000 });
  await mkdir(inside('folder'));
  for (const name of ['link', 'second', 'pipe', 'folder']) {
    await expect(openPlain(inside(name)), name).rejects.toMatchObject({ reason: { code: 'notPlainFile' } });
  }
  await expect(openPlain(inside('nothing'))).rejects.toMatchObject({ code: 'ENOENT' });
});

it('copies what it opened to a new name only', async () => {
  await writeFile(inside('plain'), 'text');
  await symlink('elsewhere', inside('taken'));
  await expect(copyPlain(inside('plain'), inside('taken'))).rejects.toMatchObject({ code: 'EEXIST' });
  await copyPlain(inside('plain'), inside('copy'));
  expect(await readFile(inside('copy'), 'utf8')).toBe('text');
});

it('boot files of capsules are never files that a link leads to', async () => {
  const boot = new BootFiles(inside('boot'));
  await writeFile(inside('secret'), 'secret', { mode: 0o600 });
  await symlink('secret', inside('kernel'));
  await expect(boot.adopt(inside('kernel'))).rejects.toMatchObject({ reason: { code: 'notPlainFile' } });
  const adopted = await boot.adopt(inside('secret'));
  expect([(await stat(adopted)).mode & 0o777, (await stat(inside('secret'))).mode & 0o777]).toEqual([0o644, 0o600]);
});
