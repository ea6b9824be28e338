// A join link that is pasted into the address of a tab that is open: it lets in without a reload, and the page that was there stays.
import { expect, test } from '../fixtures/tt.ts';
import { TtWindow } from '../pages/window.ts';

test.skip(({ launcher }) => launcher !== 'browser', 'the desktop has no address bar');

test('a pasted link lets in without a reload; one that was used says so and changes nothing', async ({ tt }) => {
  const { page, agent } = tt;
  const window = new TtWindow(page);
  await window.ready();
  await window.goTo('Hosts');
  await page.evaluate(() => Object.assign(globalThis, { stillThere: true }));
  const code = await agent.invite();
  // What the address bar does with an address that differs by its fragment alone.
  await page.goto(`${agent.url}/#join=${code}`);
  await expect(window.message('You are in, by the link you pasted')).toBeVisible();
  await expect(page).toHaveURL(/#\/hosts$/);
  tt.expectMessage(/403/);
  await page.goto(`${agent.url}/#join=${code}`);
  await expect(window.message('The link you pasted does not let you in; nothing has changed')).toBeVisible();
  await window.ready();
  expect(await page.evaluate(() => 'stillThere' in globalThis)).toBe(true);
});

test('a session that is over is begun anew by a pasted link', async ({ tt }) => {
  const { page, agent } = tt;
  const window = new TtWindow(page);
  await window.ready();
  await window.goTo('Images');
  tt.expectMessage(/401/);
  await agent.client.session.end({ which: 'all' });
  await expect(window.newEnvButton).toHaveCount(0);
  await page.goto(`${agent.url}/#join=${await agent.invite()}`);
  await window.ready();
  await expect(page).toHaveURL(/#\/images$/);
});
