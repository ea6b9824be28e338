// The palette: words in any order, an icon for each command, keys where they do the same, and what was run last first, also after a reload.
import { createEnv } from '../fixtures/env.ts';
import { expect, test } from '../fixtures/tt.ts';
import { TtWindow } from '../pages/window.ts';

test('keys of the window mean the same with the focus on a button in a tile or in a card', async ({ tt }) => {
  const { page } = tt;
  const window = new TtWindow(page);
  await createEnv(tt.agent, 'demo');
  await window.ready();
  const palette = window.dialog('Search or command');
  const opens = async (focus: () => Promise<void>) => {
    await focus();
    await page.keyboard.press('Control+k');
    await expect(palette).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(palette).toBeHidden();
  };
  await opens(() => page.getByRole('button', { name: 'Actions of demo' }).focus());
  await window.board.open('demo');
  const menu = page.getByRole('button', { name: 'Actions of tiny-2-1' });
  await opens(() => menu.focus());
  await menu.focus();
  await page.keyboard.press('s');
  await expect(window.shelf.newName).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(window.shelf.snapshot('clean')).toBeVisible();
  await menu.focus();
  await page.keyboard.press('Control+z');
  await expect(window.shelf.snapshot('clean')).toBeHidden();
  // Enter still belongs to the button.
  await menu.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('menuitem', { name: 'Console', exact: true })).toBeVisible();
});

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
