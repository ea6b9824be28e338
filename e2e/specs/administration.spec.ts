// The Administration page: what the doctor found, each part by keyboard, the log with its filters, and a task by hand.
import { createEnv } from '../fixtures/env.ts';
import { expect, test } from '../fixtures/tt.ts';
import { serious } from '../pages/axe.ts';
import { TtWindow } from '../pages/window.ts';

test('each part shows its own, by keyboard, and a task is run by hand', { tag: '@deep' }, async ({ tt }) => {
  test.slow();
  await createEnv(tt.agent, 'seen', 1);
  const { page } = tt;
  const window = new TtWindow(page);
  await window.goTo('Admin');
  const doctor = page.getByRole('region', { name: 'Doctor' });
  await expect(doctor.getByText(/checks? found nothing wrong/)).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole('region', { name: 'Server' })).toContainText('the installed version');
  expect(await serious(page, 'administration')).toEqual([]);

  const open = async (from: string, to: string) => {
    await page.getByRole('tab', { name: from }).focus();
    await page.keyboard.press('ArrowRight');
    await expect(page.getByRole('tab', { name: to })).toHaveAttribute('aria-selected', 'true');
  };
  await open('Overview', 'Storage');
  await expect(page.getByRole('region', { name: 'Disk space' })).toContainText('can still be written');
  await open('Storage', 'Networks');
  await expect(page.getByRole('list', { name: 'Networks of ENVs' })).toContainText('seen');
  await open('Networks', 'People');
  await expect(page.getByRole('region', { name: 'People' })).toContainText('local');
  await open('People', 'Sessions and tokens');
  await expect(page.getByRole('region', { name: 'Browser sessions' })).toBeVisible();
  await open('Sessions and tokens', 'Tasks');
  await open('Tasks', 'Log');
  const lines = page.getByRole('list', { name: 'Log' }).getByRole('listitem');
  // Newest first; other specs use the same agent.
  await expect(lines.filter({ hasText: 'seen/tiny-2-1' }).first()).toBeVisible();
  await page.getByRole('searchbox', { name: 'Text' }).fill('no such line');
  await expect(page.getByRole('heading', { name: 'No line matches the filters.' })).toBeVisible();
  await open('Log', 'Certificate and version');
  await expect(page.getByRole('region', { name: 'Version' })).toContainText('Changes in');
  expect(await serious(page, 'certificate and version')).toEqual([]);

  // Last: react-aria reads a busy button out for some seconds, also when it is gone, which axe takes for a picture without a name.
  await page.getByRole('tab', { name: 'Tasks' }).click();
  await expect(page.getByRole('listitem').filter({ hasText: 'env-expiry' })).toHaveCount(1);
  await expect(page.getByRole('listitem').filter({ hasText: 'env-expiry' })).toContainText('Ends of ENVs');
  await expect(page.getByRole('listitem').filter({ hasText: 'env-expiry' }).getByRole('button')).toHaveCount(0);
  await page.getByRole('button', { name: 'Run now: Storage use' }).click();
  await expect
    .poll(async () => (await tt.agent.client.audit.list({ call: 'admin.runTask', limit: 10 })).entries.length, {
      timeout: 30_000,
    })
    .toBe(1);
});

test('charts of a new host say that measuring has begun, and move nothing when the first values come', {
  tag: '@deep',
}, async ({ tt }) => {
  const { page, agent } = tt;
  const window = new TtWindow(page);
  await window.ready();
  await agent.kill();
  await agent.start();
  await window.ready();
  await window.goTo('Admin');
  const hour = page.getByRole('region', { name: 'Last hour' });
  await expect(hour.getByRole('status')).toContainText('Measuring has begun');
  await expect(hour).toContainText('first values within 15 s');
  const before = await hour.boundingBox();
  await expect(hour.getByRole('status')).toContainText('Measured since', { timeout: 30_000 });
  await expect(hour).not.toContainText('first values within');
  const after = await hour.boundingBox();
  expect([after?.width, after?.height]).toEqual([before?.width, before?.height]);
});
