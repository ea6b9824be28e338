// A screen made small enough to be looked at by a program: is it black, and how much of it differs from another.

export const SAMPLE_WIDTH = 160;
export const SAMPLE_HEIGHT = 120;

/** A pixel counts as black when no colour is brighter than this (of 255): a cursor is a few pixels, made fainter by the smaller size. */
const BLACK_LEVEL = 8;
/** Pixels that differ by less in every colour are the same: what scaling makes of a moved edge is no difference. */
const SAME_LEVEL = 24;

/** RGBA, {@link SAMPLE_WIDTH} by {@link SAMPLE_HEIGHT}. */
export type Sample = Uint8ClampedArray;

export interface Difference {
  /** Of all pixels, 0 to 1. */
  share: number;
  /** 1 for each pixel that differs, row by row. */
  mask: Uint8Array;
}

export function isBlack(sample: Sample): boolean {
  for (let at = 0; at < sample.length; at += 4) {
    if (Math.max(sample[at] ?? 0, sample[at + 1] ?? 0, sample[at + 2] ?? 0) > BLACK_LEVEL) return false;
  }
  return sample.length > 0;
}

export function differenceOf(one: Sample, other: Sample): Difference {
  const mask = new Uint8Array(one.length / 4);
  let count = 0;
  for (let pixel = 0; pixel < mask.length; pixel++) {
    const at = pixel * 4;
    const differs = [0, 1, 2].some((color) => Math.abs((one[at + color] ?? 0) - (other[at + color] ?? 0)) > SAME_LEVEL);
    if (!differs) continue;
    mask[pixel] = 1;
    count++;
  }
  return { share: mask.length === 0 ? 0 : count / mask.length, mask };
}

/** Decodes a picture in the browser. Rejects when it is none. */
export async function sampleOf(url: string): Promise<Sample> {
  const image = new Image();
  image.src = url;
  await image.decode();
  const canvas = new OffscreenCanvas(SAMPLE_WIDTH, SAMPLE_HEIGHT);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('this browser draws no pictures');
  context.drawImage(image, 0, 0, SAMPLE_WIDTH, SAMPLE_HEIGHT);
  return context.getImageData(0, 0, SAMPLE_WIDTH, SAMPLE_HEIGHT).data;
}
