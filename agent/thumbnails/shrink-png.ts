// Scales a screen down: each pixel of the thumbnail is the mean of those it covers, so that text becomes grey, not noise.
import { decodePng, type Pixels } from './decode-png.ts';
import { encodePng } from './encode-png.ts';

const MOST_WIDTH = 320;
const MOST_HEIGHT = 240;

/** Throws PngError when it is no PNG of a screen. */
export function shrinkPng(png: Uint8Array): Uint8Array {
  const small = shrink(decodePng(png));
  return encodePng(small.width, small.height, small.rgb);
}

export function shrink(picture: Pixels): Pixels {
  const scale = Math.min(1, MOST_WIDTH / picture.width, MOST_HEIGHT / picture.height);
  if (scale === 1) return picture;
  const width = Math.max(1, Math.round(picture.width * scale));
  const height = Math.max(1, Math.round(picture.height * scale));
  const rgb = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) rgb.set(meanOf(picture, x, y, width, height), (y * width + x) * 3);
  }
  return { width, height, rgb };
}

function meanOf(picture: Pixels, x: number, y: number, width: number, height: number): [number, number, number] {
  const fromX = Math.floor((x * picture.width) / width);
  const toX = Math.max(fromX + 1, Math.floor(((x + 1) * picture.width) / width));
  const fromY = Math.floor((y * picture.height) / height);
  const toY = Math.max(fromY + 1, Math.floor(((y + 1) * picture.height) / height));
  let [red, green, blue] = [0, 0, 0];
  for (let row = fromY; row < toY; row++) {
    for (let column = fromX; column < toX; column++) {
      const at = (row * picture.width + column) * 3;
      red += picture.rgb[at] ?? 0;
      green += picture.rgb[at + 1] ?? 0;
      blue += picture.rgb[at + 2] ?? 0;
    }
  }
  const count = (toX - fromX) * (toY - fromY);
  return [red / count, green / count, blue / count];
}
