// A path is only opened if it is a plain file with a single name.
import { link, mkdir, mkdtemp, open, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
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
const running = new AbortController().signal;

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
  await expect(copyPlain(inside('plain'), inside('taken'), running)).rejects.toMatchObject({ code: 'EEXIST' });
  await copyPlain(inside('plain'), inside('copy'), running);
  expect(await readFile(inside('copy'), 'utf8')).toBe('text');
});

it('keeps the holes of what it copies', async () => {
  const MIB = 1024 * 1024;
  await using sparse = await open(inside('sparse'), 'wx');
  await sparse.truncate(256 * MIB);
  for (const at of [0, 100 * MIB, 255 * MIB]) await sparse.write(Buffer.from('memory'), 0, 6, at);
  await copyPlain(inside('sparse'), inside('copy'), running);
  const [from, to] = [await stat(inside('sparse')), await stat(inside('copy'))];
  expect([to.size, to.blocks <= from.blocks]).toEqual([256 * MIB, true]);
  await using copy = await open(inside('copy'));
  const { buffer } = await copy.read(Buffer.alloc(6), 0, 6, 100 * MIB);
  expect(buffer.toString()).toBe('memory');
});

it('leaves no copy when it is stopped', async () => {
  await writeFile(inside('plain'), 'text');
  const signal = AbortSignal.abort(new Error('stopped'));
  await expect(copyPlain(inside('plain'), inside('copy'), signal)).rejects.toThrow('stopped');
  expect(await readdir(folder)).toEqual(['plain']);
});

it('boot files of capsules are never files that a link leads to', async () => {
  const boot = new BootFiles(inside('boot'));
  await writeFile(inside('secret'), 'secret', { mode: 0o600 });
  await symlink('secret', inside('kernel'));
  await expect(boot.adopt(inside('kernel'), running)).rejects.toMatchObject({ reason: { code: 'notPlainFile' } });
  const adopted = await boot.adopt(inside('secret'), running);
  expect([(await stat(adopted)).mode & 0o777, (await stat(inside('secret'))).mode & 0o777]).toEqual([0o644, 0o600]);
});
