// Files of a page are read in large blocks, one ahead, and given out exactly as requested.
import { TRANSFER_CHUNK_BYTES } from '@tt/protocol';
import { expect, test } from 'vitest';
import { blobSource } from './blob-source.ts';
import type { ReadableFile } from './transfer-link.ts';

const MIB = 1024 * 1024;

/** Its bytes are the numbers of their MiB. */
function fileOf(size: number): { file: ReadableFile; asked: [number, number][] } {
  const asked: [number, number][] = [];
  const bytes = new Uint8Array(size);
  for (let number = 0; number * MIB < size; number++) bytes.fill(number, number * MIB);
  const file: ReadableFile = {
    name: 'disk.raw',
    size,
    slice(start, end) {
      asked.push([start, end]);
      return { arrayBuffer: async () => bytes.slice(start, end).buffer };
    },
  };
  return { file, asked };
}

test('a file that is sent from its beginning is read in blocks, the next one before it is needed', async () => {
  const { file, asked } = fileOf(10 * MIB);
  const source = blobSource(file);
  await source.read(0, TRANSFER_CHUNK_BYTES);
  expect(asked).toEqual([
    [0, 4 * MIB],
    [4 * MIB, 8 * MIB],
  ]);
  const sent: Uint8Array[] = [];
  for (let at = 0; at < file.size; at += TRANSFER_CHUNK_BYTES) sent.push(await source.read(at, TRANSFER_CHUNK_BYTES));
  expect(asked.length).toBe(3);
  expect(sent.every(({ length }) => length === TRANSFER_CHUNK_BYTES)).toBe(true);
  expect(sent.map(([first]) => first)).toEqual(sent.map((_, at) => Math.floor((at * TRANSFER_CHUNK_BYTES) / MIB)));
});

test('one that is continued anywhere gets the bytes from there, also across the end of a block', async () => {
  const { file, asked } = fileOf(7 * MIB);
  const source = blobSource(file);
  const from = MIB - 3;
  expect([...(await source.read(from, 6))]).toEqual([0, 0, 0, 1, 1, 1]);
  const end = from + 4 * MIB;
  expect([...(await source.read(end - 3, 3 + 4))]).toEqual([4, 4, 4, 4, 4, 4, 5]);
  expect([...(await source.read(end + 4, 2))]).toEqual([5, 5]);
  // Neither of the blocks was read anew for it.
  expect(asked).toEqual([
    [from, end],
    [end, 7 * MIB],
  ]);
  expect([...(await source.read(7 * MIB - 2, 2))]).toEqual([6, 6]);
});

test('a file that was changed or removed is refused, whichever block that is noticed in', async () => {
  const { file } = fileOf(7 * MIB);
  let reads = 0;
  const gone: ReadableFile = {
    ...file,
    slice: (start, end) => ({
      arrayBuffer: async () => {
        if (reads++ > 0) throw new DOMException('changed', 'NotReadableError');
        return file.slice(start, end).arrayBuffer();
      },
    }),
  };
  const source = blobSource(gone);
  await source.read(0, 10);
  await expect(source.read(4 * MIB, 10)).rejects.toMatchObject({ code: 'FILE_UNUSABLE', data: { file: 'disk.raw' } });
  const short = blobSource({ ...file, slice: () => ({ arrayBuffer: async () => new ArrayBuffer(1) }) });
  await expect(short.read(0, 10)).rejects.toMatchObject({ code: 'FILE_UNUSABLE' });
});
