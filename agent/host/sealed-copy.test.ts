// Copies that the kernel keeps from being changed, by any way to write that a process with the descriptor has.
import { mkdtemp, open, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findProgram, runCommand } from './run-command.ts';
import { sealedCopy } from './sealed-copy.ts';

const MIB = 1024 * 1024;
const hasPerl = (await findProgram('perl')) !== null;
const { signal } = new AbortController();

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-sealed-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** A file with a hole between two parts. */
async function withHole(): Promise<string> {
  const file = path.join(folder, 'file');
  await writeFile(file, 'apple');
  await truncate(file, 9 * MIB);
  await using end = await open(file, 'r+');
  await end.write('pear', 8 * MIB + 17);
  return file;
}

it.runIf(hasPerl)('has the bytes and the holes of the file, and stays when that goes', async () => {
  const file = await withHole();
  const bytes = await readFile(file);
  await using from = await open(file);
  await using copy = await sealedCopy(from, signal);
  await rm(file);
  expect((await copy.readFile()).equals(bytes)).toBe(true);
  expect((await copy.stat()).blocks * 512).toBeLessThan(MIB);
});

it.runIf(hasPerl)('can’t be changed by who opens it for writing', async () => {
  await using from = await open(await withHole());
  await using copy = await sealedCopy(from, signal);
  const place = `/proc/self/fd/${copy.fd}`;
  await using writable = await open(place, 'r+');
  await expect(writable.write('plum', 0)).rejects.toMatchObject({ code: 'EPERM' });
  await expect(writable.truncate(0)).rejects.toMatchObject({ code: 'EPERM' });
  await expect(writable.truncate(10 * MIB)).rejects.toMatchObject({ code: 'EPERM' });
  const punched = await runCommand('fallocate', ['--punch-hole', '--length', '4096', '/proc/self/fd/3'], {
    files: [copy.fd],
    timeoutMs: 10_000,
    okExitCodes: [0, 1],
  });
  expect(punched.stderr).toMatch(/not permitted/);
  expect((await stat(place)).size).toBe(9 * MIB);
  expect((await copy.read(Buffer.alloc(5), 0, 5, 0)).buffer.toString()).toBe('apple');
});

it.runIf(hasPerl)('of an empty file is one', async () => {
  const file = path.join(folder, 'file');
  await writeFile(file, '');
  await using from = await open(file);
  await using copy = await sealedCopy(from, signal);
  expect((await copy.stat()).size).toBe(0);
});

it.runIf(hasPerl)('is not there when it was cancelled', async () => {
  await using from = await open(await withHole());
  const cancelled = AbortSignal.abort(new Error('enough'));
  await expect(sealedCopy(from, cancelled)).rejects.toThrow('enough');
});

it.runIf(hasPerl)('says why a file can’t be copied', async () => {
  await using from = await open(folder);
  await expect(sealedCopy(from, signal)).rejects.toMatchObject({ name: 'RunError' });
});
