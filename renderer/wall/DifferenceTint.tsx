// Tints what of a screen differs from the one it is compared with.
import { useEffect, useRef } from 'react';
import { SAMPLE_HEIGHT, SAMPLE_WIDTH } from './screen-pixels.ts';

/** RGBA of the tint: seen on light and dark screens alike. */
const TINT = [255, 0, 168, 120];

export function DifferenceTint({ mask }: { mask: Uint8Array }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context) return;
    const pixels = context.createImageData(SAMPLE_WIDTH, SAMPLE_HEIGHT);
    for (let pixel = 0; pixel < mask.length; pixel++) if (mask[pixel]) pixels.data.set(TINT, pixel * 4);
    context.putImageData(pixels, 0, 0);
  }, [mask]);
  return <canvas ref={canvas} className="wall-tint" width={SAMPLE_WIDTH} height={SAMPLE_HEIGHT} />;
}
