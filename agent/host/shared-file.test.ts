// Files that several VMs read: only the agent makes them, nobody writes them, and nothing else passes for one.
import { constants } from 'node:fs';
import { chmod, chown, link, lstat, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { copyPlain, openPlain, openPlainOrShared } from './plain-file.ts';
import { addName, isSharedFile, makeOwn, makeShared, partOf } from './shared-file.ts';

const isRoot = process.geteuid?.() === 0;
const STRANGER = 2_001_000_777;
/** Nobody stops it. */
const running = new AbortController().signal;

let folder: string;
const inside = (name: string) => path.join(folder, name);
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-shared-'));
  await writeFile(inside('ram'), 'memory', { mode: 0o600 });
});
afterEach(() => rm(folder, { recursive: true }));

it('is read by every name, written by none, and stays while there is a name', async () => {
  await makeShared(inside('ram'), running);
  await makeShared(inside('ram'), running);
  expect(await addName(inside('ram'), inside('fork'))).toBe(true);
  expect((await lstat(inside('fork'))).ino).toBe((await lstat(inside('ram'))).ino);
  expect((await lstat(inside('fork'))).mode & 0o777).toBe(0o444);
  await using opened = await openPlainOrShared(inside('fork'));
  expect(await opened.readFile('utf8')).toBe('memory');
  await expect(openPlain(inside('fork'))).rejects.toMatchObject({ name: 'NotPlainFile' });
  await copyPlain(inside('fork'), inside('copy'), running);
  await rm(inside('ram'));
  expect(await readFile(inside('fork'), 'utf8')).toBe('memory');
  expect(await isSharedFile(inside('copy'))).toBe(false);
});

it.runIf(isRoot)('has nobody who opened it for writing while it was a user’s', async () => {
  await chown(inside('ram'), STRANGER, STRANGER);
  await using theirs = await openPlain(inside('ram'), constants.O_RDWR);
  await makeShared(inside('ram'), running);
  await theirs.write('hostile');
  expect([await readFile(inside('ram'), 'utf8'), await isSharedFile(inside('ram'))]).toEqual(['memory', true]);
  expect(await readdir(folder)).toEqual(['ram']);
});

it('is made although a killed agent left half of one', async () => {
  if (isRoot) await chown(inside('ram'), STRANGER, STRANGER);
  await writeFile(partOf(inside('ram')), 'mem');
  await makeShared(inside('ram'), running);
  expect(await readFile(inside('ram'), 'utf8')).toBe('memory');
});

it('is nothing else: no link, no file of two names, none that somebody may write', async () => {
  await writeFile(inside('open'), 'x', { mode: 0o644 });
  await chmod(inside('open'), 0o644);
  await link(inside('open'), inside('second'));
  await symlink(inside('open'), inside('link'));
  for (const name of ['second', 'link']) {
    await expect(openPlainOrShared(inside(name)), name).rejects.toMatchObject({ name: 'NotPlainFile' });
    await expect(makeShared(inside(name), running), name).rejects.toMatchObject({ name: 'NotPlainFile' });
    await expect(addName(inside(name), inside('new')), name).rejects.toMatchObject({ name: 'NotPlainFile' });
  }
  await expect(addName(inside('ram'), inside('new'))).rejects.toMatchObject({ name: 'NotPlainFile' });
  await expect(addName(inside('none'), inside('new'))).rejects.toMatchObject({ code: 'ENOENT' });
  expect((await readdir(folder)).includes('new')).toBe(false);
});

it.runIf(isRoot)('is none that a user made read-only', async () => {
  await chmod(inside('ram'), 0o444);
  await chown(inside('ram'), STRANGER, STRANGER);
  expect(await isSharedFile(inside('ram'))).toBe(false);
  await expect(addName(inside('ram'), inside('new'))).rejects.toMatchObject({ name: 'NotPlainFile' });
});

it('can become one’s own again, and the others stay', async () => {
  await makeShared(inside('ram'), running);
  await addName(inside('ram'), inside('fork'));
  await makeOwn(inside('fork'), running);
  expect((await lstat(inside('fork'))).mode & 0o777).toBe(0o600);
  expect(await readFile(inside('fork'), 'utf8')).toBe('memory');
  expect(await isSharedFile(inside('ram'))).toBe(true);
});

it('is not possible on another file system: nothing is left there', async () => {
  const other = '/dev/shm';
  await makeShared(inside('ram'), running);
  const elsewhere = path.join(other, path.basename(folder));
  const isOther = (await lstat(other)).dev !== (await lstat(folder)).dev;
  expect(await addName(inside('ram'), elsewhere)).toBe(!isOther);
  await rm(elsewhere, { force: true });
});
