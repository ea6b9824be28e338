// What ends: the warning before it, which can be put off and always shows its time; an ENV that is idle, until somebody looks at it; a session
// of a lab, which asks first. The guests use no processor, and the clock of the page is moved on, not waited for.
import { createEnv } from '../fixtures/env.ts';
import { makeLab } from '../fixtures/lab.ts';
import { expect, test } from '../fixtures/tt.ts';
import { EndingWarnings } from '../pages/endings.ts';
import { goToHash } from '../pages/everywhere.ts';
import { TtWindow } from '../pages/window.ts';

test.use({ idleGuests: true });

const LONG = `demo-${'x'.repeat(58)}`;

test('the end of an ENV is put off, and comes back in time; its time is whole, however long the name is', {
  tag: '@deep',
}, async ({ tt }) => {
  const { page, agent } = tt;
  await createEnv(agent, LONG);
  // Nearer than a window that was just opened keeps to itself.
  const { env } = await agent.client.env.show({ name: LONG });
  const ageS = Math.ceil((Date.now() - Date.parse(env.startAt)) / 1000);
  const changed = await agent.client.env.update({ name: LONG, lifetimeS: ageS + 200 });
  const endAt = Date.parse(changed.endAt);
  await page.setViewportSize({ width: 760, height: 520 });
  await page.reload();
  const warning = new EndingWarnings(page).of(LONG);
  await expect(warning).toBeVisible();
  // In 420 px: beside it the verbs, so the name makes way.
  const time = warning.getByText(/^deleted in .+ \(\d\d:\d\d\)$/);
  await expect(time).toBeVisible();
  const [line, text] = [await warning.locator('.toast-line').boundingBox(), await time.boundingBox()];
  if (!line || !text) throw new Error('the warning is not drawn');
  expect(text.x).toBeGreaterThanOrEqual(line.x);
  expect(text.x + text.width).toBeLessThanOrEqual(line.x + line.width + 1);
  expect(await time.evaluate((element) => element.scrollWidth <= element.clientWidth + 1)).toBe(true);
  expect((await warning.boundingBox())?.height ?? 0).toBeLessThan(60);
  // In a small window the status bar has two lines, which it does not cover.
  const [toast, bar] = [await warning.boundingBox(), await page.locator('.status-bar').boundingBox()];
  expect((toast?.y ?? 0) + (toast?.height ?? 0)).toBeLessThanOrEqual(bar?.y ?? 0);
  const ring = new TtWindow(page).board.card(LONG).locator('.lifetime');
  expect(await ring.evaluate((element) => element.scrollWidth <= element.clientWidth + 1)).toBe(true);

  await warning.getByRole('button', { name: `Remind me of ${LONG} in 5 min` }).click();
  await expect(warning).toBeHidden();
  // Not into the last minute: there would be no time left to do something.
  await page.clock.setFixedTime(endAt - 61_000);
  await expect(page.getByText(/ends at/)).toBeHidden();
  await page.clock.setFixedTime(endAt - 59_000);
  await expect(warning).toBeVisible();
  await expect(warning.getByRole('button', { name: /^Remind me/ })).toBeHidden();
});

test('an ENV that nobody uses is idle after ten minutes, and no more once somebody looks at it', {
  tag: '@deep',
}, async ({ tt }) => {
  const { page } = tt;
  const window = new TtWindow(page);
  const [vm] = await createEnv(tt.agent, 'demo');
  await page.clock.install();
  await page.reload();
  const idle = window.board.card('demo').getByText('Idle', { exact: true });
  await expect(window.board.card('demo')).toBeVisible();
  await expect(idle).toBeHidden();
  // It is looked at every ten seconds. What was measured comes each second, by the clock of the agent.
  await expect(async () => {
    await page.clock.fastForward(601_000);
    await expect(idle).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await goToHash(page, `#/envs/demo/console/${vm.id}/screen`);
  await window.console('tiny-2-1').connected();
  await expect.poll(async () => (await tt.agent.client.env.show({ name: 'demo' })).vms[0]?.viewers).toBe(1);
  await page.clock.fastForward(11_000);
  await window.goTo('ENVs');
  await expect(window.board.card('demo')).toBeVisible();
  await expect(idle).toBeHidden();
});

test('End of a session asks first, and Enter alone ends none', { tag: '@deep' }, async ({ tt }) => {
  const { page } = tt;
  const window = new TtWindow(page);
  await makeLab(tt.agent.client);
  await window.ready();
  await window.goTo('Labs');
  const sessions = page.getByRole('list', { name: 'Sessions of room' });
  const end = sessions.getByRole('button', { name: 'End pc-1' });
  const question = window.dialog('End pc-1?');
  await end.click();
  await expect(question.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(question).toBeHidden();
  await expect(sessions.getByText('pc-1', { exact: true })).toBeVisible();
  expect((await tt.agent.client.lab.show({ name: 'room' })).sessions).toHaveLength(1);
  await end.click();
  await question.getByRole('button', { name: 'End session' }).click();
  await expect(sessions.getByText('pc-1', { exact: true })).toBeHidden();
  expect((await tt.agent.client.lab.show({ name: 'room' })).sessions).toEqual([]);
});
