// The contrast of text as it is drawn: each text node below an element with its own colour, on what lies behind it. axe says nothing of text
// over pictures; here a picture counts as white, which is the worst it can be under light text.
import type { Locator } from '@playwright/test';

export interface TextContrast {
  text: string;
  /** As WCAG 2 defines it: 1 to 21. */
  ratio: number;
}

/** Of every text that is drawn below `area`. `behind`: selector of a picture that lies below the text, with its opacity. */
export function contrastsOf(area: Locator, behind: string): Promise<TextContrast[]> {
  return area.evaluate((root, pictureSelector) => {
    type Rgb = [number, number, number];
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    if (!canvas) throw new Error('no canvas');
    /** Any CSS colour as the browser mixes it in, with its own opacity. */
    const read = (color: string): { rgb: Rgb; alpha: number } => {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = color;
      canvas.fillRect(0, 0, 1, 1);
      const [red = 0, green = 0, blue = 0, alpha = 0] = canvas.getImageData(0, 0, 1, 1).data;
      return { rgb: [red, green, blue], alpha: alpha / 255 };
    };
    const mix = (over: Rgb, under: Rgb, alpha: number) =>
      over.map((value, index) => value * alpha + (under[index] ?? 0) * (1 - alpha)) as Rgb;
    const luminance = (rgb: Rgb) => {
      const [red, green, blue] = rgb.map((value) => {
        const share = value / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      }) as Rgb;
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const groundOf = (element: Element): Rgb => {
      const style = getComputedStyle(element);
      const { rgb, alpha } = read(style.backgroundColor);
      const own = alpha * Number(style.opacity);
      const under = own >= 1 || !element.parentElement ? ([255, 255, 255] as Rgb) : groundOf(element.parentElement);
      const ground = mix(rgb, under, own);
      const picture = element === root ? root.querySelector<HTMLElement>(pictureSelector) : null;
      if (!picture?.checkVisibility()) return ground;
      return mix([255, 255, 255], ground, Number(getComputedStyle(picture).opacity));
    };
    const found: { text: string; ratio: number }[] = [];
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const text = walker.currentNode.textContent?.trim() ?? '';
      const element = walker.currentNode.parentElement;
      if (text === '' || !element?.checkVisibility({ visibilityProperty: true })) continue;
      const ground = groundOf(element);
      const { rgb, alpha } = read(getComputedStyle(element).color);
      const [light = 0, dark = 0] = [luminance(mix(rgb, ground, alpha)), luminance(ground)].sort((a, b) => b - a);
      found.push({ text, ratio: Math.round(((light + 0.05) / (dark + 0.05)) * 100) / 100 });
    }
    return found;
  }, behind);
}
