// The History tab of Activity: who did what, filters that combine, by keyboard.
import { createEnv } from '../fixtures/env.ts';
import { expect, test } from '../fixtures/tt.ts';
import { serious } from '../pages/axe.ts';
import { TtWindow } from '../pages/window.ts';

test('the history tells who did what, filters combine, and none that matches says so', async ({ tt }) => {
  await createEnv(tt.agent, 'audited', 1);
  const { page } = tt;
  const window = new TtWindow(page);
  await window.goTo('Activity');
  await page.getByRole('tab', { name: 'Operations' }).focus();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('tab', { name: 'History' })).toHaveAttribute('aria-selected', 'true');
  const rows = page.getByRole('list', { name: 'History' }).getByRole('listitem');
  const created = rows.filter({ hasText: 'Create audited' });
  await expect(created).toHaveCount(2);
  await expect(created.first()).toContainText('done');
  await expect(created.last()).toContainText('begun');
  await expect(created.first()).toContainText('from ');
  expect(await serious(page, 'history')).toEqual([]);

  await page.getByRole('radio', { name: 'Failed or refused' }).click();
  await expect(created).toHaveCount(0);
  await page.getByRole('searchbox', { name: 'Name or id' }).fill('nowhere');
  await expect(page.getByRole('heading', { name: 'No entry matches the filters.' })).toBeVisible();
  await page.getByRole('button', { name: 'Clear the filters' }).click();
  await expect(created).toHaveCount(2);
});
