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

test('what was done in an ENV, and by whom, is still there after the agent was killed', { tag: '@deep' }, async ({
  tt,
}) => {
  const { page, agent } = tt;
  const [vm] = await createEnv(agent, 'demo');
  await agent.client.vm.stop({ vmId: vm.id, operationId: crypto.randomUUID(), graceS: 0 });
  const me = (await agent.client.host.me()).name;
  await agent.kill();
  await agent.start();
  const window = new TtWindow(page);
  await window.ready();
  await page.evaluate(() => {
    globalThis.location.hash = '#/envs/demo/events';
  });
  const rows = page.getByRole('list', { name: 'History' }).getByRole('listitem');
  await expect(rows.filter({ hasText: 'Create demo' }).first()).toContainText(me);
  await expect(rows.filter({ hasText: /Stop .*tiny-2-1/ }).first()).toContainText(me);
  await page.getByRole('radio', { name: 'Failed or refused' }).click();
  await expect(rows.filter({ hasText: 'Create demo' })).toHaveCount(0);
  // It follows what is done while it is shown.
  await page.getByRole('radio', { name: 'All', exact: true }).first().click();
  await agent.client.env.start({ name: 'demo', operationId: crypto.randomUUID() });
  await expect(rows.filter({ hasText: /Start demo/ }).first()).toContainText('done');
});
