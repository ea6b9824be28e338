// The palette: words in any order, an icon for each command, keys where they do the same, and what was run last first, also after a reload.
import { createEnv } from '../fixtures/env.ts';
import { expect, test } from '../fixtures/tt.ts';
import { TtWindow } from '../pages/window.ts';

test('words in any order, icons and keys, and what was run last', { tag: '@deep' }, async ({ tt }) => {
  const { page } = tt;
  const window = new TtWindow(page);
  await createEnv(tt.agent, 'demo');
  await window.board.open('demo');
  const palette = window.dialog('Search or command');
  const open = async () => {
    await page.keyboard.press('Control+k');
    await expect(palette.getByRole('searchbox')).toBeFocused();
  };
  await open();
  await page.keyboard.type('dark theme');
  await expect(palette.getByRole('menuitem', { name: 'Theme: dark' })).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');

  await open();
  await expect(palette.getByRole('menuitem').first()).toContainText('Theme: dark');
  await expect(palette.getByText('Recent', { exact: true })).toBeVisible();
  await page.keyboard.type('snapshot demo');
  const snapshot = palette.getByRole('menuitem', { name: /^Snapshot demo/ });
  await expect(snapshot.locator('kbd')).toHaveAttribute('data-key', 'S');
  const items = await palette.getByRole('menuitem').count();
  await expect(palette.getByRole('menuitem').locator('svg.icon')).toHaveCount(items);
  await page.keyboard.press('Escape');
  await expect(palette).toHaveCount(0);

  await page.reload();
  await window.ready();
  await open();
  await expect(palette.getByRole('menuitem').first()).toContainText('Theme: dark');
});
