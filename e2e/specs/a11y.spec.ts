// axe-core on every page and dialog, light and dark, English and Chinese: nothing serious or critical.
import { createEnv } from '../fixtures/env.ts';
import { makeLab } from '../fixtures/lab.ts';
import { launch } from '../fixtures/launchers.ts';
import { serious } from '../pages/axe.ts';
import { everywhere, goToHash } from '../pages/everywhere.ts';
import { expect, test } from '../fixtures/tt.ts';

// What axe finds in a theme (contrast) and in a language (names, overflow) are apart: each is checked once, not every pair.
const pairs = [
  { colorScheme: 'light', locale: 'en-US', tag: [] },
  { colorScheme: 'dark', locale: 'zh-CN', tag: ['@deep'] },
] as const;
for (const { colorScheme, locale, tag } of pairs) {
  test.describe(`${colorScheme}, ${locale}`, { tag: [...tag] }, () => {
    test.use({ colorScheme, locale });

    test('every page and dialog', async ({ tt }) => {
      test.setTimeout(300_000);
      const [vm] = await createEnv(tt.agent, 'demo', 2);
      await tt.agent.client.snapshot.create({ operationId: crypto.randomUUID(), envName: 'demo', name: 'clean' });
      await makeLab(tt.agent.client);
      await expect(tt.page.locator('html')).toHaveAttribute('lang', locale === 'zh-CN' ? 'zh-CN' : 'en');
      const found: string[] = [];
      await everywhere(tt.page, vm, async (name) => void found.push(...(await serious(tt.page, name))));
      const dialog = tt.page.getByRole('dialog').or(tt.page.getByRole('alertdialog'));
      await goToHash(tt.page, `#/envs/demo/console/${vm.id}/screen`);
      await tt.page.getByRole('button', { name: /Paste as keystrokes|以按键方式粘贴/ }).click();
      await expect(dialog).toBeVisible();
      found.push(...(await serious(tt.page, 'dialog paste')));
      expect(found).toEqual([]);
    });
  });
}

test('the palette is scrolled with the arrows', async ({ tt }) => {
  // Its list never has the focus (that stays in the search field), which axe takes for a list no key can scroll.
  await createEnv(tt.agent, 'demo', 6);
  // The window has them all: entries that come later would move the list under the arrow.
  await expect(tt.page.getByText('demo').first()).toBeVisible();
  await expect(tt.page.getByRole('link', { name: 'Admin' })).toBeVisible();
  await tt.page.keyboard.press('Control+k');
  const palette = tt.page.getByRole('dialog');
  const last = palette.getByRole('menuitem').last();
  // "Not in view" is true of a list that is not there yet as well, and a key pressed before the field has the focus is lost.
  await expect(palette.getByRole('searchbox')).toBeFocused();
  await expect(last).toBeAttached();
  await expect(last).not.toBeInViewport();
  await tt.page.keyboard.press('ArrowUp');
  await expect(last).toBeInViewport();
});

test.describe('before there is a connection', () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`the way in, ${colorScheme}`, async ({ launcher, agent, browser }, info) => {
      const home = info.outputPath('home');
      const scratch = info.outputPath('app');
      // A browser that is not let in, a desktop that has not chosen: both see the same first page.
      const options = { browser, agent, contextOptions: { colorScheme }, scratch, home, uninvited: true };
      const { page, close } = await launch(launcher, options);
      await expect(page.getByRole('heading', { name: /Use this computer|Open this window with a code/ })).toBeVisible();
      expect(await serious(page, 'the way in')).toEqual([]);
      await close();
    });
  }
});
