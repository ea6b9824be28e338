// Which images the Images page shows, in which order: filter words, kind, system, sorted columns. Pure.
import type { Image } from '@tt/protocol';
import { naturalOrder } from '../state/natural-order.ts';
import { osFamily } from './os-family.ts';

export const imageChips = ['all', 'disks', 'media', 'recipes', 'failed', 'mine'] as const;
export type ImageChip = (typeof imageChips)[number];

export type ImageColumn = 'name' | 'kind' | 'state' | 'size' | 'memory' | 'owner';

export interface ImageSort {
  column: ImageColumn;
  descending: boolean;
}

/** All systems. */
export const ANY_SYSTEM = '';

export interface ImageFilter {
  /** Words, or prefixes as in New ENV: `isPrefixed` is what those select. */
  query: string;
  isPrefixed: (image: Image) => boolean;
  chip: ImageChip;
  /** A family of systems, or {@link ANY_SYSTEM}. */
  family: string;
  /** Of the user; null while it is not known. */
  me: string | null;
}

/** recipe: vendors' images that nobody has built here yet, and that the authors have not run. */
export function imageKind({ kind, state, recipe }: Image): 'disk' | 'iso' | 'recipe' {
  return state === 'absent' && recipe?.notRun === true ? 'recipe' : kind;
}

export function shownImages(images: readonly Image[], filter: ImageFilter): Image[] {
  const { chip, family, me } = filter;
  return images.filter(
    (image) =>
      (family === ANY_SYSTEM || familyOf(image) === family) &&
      matchesChip(image, chip, me) &&
      matchesQuery(image, filter),
  );
}

/** Those there are images of, in the order of their names. */
export function families(images: readonly Image[]): string[] {
  return [...new Set(images.map(familyOf))].toSorted(naturalOrder);
}

export function sortImages(images: readonly Image[], { column, descending }: ImageSort): Image[] {
  const sign = descending ? -1 : 1;
  return images.toSorted((a, b) => sign * compare(a, b, column) || naturalOrder(a.name, b.name));
}

function familyOf({ os }: Image): string {
  return osFamily(os).toLowerCase();
}

function matchesChip(image: Image, chip: ImageChip, me: string | null): boolean {
  switch (chip) {
    case 'all':
      return true;
    case 'disks':
      return imageKind(image) === 'disk';
    case 'media':
      return imageKind(image) === 'iso';
    case 'recipes':
      return image.recipe !== null;
    case 'failed':
      return image.state === 'failed';
    case 'mine':
      return me !== null && image.owner === me;
  }
}

/** Every word is found in its name, what is said about it, its owner or its login; or it is what the prefixes mean. */
function matchesQuery(image: Image, { query, isPrefixed }: ImageFilter): boolean {
  const words = query
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean);
  if (words.length === 0 || isPrefixed(image)) return true;
  const { name, memo, memos = {}, owner, defaultLogin } = image;
  const text = [name, memo, ...Object.values(memos), owner ?? '', defaultLogin?.user ?? ''].join(' ').toLowerCase();
  return words.every((word) => text.includes(word));
}

function compare(a: Image, b: Image, column: ImageColumn): number {
  switch (column) {
    case 'name':
      return naturalOrder(a.name, b.name);
    case 'kind':
      return imageKind(a).localeCompare(imageKind(b));
    case 'state':
      return a.state.localeCompare(b.state);
    case 'size':
      return a.sizeBytes - b.sizeBytes;
    case 'memory':
      return a.minMemoryMiB - b.minMemoryMiB;
    case 'owner':
      return (a.owner ?? '').localeCompare(b.owner ?? '');
  }
}
