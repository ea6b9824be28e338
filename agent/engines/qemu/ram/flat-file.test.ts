// The flat file: what a stream becomes on disk, its holes, and files that are none.
import { mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { VmSpec } from '../../interface.ts';
import { FlatWriter, openFlat } from './flat-file.ts';
import { StreamSplitter } from './stream-splitter.ts';
import { wholeStream } from './test-stream.ts';

const MIB = 1024 * 1024;
const spec = { memoryMiB: 1, confinement: null } as VmSpec;
let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-flat-'));
  file = path.join(folder, 'ram-one.flat');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(stream: Buffer): Promise<void> {
  const writer = await FlatWriter.create(spec, file);
  const splitter = new StreamSplitter('pc.ram', writer);
  for (let at = 0; at < stream.length; at += 5000) splitter.write(stream.subarray(at, at + 5000));
  splitter.end();
  await writer.end();
  await writer.close();
}

it('has each page in its place as it was sent last, and the devices behind', async () => {
  const { stream, memory, others } = wholeStream();
  await write(stream);
  const bytes = await readFile(file);
  expect(Array.from({ length: 8 }, (_, page) => bytes[page * 4096 + 17])).toEqual(memory);
  expect(bytes.subarray(8 * 4096, MIB).every((byte) => byte === 0)).toBe(true);
  await using state = await openFlat(file);
  expect(state.memoryBytes).toBe(MIB);
  expect(Buffer.concat(await state.stream().toArray())).toEqual(others);
});

it('has holes where the guest has nothing', async () => {
  await write(wholeStream().stream);
  const { blocks, size } = await stat(file);
  expect(size).toBeGreaterThan(MIB);
  expect(size % 4096).toBe(0);
  expect(blocks * 512).toBeLessThan(128 * 1024);
});

it('starts over, and never over another one', async () => {
  const { stream, others } = wholeStream();
  const writer = await FlatWriter.create(spec, file);
  writer.pages(5 * 4096, [Buffer.alloc(4096, 1)]);
  writer.stream(Buffer.from('half of it'));
  await writer.startOver();
  const splitter = new StreamSplitter('pc.ram', writer);
  splitter.write(stream);
  await writer.end();
  await writer.close();
  expect((await readFile(file))[5 * 4096]).toBe(0);
  await using state = await openFlat(file);
  expect(Buffer.concat(await state.stream().toArray())).toEqual(others);
  await expect(FlatWriter.create(spec, file)).rejects.toMatchObject({ code: 'COMMAND_FAILED' });
});

it('fails as the disk does', async () => {
  const writer = await FlatWriter.create(spec, file);
  await writer.close();
  // Its file is gone for it, as a disk may be.
  writer.stream(Buffer.from('more'));
  await expect(writer.end()).rejects.toMatchObject({ code: 'EBADF' });
  expect(() => writer.stream(Buffer.from('still more'))).toThrow(expect.objectContaining({ code: 'EBADF' }));
});

it('is told from what is none', async () => {
  await write(wholeStream().stream);
  const whole = await readFile(file);
  const none = async (bytes: Buffer) => {
    await writeFile(file, bytes);
    await expect(openFlat(file)).rejects.toMatchObject({ code: 'COMMAND_FAILED' });
  };
  await none(Buffer.alloc(0));
  await none(whole.subarray(0, whole.length - 1));
  await none(Buffer.concat([whole, Buffer.alloc(1)]));
  await none(Buffer.concat([Buffer.alloc(4096), whole]));
  const otherMagic = Buffer.from(whole);
  otherMagic[MIB] = 0;
  await none(otherMagic);
  await writeFile(file, whole);
  await truncate(file, MIB);
  await expect(openFlat(file)).rejects.toMatchObject({ code: 'COMMAND_FAILED' });
});
