// The pictures of the documentation, and how each is taken.
import path from 'node:path';
import type { Browser, Page } from '@playwright/test';
import type { Demo } from './demo.ts';

export interface Picture {
  /** File name in docs/images, without `.png`. */
  name: string;
  theme: 'light' | 'dark';
  language: 'en-US' | 'zh-CN';
  /** Address of the view in the window. */
  hash: string;
  /** Resolves when what the picture is about is to be seen. */
  ready: (page: Page) => Promise<void>;
}

const VIEWPORT = { width: 1280, height: 820 };
const TIMEOUT_MS = 30_000;

export function pictures({ envName, vm }: Demo): Picture[] {
  const board = { hash: '#/envs', ready: (page: Page) => thumbnails(page, 6) } as const;
  const env = { hash: `#/envs/${envName}`, ready: (page: Page) => thumbnails(page, 6) } as const;
  const console = { hash: `#/envs/${envName}/console/${vm.id}`, ready: guestScreen } as const;
  return [
    { name: 'window', theme: 'light', language: 'en-US', ...env },
    { name: 'board', theme: 'light', language: 'en-US', ...board },
    { name: 'board-dark', theme: 'dark', language: 'en-US', ...board },
    { name: 'board-zh', theme: 'light', language: 'zh-CN', ...board },
    { name: 'console', theme: 'dark', language: 'en-US', ...console },
  ];
}

/** `link` lets the browser in; it is good once. */
export async function takePicture(browser: Browser, link: string, picture: Picture, directory: string): Promise<void> {
  const context = await browser.newContext({
    viewport: VIEWPORT,
    colorScheme: picture.theme,
    locale: picture.language,
    reducedMotion: 'reduce',
  });
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(TIMEOUT_MS);
    await page.goto(link);
    // Signed in and linked: the first row or card of an ENV is there.
    await page.getByText('checkout').first().waitFor();
    await page.evaluate((hash) => {
      window.location.hash = hash;
    }, picture.hash);
    await picture.ready(page);
    await page.evaluate(() => document.fonts.ready.then(() => {}));
    await page.screenshot({ path: path.join(directory, `${picture.name}.png`), animations: 'disabled', caret: 'hide' });
  } finally {
    await context.close();
  }
}

/** At least so many screens of guests have been drawn. */
async function thumbnails(page: Page, count: number): Promise<void> {
  await page.waitForFunction(
    (wanted) => [...document.images].filter((image) => image.complete && image.naturalWidth > 0).length >= wanted,
    count,
  );
}

/** The guest's own screen: a canvas with more than one colour on it. */
async function guestScreen(page: Page): Promise<void> {
  await page.waitForFunction(() =>
    [...document.querySelectorAll('canvas')].some((canvas) => {
      if (canvas.width === 0 || canvas.height === 0) return false;
      const pixels = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data;
      return pixels !== undefined && new Set(new Uint32Array(pixels.buffer)).size > 1;
    }),
  );
}
