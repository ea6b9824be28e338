// The user guide inside the window: opened by a key, searched by words in any order, and readable while nobody answers.
import { expect, test } from '../fixtures/tt.ts';
import { serious } from '../pages/axe.ts';
import { TtWindow } from '../pages/window.ts';

test('F1 shows the guide; it is searched, and stays while the link is down', { tag: '@deep' }, async ({ tt }) => {
  const { page, agent } = tt;
  const window = new TtWindow(page);
  await window.ready();
  await page.keyboard.press('F1');
  await expect(page.getByRole('heading', { name: 'Help' })).toBeVisible();
  await page.getByRole('searchbox', { name: 'Search the user guide' }).fill('images warm');
  const contents = page.getByRole('navigation', { name: 'Contents' });
  await contents.getByRole('link', { name: /Warm images/ }).click();
  await expect(page.getByRole('heading', { name: 'Warm images' })).toBeFocused();
  await expect(page).toHaveURL(/#\/help\/warm-images$/);
  expect(await serious(page, 'help')).toEqual([]);
  await page.getByRole('searchbox', { name: 'Search the user guide' }).fill('zebra quagga');
  await expect(page.getByText('No section has “zebra quagga”.')).toBeVisible();
  await agent.kill();
  await expect(page.getByText('The link to the agent is down.')).toBeVisible();
  await page.getByRole('searchbox', { name: 'Search the user guide' }).fill('');
  await contents.getByRole('link', { name: 'Snapshots', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Snapshots', exact: true })).toBeFocused();
  await agent.start();
  await window.ready();
});
