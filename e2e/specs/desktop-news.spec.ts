// The tray and notifications: ends counted down, news only while nobody looks, and what a click on them does. In the test host, which
// can tell what was shown; docs/electron.md says what to look at in Electron.
import { bringEndNear, createEnv } from '../fixtures/env.ts';
import { expect, test } from '../fixtures/tt.ts';
import { TestHost } from '../host/test-host.ts';
import { TtWindow } from '../pages/window.ts';

test.skip(
  ({ launcher }) => launcher !== 'desktop-host',
  'only the test host tells what the tray and notifications say',
);

function hostOf(app: unknown): TestHost {
  if (!(app instanceof TestHost)) throw new Error('not in the test host');
  return app;
}

test('the tray counts ENVs down, leads to them and extends them', { tag: '@deep' }, async ({ tt }) => {
  const host = hostOf(tt.app);
  const window = new TtWindow(tt.page);
  await window.ready();
  await expect.poll(() => host.tray.labels).toContain('No ENV of yours ends');
  await createEnv(tt.agent, 'demo');
  const { client } = tt.agent;
  await client.env.update({ name: 'demo', lifetimeS: 1800 });
  await expect.poll(() => host.tray.tooltip).toMatch(/^TT: demo ends in (29|30) min$/);
  const entry = () => host.tray.labels.find((label) => /^demo · \d+ min$/.test(label)) ?? '';
  await window.goTo('Images');
  await host.clickTray(`${entry()} > Open`);
  await expect(tt.page).toHaveURL(/#\/envs\/demo$/);
  const before = Date.parse((await client.env.show({ name: 'demo' })).env.endAt);
  await host.clickTray(`${entry()} > + 1 h`);
  await expect
    .poll(async () => Date.parse((await client.env.show({ name: 'demo' })).env.endAt) - before)
    .toBe(3_600_000);
  await expect.poll(() => host.tray.tooltip).toMatch(/ends in 1 h/);
  // Nothing is counted down that nobody knows of.
  await tt.agent.kill();
  await expect.poll(() => host.tray.tooltip).toBe('TT');
  await tt.agent.start();
  await expect.poll(() => host.tray.tooltip, { timeout: 40_000 }).toMatch(/demo ends in 1 h/);
});

test('an end that is near is told while nobody looks, and its button gives an hour', { tag: '@deep' }, async ({
  tt,
}) => {
  const host = hostOf(tt.app);
  const { client } = tt.agent;
  const window = new TtWindow(tt.page);
  await createEnv(tt.agent, 'demo');
  await expect(window.board.card('demo')).toBeVisible();
  await expect.poll(() => host.tray.tooltip).toMatch(/^TT: demo/);
  await host.evaluate(({ BrowserWindow }) => {
    for (const one of BrowserWindow.getAllWindows()) one.blur();
  }, null);
  await bringEndNear(tt.agent, 'demo');
  await expect.poll(() => host.notifications.length, { timeout: 20_000 }).toBeGreaterThan(0);
  const [told] = host.notifications;
  expect(told?.title).toMatch(/^demo ends in 1[45] min$/);
  expect([told?.body, told?.actions]).toEqual(['It will be deleted.', ['+ 1 h']]);
  const before = Date.parse((await client.env.show({ name: 'demo' })).env.endAt);
  await host.clickNotification(told?.id ?? 0, { button: true });
  await expect
    .poll(async () => Date.parse((await client.env.show({ name: 'demo' })).env.endAt) - before)
    .toBe(3_600_000);
});

test('a run that ends is told, and a click leads to it', { tag: '@deep' }, async ({ tt }) => {
  const host = hostOf(tt.app);
  const window = new TtWindow(tt.page);
  await createEnv(tt.agent, 'demo');
  await expect(window.board.card('demo')).toBeVisible();
  await expect.poll(() => host.tray.tooltip).toMatch(/^TT: demo/);
  await host.evaluate(({ BrowserWindow }) => {
    for (const one of BrowserWindow.getAllWindows()) one.blur();
  }, null);
  await tt.agent.client.run.start({ envName: 'demo', command: { argv: ['hostname'] } });
  await expect
    .poll(() => host.notifications.map(({ title }) => title), { timeout: 20_000 })
    .toEqual(['The run in demo ended']);
  await host.clickNotification(host.notifications[0]?.id ?? 0);
  await expect(tt.page).toHaveURL(/#\/envs\/demo\/run$/);
});

test('switched on, TT goes on in the tray when its window is closed, and shows it again', { tag: '@deep' }, async ({
  tt,
}) => {
  const host = hostOf(tt.app);
  const window = new TtWindow(tt.page);
  await window.ready();
  await window.goTo('Hosts');
  await host.clickTray('Keep running without a window');
  await host.evaluate(({ BrowserWindow }) => {
    for (const one of BrowserWindow.getAllWindows()) one.close();
  }, null);
  await expect.poll(async () => (await host.windows()).length).toBe(0);
  await host.clickTray('Show TT');
  await expect.poll(async () => (await host.windows()).length).toBe(1);
  const [again] = await host.windows();
  if (!again) throw new Error('there is no window');
  await new TtWindow(again).ready();
  await expect(again).toHaveURL(/#\/hosts$/);
});
