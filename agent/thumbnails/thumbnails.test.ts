// Thumbnails: an engine's PNG is decoded, shrunk and encoded again; a broken one is refused.
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deflateSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { decodePng, PngError } from './decode-png.ts';
import { encodePng } from './encode-png.ts';
import { shrink, shrinkPng } from './shrink-png.ts';
import { ThumbnailFiles } from './thumbnail-files.ts';

/** A PNG of one channel layout with one filter for all rows; `rows` hold the bytes after filtering. */
function pngOf(colourType: number, width: number, filter: number, rows: number[][]): Buffer {
  const plain = Buffer.from(encodePng(width, rows.length, new Uint8Array(width * rows.length * 3)));
  const data = deflateSync(Buffer.from(rows.flatMap((row) => [filter, ...row])));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const header = Buffer.from(plain.subarray(0, 33));
  header[8 + 8 + 9] = colourType;
  return Buffer.concat([header, length, Buffer.from('IDAT'), data, Buffer.alloc(4)]);
}

/** With other bytes for the packed ones. */
function unpackable(png: Buffer): Buffer {
  return Buffer.concat([png.subarray(0, 41), Buffer.alloc(png.length - 41, 0x78)]);
}

it('reads what it wrote', () => {
  const rgb = Uint8Array.from({ length: 4 * 3 * 3 }, (_, index) => (index * 37) % 256);
  expect(decodePng(encodePng(4, 3, rgb))).toEqual({ width: 4, height: 3, rgb });
});

it.each([
  [
    'none',
    0,
    [
      [10, 20, 30, 40, 50, 60],
      [70, 80, 90, 100, 110, 120],
    ],
  ],
  [
    'left',
    1,
    [
      [10, 20, 30, 30, 30, 30],
      [70, 80, 90, 30, 30, 30],
    ],
  ],
  [
    'up',
    2,
    [
      [10, 20, 30, 40, 50, 60],
      [60, 60, 60, 60, 60, 60],
    ],
  ],
  [
    'mean',
    3,
    [
      [10, 20, 30, 35, 40, 45],
      [65, 70, 75, 45, 45, 45],
    ],
  ],
  [
    'Paeth',
    4,
    [
      [10, 20, 30, 30, 30, 30],
      [60, 60, 60, 30, 30, 30],
    ],
  ],
])('takes the filter “%s” back', (_name, filter, rows) => {
  expect([...decodePng(pngOf(2, 2, filter, rows)).rgb]).toEqual([10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120]);
});

it('reads grey and transparent pictures', () => {
  expect([...decodePng(pngOf(0, 2, 0, [[5, 9]])).rgb]).toEqual([5, 5, 5, 9, 9, 9]);
  expect([...decodePng(pngOf(6, 1, 0, [[1, 2, 3, 255]])).rgb]).toEqual([1, 2, 3]);
});

it.each([
  ['something else', Buffer.from('GIF89a and more')],
  ['a palette', pngOf(3, 1, 0, [[1]])],
  ['a file that ends too early', pngOf(2, 9, 0, [[1, 2, 3]])],
  ['a header that ends too early', pngOf(2, 1, 0, [[1, 2, 3]]).subarray(0, 25)],
  ['image data that is not packed', unpackable(pngOf(2, 1, 0, [[1, 2, 3]]))],
  ['an unknown filter', pngOf(2, 1, 7, [[1, 2, 3]])],
])('refuses %s', (_name, png) => {
  expect(() => decodePng(png)).toThrow(PngError);
});

it('makes a screen small by means, and leaves a small one as it is', () => {
  const stripes = Uint8Array.from({ length: 640 * 480 * 3 }, (_, index) => (Math.floor(index / 3) % 2 === 0 ? 0 : 200));
  const small = shrink({ width: 640, height: 480, rgb: stripes });
  expect([small.width, small.height, new Set(small.rgb)]).toEqual([320, 240, new Set([100])]);
  const wide = decodePng(shrinkPng(encodePng(720, 400, new Uint8Array(720 * 400 * 3).fill(7))));
  expect([wide.width, wide.height, wide.rgb[0]]).toEqual([320, 178, 7]);
  const tiny = { width: 2, height: 1, rgb: Uint8Array.of(1, 2, 3, 4, 5, 6) };
  expect(shrink(tiny)).toBe(tiny);
});

it('keeps the pictures of a snapshot together, for the agent alone, and nothing outside its folder', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'tt-thumbnails-'));
  try {
    const files = new ThumbnailFiles(path.join(folder, 'thumbnails'));
    await files.init();
    await files.write('tt-1', 'vm-1', Uint8Array.of(1, 2));
    expect(Uint8Array.from((await files.read('tt-1', 'vm-1')) ?? [])).toEqual(Uint8Array.of(1, 2));
    expect([await files.read('tt-1', 'vm-2'), await files.list()]).toEqual([null, ['tt-1']]);
    expect((await stat(path.join(folder, 'thumbnails', 'tt-1', 'vm-1.png'))).mode & 0o777).toBe(0o600);
    await expect(files.read('..', 'state')).rejects.toThrow(RangeError);
    await files.remove('tt-1');
    await files.remove('tt-1');
    expect(await files.list()).toEqual([]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
