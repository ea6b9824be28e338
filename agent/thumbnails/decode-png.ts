// Reads the PNGs that engines make of guests' screens: 8 bits per channel, not interlaced. Guests cannot influence the structure
// of the file, but it is checked all the same. No library does that: pngjs 7.0.0 and fast-png 8.0.0 both accept image data that
// ends too early as a whole picture, and fast-png unpacks more than the header announces.
import { inflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** Channels by colour type (PNG specification, 11.2.2): grey, RGB, grey with alpha, RGB with alpha. */
const CHANNELS = new Map([
  [0, 1],
  [2, 3],
  [4, 2],
  [6, 4],
]);
/** More than any screen: a broken header must not ask for all memory. */
const MOST_PIXELS = 64 * 1024 * 1024;

/** Bytes that are no such picture. */
export class PngError extends Error {}

export interface Pixels {
  width: number;
  height: number;
  /** Row by row from the top, 3 bytes a pixel. */
  rgb: Uint8Array;
}

/** Throws PngError with plain words on anything else than such a PNG. */
export function decodePng(png: Uint8Array): Pixels {
  const file = Buffer.from(png.buffer, png.byteOffset, png.byteLength);
  if (!file.subarray(0, 8).equals(SIGNATURE)) throw new PngError('not a PNG');
  const { header, data } = chunksOf(file);
  if (!header) throw new PngError('a PNG without a header');
  const width = header.readUInt32BE(0);
  const height = header.readUInt32BE(4);
  const channels = CHANNELS.get(header[9] ?? -1);
  if (header[8] !== 8 || channels === undefined || header[12] !== 0) throw new PngError('a PNG of another kind');
  if (width === 0 || height === 0 || width * height > MOST_PIXELS) throw new PngError(`${width}x${height} pixels`);
  const rowBytes = width * channels;
  const raw = unpacked(data, height * (rowBytes + 1));
  if (raw.length !== height * (rowBytes + 1)) throw new PngError('a PNG that ends too early');
  return { width, height, rgb: toRgb(unfilter(raw, height, rowBytes, channels), channels) };
}

function unpacked(data: Buffer, mostBytes: number): Buffer {
  try {
    return inflateSync(data, { maxOutputLength: mostBytes });
  } catch (cause) {
    throw new PngError('a PNG whose image data can’t be unpacked', { cause });
  }
}

function chunksOf(file: Buffer): { header: Buffer | null; data: Buffer } {
  let header: Buffer | null = null;
  const parts: Buffer[] = [];
  for (let at = 8; at + 12 <= file.length; ) {
    const length = file.readUInt32BE(at);
    const type = file.toString('latin1', at + 4, at + 8);
    const body = file.subarray(at + 8, at + 8 + length);
    if (type === 'IHDR' && body.length === 13) header = body;
    if (type === 'IDAT') parts.push(body);
    at += 12 + length;
  }
  return { header, data: Buffer.concat(parts) };
}

/** Takes the filter of each row back (PNG specification, 9.2). */
function unfilter(raw: Buffer, height: number, rowBytes: number, channels: number): Uint8Array {
  const out = new Uint8Array(height * rowBytes);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (rowBytes + 1)] ?? 0;
    if (filter > 4) throw new PngError(`unknown filter ${filter}`);
    const source = y * (rowBytes + 1) + 1;
    const target = y * rowBytes;
    for (let x = 0; x < rowBytes; x++) {
      const left = x >= channels ? (out[target + x - channels] ?? 0) : 0;
      const up = y > 0 ? (out[target - rowBytes + x] ?? 0) : 0;
      const upLeft = x >= channels && y > 0 ? (out[target - rowBytes + x - channels] ?? 0) : 0;
      out[target + x] = (raw[source + x] ?? 0) + predicted(filter, left, up, upLeft);
    }
  }
  return out;
}

function predicted(filter: number, left: number, up: number, upLeft: number): number {
  switch (filter) {
    case 1:
      return left;
    case 2:
      return up;
    case 3:
      return (left + up) >> 1;
    case 4:
      return paeth(left, up, upLeft);
    default:
      return 0;
  }
}

function paeth(left: number, up: number, upLeft: number): number {
  const estimate = left + up - upLeft;
  const toLeft = Math.abs(estimate - left);
  const toUp = Math.abs(estimate - up);
  const toUpLeft = Math.abs(estimate - upLeft);
  if (toLeft <= toUp && toLeft <= toUpLeft) return left;
  return toUp <= toUpLeft ? up : upLeft;
}

function toRgb(bytes: Uint8Array, channels: number): Uint8Array {
  if (channels === 3) return bytes;
  const grey = channels < 3;
  const pixels = bytes.length / channels;
  const rgb = new Uint8Array(pixels * 3);
  for (let pixel = 0; pixel < pixels; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      rgb[pixel * 3 + channel] = bytes[pixel * channels + (grey ? 0 : channel)] ?? 0;
    }
  }
  return rgb;
}
