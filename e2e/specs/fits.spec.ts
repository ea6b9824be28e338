// What fits into a window: words that are longer by two fifths, as in another language, can be read on every page and in every dialog, in a small window, too;
// and two dozen ENVs on the board.
import { createEnv } from '../fixtures/env.ts';
import { expect, test } from '../fixtures/tt.ts';
import { everywhere } from '../pages/everywhere.ts';
import { TtWindow } from '../pages/window.ts';
import { cutOff } from '../pages/long-words.ts';

// So many machines must not be refused.
test.use({ agentFlags: ['--cpu-total', '1000', '--mem-total', '100000'] });

for (const viewport of [
  { width: 1280, height: 800 },
  { width: 760, height: 520 },
]) {
  test.describe(`${viewport.width} x ${viewport.height}`, { tag: ['@deep'] }, () => {
    test.use({ viewport });

    test('no word is cut off', async ({ tt }) => {
      test.setTimeout(300_000);
      const [vm] = await createEnv(tt.agent, 'demo', 2);
      await tt.agent.client.snapshot.create({ operationId: crypto.randomUUID(), envName: 'demo', name: 'clean' });
      const found: string[] = [];
      await everywhere(tt.page, vm, async (name) => void found.push(...(await cutOff(tt.page, name))));
      expect(found).toEqual([]);
    });
  });
}

test('a window of 1440 x 900 shows two dozen ENVs, each with its name, its time and a picture, and fifteen consoles', {
  tag: ['@deep'],
}, async ({ tt }) => {
  await tt.page.setViewportSize({ width: 1440, height: 900 });
  const names = Array.from({ length: 24 }, (_, index) => `build-${index + 1}`);
  for (const name of names) await createEnv(tt.agent, name);
  for (const name of names) {
    const card = new TtWindow(tt.page).board.card(name);
    await expect(card).toBeInViewport({ ratio: 1 });
    await expect(card.getByText(name, { exact: true })).toBeInViewport({ ratio: 1 });
    await expect(card.getByRole('img').first()).toBeInViewport({ ratio: 1 });
  }
  const cut = await tt.page
    .locator('.card .ellipsis, .card strong')
    .evaluateAll((words) =>
      words.filter((word) => word.scrollWidth > word.clientWidth).map((word) => word.textContent),
    );
  expect(cut).toEqual([]);
  await new TtWindow(tt.page).goTo('Consoles');
  for (const name of names.slice(0, 15)) {
    await expect(tt.page.getByRole('region', { name, exact: true }).getByRole('link')).toBeInViewport({ ratio: 1 });
  }
});

test('at 200 % every place of the rail can be reached, and none lies under the status bar', { tag: ['@deep'] }, async ({
  tt,
}) => {
  await tt.page.setViewportSize({ width: 640, height: 410 });
  const settings = tt.page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Settings' });
  await settings.evaluate((link) => link.scrollIntoView());
  const [place, bar] = [await settings.boundingBox(), await tt.page.locator('.status-bar').boundingBox()];
  expect((place?.y ?? 0) + (place?.height ?? 0)).toBeLessThanOrEqual(bar?.y ?? 0);
  await settings.click();
  await expect(tt.page.getByRole('heading', { name: 'Settings', exact: true })).toBeVisible();
});
