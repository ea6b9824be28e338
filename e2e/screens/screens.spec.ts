// Takes the pictures of docs/screens: an agent with the fake engine, a board of two dozen ENVs, one of them with snapshots, and a lab.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { createEnv } from '../fixtures/env.ts';
import { expect, test } from '../fixtures/tt.ts';
import { makeLab } from '../fixtures/lab.ts';
import { everywhere } from '../pages/everywhere.ts';

const directory = path.resolve(import.meta.dirname, '../../docs/screens');

// So many machines must not be refused.
test.use({ viewport: { width: 1440, height: 900 }, agentFlags: ['--cpu-total', '1000', '--mem-total', '100000'] });

for (const colorScheme of ['light', 'dark'] as const) {
  for (const locale of ['en-US', 'zh-CN'] as const) {
    test.describe(`${colorScheme}, ${locale}`, () => {
      test.use({ colorScheme, locale, contextOptions: { reducedMotion: 'reduce' } });

      test('every page and dialog', async ({ tt }) => {
        test.setTimeout(600_000);
        const [vm] = await createEnv(tt.agent, 'demo', 6);
        for (let number = 1; number <= 24; number++) await createEnv(tt.agent, `build-${number}`);
        const { client } = tt.agent;
        await client.snapshot.create({ operationId: crypto.randomUUID(), envName: 'demo', name: 'clean' });
        await client.snapshot.create({ operationId: crypto.randomUUID(), envName: 'demo', name: 'with-updates' });
        await client.env.update({ name: 'demo', notes: 'The **payment** release.', tags: ['release', 'payment'] });
        await makeLab(client);
        const folder = path.join(directory, `${colorScheme}-${locale.slice(0, 2)}`);
        await mkdir(folder, { recursive: true });
        await everywhere(tt.page, vm, async (name) => {
          await settled(tt.page);
          await writeFile(path.join(folder, `${name.replaceAll(' ', '-')}.webp`), await picture(tt.page));
        });
      });
    });
  }
}

/** What is loading has come: pictures, fonts, the ends of animations. */
async function settled(page: Page): Promise<void> {
  await expect(page.getByText(/Connecting to|正在连接|Loading…|正在加载/)).toHaveCount(0);
  await expect(page.locator('.spinner')).toHaveCount(0);
  await expect(page.getByText(/No picture yet|还没有画面/)).toHaveCount(0, { timeout: 60_000 });
  // Those of cards say nothing while they have no picture.
  await noneInSight(page, '.thumbnail:empty');
  await noneInSight(page, '.card-facts:not(:has(.sum-meter))');
  await page.waitForFunction(() => [...document.images].every((image) => image.complete));
  // The screens of guests: no fake one is black.
  await page.waitForFunction(() =>
    [...document.querySelectorAll<HTMLCanvasElement>('.vnc-view canvas')].every((canvas) => {
      const [x, y] = [Math.floor(canvas.width / 2), Math.floor(canvas.height / 2)];
      const lit = canvas.getContext('2d')?.getImageData(x, y, 1, 1).data.subarray(0, 3);
      return lit?.some((part) => part > 0) ?? false;
    }),
  );
  await page.evaluate(async () => {
    await document.fonts.ready;
    await Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => null)));
  });
}

/** What is out of sight is not asked for pictures and measurements, as the window sees it. */
async function noneInSight(page: Page, selector: string): Promise<void> {
  await page.waitForFunction(
    (unfinished) => {
      const found = [...document.querySelectorAll(unfinished)];
      if (found.length === 0) return true;
      return new Promise<boolean>((resolve) => {
        const sight = new IntersectionObserver((entries) => {
          sight.disconnect();
          resolve(!entries.some(({ isIntersecting }) => isIntersecting));
        });
        for (const one of found) sight.observe(one);
      });
    },
    selector,
    { timeout: 60_000 },
  );
}

/** As WebP, a third of a PNG. */
async function picture(page: Page): Promise<Buffer> {
  const session = await page.context().newCDPSession(page);
  try {
    const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 70 });
    return Buffer.from(data, 'base64');
  } finally {
    await session.detach();
  }
}
