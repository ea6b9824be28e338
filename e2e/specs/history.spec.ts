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
  // Beginning and end are one line.
  await expect(created).toHaveCount(1);
  await expect(created).toContainText('done');
  await expect(created).toContainText('from ');
  const details = created.getByRole('button', { name: 'Details: Create audited' });
  await details.focus();
  await page.keyboard.press('Enter');
  await expect(details).toHaveAttribute('aria-expanded', 'true');
  await expect(created).toContainText('env.create');
  await expect(created.locator('dt')).toContainText(['Began', 'Ended', 'Took', 'Result', 'Who']);
  expect(await serious(page, 'history')).toEqual([]);
  await page.keyboard.press('Enter');
  await expect(created.locator('dt')).toHaveCount(0);

  await page.getByRole('radio', { name: 'Failed or refused' }).click();
  await expect(created).toHaveCount(0);
  await page.getByRole('radio', { name: 'Done' }).click();
  await expect(created).toHaveCount(1);
  // The agent of the specs before this one may have more to tell than a page.
  await expect(page.getByRole('status').filter({ hasText: /\d found|newest \d/ })).toBeVisible();
  await page.getByRole('radio', { name: 'Failed or refused' }).click();
  await page.getByRole('searchbox', { name: 'Name or id' }).fill('nowhere');
  await expect(page.getByRole('heading', { name: 'No entry matches the filters.' })).toBeVisible();
  await page.getByRole('button', { name: 'Clear the filters' }).click();
  await expect(created).toHaveCount(1);
});

test('a failed operation is one line with its code and reason, and is found by how it ended', async ({ tt }) => {
  // A name of its own: the history of an ENV is also that of those which had its name before.
  const envName = `unlucky-${crypto.randomUUID().slice(0, 8)}`;
  await createEnv(tt.agent, envName, 1);
  const { client } = tt.agent;
  const operationId = crypto.randomUUID();
  await expect(client.snapshot.revert({ envName, name: 'nowhere', operationId })).rejects.toThrow();
  const { page } = tt;
  await new TtWindow(page).ready();
  await page.evaluate((name) => {
    globalThis.location.hash = `#/envs/${name}/events`;
  }, envName);
  const rows = page.getByRole('list', { name: 'History' }).getByRole('listitem');
  await page.getByRole('radio', { name: 'Failed or refused' }).click();
  const failed = rows.filter({ hasText: `Revert ${envName} to “nowhere”` });
  await expect(failed).toHaveCount(1);
  await expect(failed).toContainText('SNAPSHOT_NOT_FOUND');
  await expect(failed).toContainText(`${envName} has no snapshot called nowhere.`);
  await expect(rows).toHaveCount(1);
});

test('what was done in an ENV, and by whom, is still there after the agent was killed', { tag: '@deep' }, async ({
  tt,
}) => {
  const { page, agent } = tt;
  const [vm] = await createEnv(agent, 'demo');
  await agent.client.vm.stop({ vmId: vm.id, operationId: crypto.randomUUID(), graceS: 0 });
  const me = (await agent.client.host.me()).name;
  const window = new TtWindow(page);
  await window.ready();
  const [other] = await createEnv(agent, 'other');
  await page.evaluate((id) => {
    globalThis.location.hash = `#/envs/other/console/${id}`;
  }, other.id);
  await expect(page.locator('.vnc-view canvas')).toBeVisible();
  await agent.kill();
  await page.evaluate(() => {
    globalThis.location.hash = '#/envs/other/events';
  });
  await agent.start();
  // What the killed agent could not end does not go on.
  const lines = page.getByRole('list', { name: 'History' }).getByRole('listitem');
  await page.getByRole('radio', { name: 'Failed or refused' }).click();
  await expect(lines.filter({ hasText: /Screen of .*tiny/ }).first()).toContainText('interrupted');
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
