// The RAM of copies, in plain files: one for all who can read it together, one for each elsewhere, and one in the host's memory.
import { existsSync } from 'node:fs';
import { lstat, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { RamFormat } from '../engines/interface.ts';
import { findProgram } from '../host/run-command.ts';
import { mostRamBytes, ramFileOf } from './ram-files.ts';
import { RamOfCopies } from './ram-of-copies.ts';

const TAG = 'tt-a';
const BYTES = Buffer.alloc(64 * 1024, 'apple');
const hasPerl = (await findProgram('perl')) !== null;
/** Nobody stops it. */
const { signal } = new AbortController();

let root: string;
let storage: { folderOf: (id: string) => string; copiesShareBlocks: boolean };
let ram: RamOfCopies;

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'tt-ram-'));
  storage = { folderOf: (id) => path.join(root, id), copiesShareBlocks: false };
  ram = new RamOfCopies(storage);
  for (const id of ['vm1', 'vm2', 'vm3', 'vm4']) await mkdir(storage.folderOf(id));
});
afterEach(() => rm(root, { recursive: true }));

const fileOf = (id: string, format: RamFormat = 'flat') => ramFileOf(storage.folderOf(id), TAG, format);
const inodeOf = async (id: string) => (await lstat(fileOf(id))).ino;

it('is one file for all who read it together, and a file of its own for who does not', async () => {
  await writeFile(fileOf('vm1'), BYTES);
  // At once: the first makes it what all can read.
  await Promise.all(['vm2', 'vm3'].map((id) => ram.clone('vm1', TAG, id, { signal, sharesMemory: true })));
  await ram.clone('vm1', TAG, 'vm4', { signal, sharesMemory: false });
  const own = await inodeOf('vm1');
  expect(await Promise.all(['vm2', 'vm3'].map(inodeOf))).toEqual([own, own]);
  expect((await lstat(fileOf('vm1'))).nlink).toBe(3);
  const { ino, mode } = await lstat(fileOf('vm4'));
  expect([ino === own, mode & 0o777, (await readFile(fileOf('vm4'))).equals(BYTES)]).toEqual([false, 0o600, true]);
});

it('of the other format is never shared; without a file there is nothing to give', async () => {
  await ram.clone('vm1', TAG, 'vm2', { signal, sharesMemory: true });
  expect([existsSync(fileOf('vm2')), existsSync(fileOf('vm2', 'qcow2'))]).toEqual([false, false]);
  await writeFile(fileOf('vm1', 'qcow2'), BYTES);
  await ram.clone('vm1', TAG, 'vm2', { signal, sharesMemory: true });
  expect([existsSync(fileOf('vm2', 'qcow2')), (await lstat(fileOf('vm1', 'qcow2'))).nlink]).toEqual([true, 1]);
});

it('is given to nobody where something else is in its place', async () => {
  await symlink('/etc/passwd', fileOf('vm1'));
  for (const sharesMemory of [true, false]) {
    const given = ram.clone('vm1', TAG, 'vm2', { signal, sharesMemory });
    await expect(given).rejects.toMatchObject({ reason: { code: 'notPlainFile' } });
  }
  await expect(ram.seal('vm1', TAG, signal)).rejects.toMatchObject({ reason: { code: 'notPlainFile' } });
  expect(existsSync(fileOf('vm2'))).toBe(false);
});

it('is written for each copy, once for all that share it, and not at all where that is done or copies share blocks', async () => {
  const written = (sharesMemory: boolean) => ram.writtenBytes({ vmId: 'vm1', tag: TAG, memoryMiB: 128 }, sharesMemory);
  const bytes = mostRamBytes(128);
  expect(await written(true)).toEqual({ eachBytes: 0, onceBytes: 0 });
  await writeFile(fileOf('vm1', 'qcow2'), BYTES);
  expect(await written(true)).toEqual({ eachBytes: bytes, onceBytes: 0 });
  storage.copiesShareBlocks = true;
  expect(await written(true)).toEqual({ eachBytes: 0, onceBytes: 0 });
  storage.copiesShareBlocks = false;
  await rm(fileOf('vm1', 'qcow2'));
  await writeFile(fileOf('vm1'), BYTES);
  expect(await written(false)).toEqual({ eachBytes: bytes, onceBytes: 0 });
  expect(await written(true)).toEqual({ eachBytes: 0, onceBytes: bytes });
  await ram.clone('vm1', TAG, 'vm2', { signal, sharesMemory: true });
  expect(await written(true)).toEqual({ eachBytes: 0, onceBytes: 0 });
});

it.runIf(hasPerl)('is sealed in the host’s memory, where it stays without its file', async () => {
  expect(await ram.sealableBytes('vm1', TAG)).toBeNull();
  await writeFile(fileOf('vm1', 'qcow2'), BYTES);
  expect(await ram.sealableBytes('vm1', TAG)).toBeNull();
  await rm(fileOf('vm1', 'qcow2'));
  await writeFile(fileOf('vm1'), BYTES);
  expect(await ram.sealableBytes('vm1', TAG)).toBeGreaterThanOrEqual(BYTES.length);
  const sealed = await ram.seal('vm1', TAG, signal);
  await rm(fileOf('vm1'));
  expect(sealed).toMatchObject({ memory: { memoryMiB: 1 }, source: { tag: TAG, format: 'flat' } });
  expect((await readFile(sealed.source.ramFile)).equals(BYTES)).toBe(true);
  await sealed.close();
  await expect(readFile(sealed.source.ramFile)).rejects.toThrow();
});
