// How large a guest's screen is drawn: into what is there, or pixel by pixel; and how much work its pictures may cost. Tables and sizes only.
import type { ScreenQuality } from '../settings/screen-quality.ts';

/**
 * `fit`: as large as fits. `actual`: a pixel of the guest is a pixel of the page. `device`: it is a pixel of the display, which is smaller
 * where the system enlarges what it shows.
 */
export const screenViews = ['fit', 'actual', 'device'] as const;
export type ScreenView = (typeof screenViews)[number];

/** Those that differ on this display. `pixelRatio`: as window.devicePixelRatio. */
export function viewsFor(pixelRatio: number): readonly ScreenView[] {
  return pixelRatio === 1 ? ['fit', 'actual'] : screenViews;
}

/** What noVNC must have around it to draw a screen of this size with one display pixel for each of its own, in CSS pixels. */
export function deviceSize(
  { width, height }: { width: number; height: number },
  pixelRatio: number,
): { width: number; height: number } {
  const ratio = Number.isFinite(pixelRatio) && pixelRatio > 0 ? pixelRatio : 1;
  return { width: width / ratio, height: height / ratio };
}

/** Levels of noVNC, 0 to 9. `quality`: of pictures that may lose detail; `compression`: how hard the host works to send less. */
export const qualityLevels: Readonly<Record<ScreenQuality, { quality: number; compression: number }>> = {
  sharp: { quality: 9, compression: 1 },
  // As noVNC has them.
  balanced: { quality: 6, compression: 2 },
  lean: { quality: 1, compression: 9 },
};
