// The desktop around the window: its menu in the language of the window, several windows that come back where they were, zoom, and keys
// that belong to a guest while a console has them. The same in the test host and in Electron.
import { writeFile } from 'node:fs/promises';
import { TestAgent } from '../fixtures/agent.ts';
import { createEnv } from '../fixtures/env.ts';
import { launch } from '../fixtures/launchers.ts';
import { expect, test } from '../fixtures/tt.ts';
import { type AppHandle, TestHost } from '../host/test-host.ts';
import { TtWindow } from '../pages/window.ts';

test.skip(({ launcher }) => launcher === 'browser', 'a browser has menus and windows of its own');

/** Chooses an entry of the application menu, by its id. */
function choose(app: AppHandle | null, id: string): Promise<void> | undefined {
  return app?.evaluate(({ Menu }, wanted) => {
    const item = Menu.getApplicationMenu()?.getMenuItemById(wanted);
    if (!item) throw new Error(`no ${wanted} in the menu`);
    item.click();
  }, id);
}

function labelOf(app: AppHandle | null, id: string): Promise<string | undefined> | undefined {
  return app?.evaluate(({ Menu }, wanted) => Menu.getApplicationMenu()?.getMenuItemById(wanted)?.label, id);
}

test('the menu does what buttons do, in the language of the window', async ({ tt }) => {
  const { page, app } = tt;
  const window = new TtWindow(page);
  await window.ready();
  await choose(app, 'newEnv');
  await expect(window.dialog('New ENV')).toBeVisible();
  // What is typed there is not lost to another entry.
  await choose(app, 'go-images');
  await expect(page.getByRole('status').filter({ hasText: 'Close the open dialog first' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(window.dialog('New ENV')).toHaveCount(0);
  await choose(app, 'go-images');
  await expect(page).toHaveURL(/#\/images$/);
  await choose(app, 'guide');
  await expect(page.getByRole('heading', { name: 'Help' })).toBeVisible();
  await choose(app, 'palette');
  await expect(window.dialog('Search or command').getByRole('searchbox')).toBeFocused();
  await page.keyboard.type('简体中文');
  await page.keyboard.press('Enter');
  await expect.poll(() => labelOf(app, 'newEnv')).toBe('新建环境…');
  await choose(app, 'keys');
  await expect(page.getByRole('dialog', { name: '快捷键' })).toBeVisible();
});

test('a server that runs a newer TT is told of in the menu', { tag: '@deep' }, async ({ tt }) => {
  test.skip(tt.kind !== 'desktop-host', 'the test host is an older TT than its agent');
  const window = new TtWindow(tt.page);
  await window.ready();
  await expect.poll(() => labelOf(tt.app, 'newer')).toMatch(/^This computer runs TT \d+\.\d+\.\d+\S*, which is newer/);
  await choose(tt.app, 'newer');
  await expect(tt.page.getByRole('heading', { name: 'Getting started' })).toBeFocused();
});

test(
  'files that are opened with TT are asked about, as if they were dropped',
  { tag: '@deep' },
  async ({ tt }, info) => {
    const { page, app } = tt;
    const host = app instanceof TestHost ? app : null;
    test.skip(host === null, 'the system hands files over');
    const window = new TtWindow(page);
    await window.ready();
    const [image, text, script] = ['disk.qcow2', 'shop.yaml', 'run.sh'].map((name) => info.outputPath(name));
    await Promise.all([image, text, script].map((file) => writeFile(file ?? '', 'name: shop\n')));
    await host?.startAgain(['tt-desktop', image ?? '']);
    await expect(window.dialog('Import an image')).toContainText('disk.qcow2');
    await page.keyboard.press('Escape');
    await expect(window.dialog('Import an image')).toHaveCount(0);
    await host?.startAgain(['tt-desktop', script ?? '', text ?? '']);
    // The text went from main to the window.
    await expect(window.dialog('New ENV').getByRole('textbox', { name: 'YAML of the new ENV' })).toHaveValue(
      /name: shop/,
    );
    await page.keyboard.press('Escape');
  },
);

test('what can not be done now is refused for the reason a button gives', { tag: '@deep' }, async ({ tt }) => {
  const { page, app, agent } = tt;
  const window = new TtWindow(page);
  await window.ready();
  await agent.kill();
  await expect(page.getByText('The link to the agent is down.')).toBeVisible();
  await choose(app, 'newEnv');
  await expect(page.getByRole('status').filter({ hasText: 'New ENV: Not connected to the agent' })).toBeVisible();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await agent.start();
  await window.ready();
});

test(
  'several windows, each on its own view, are there again at the next start',
  { tag: '@deep' },
  async ({ launcher, agent, browser, viewport }, info) => {
    await agent.clear();
    await createEnv(agent, 'demo');
    const start = () =>
      launch(launcher, {
        browser,
        agent,
        contextOptions: { viewport, locale: 'en-US' },
        scratch: info.outputPath('app'),
      });
    const first = await start();
    const window = new TtWindow(first.page);
    await window.board.open('demo');
    await expect(first.page).toHaveURL(/#\/envs\/demo$/);
    await choose(first.app, 'newWindow');
    await expect.poll(async () => (await first.app?.windows())?.length).toBe(2);
    const [, second] = (await first.app?.windows()) ?? [];
    if (!second) throw new Error('there is no second window');
    await expect(second).toHaveURL(/#\/envs\/demo$/);
    await new TtWindow(second).goTo('Hosts');
    await expect(second).toHaveURL(/#\/hosts$/);
    // A list of windows tells them apart.
    await expect(first.page).toHaveTitle('demo · TT');
    await expect(second).toHaveTitle('Hosts · TT');
    // Both follow the same server.
    await createEnv(agent, 'other');
    await expect(window.env('demo').machine('tiny-2-1')).toBeVisible();
    await new TtWindow(second).goTo('ENVs');
    await expect(new TtWindow(second).board.card('other')).toBeVisible();
    await new TtWindow(second).goTo('Hosts');
    await first.app?.evaluate(({ BrowserWindow }) => {
      for (const one of BrowserWindow.getAllWindows())
        if (one.webContents.getURL().endsWith('#/hosts')) one.setBounds({ x: 300, y: 120, width: 1000, height: 700 });
    }, null);
    await choose(first.app, 'larger');
    await first.close();
    expect(first.faults()).toEqual([]);

    const next = await start();
    await expect.poll(async () => (await next.app?.windows())?.length).toBe(2);
    const pages = (await next.app?.windows()) ?? [];
    const urls = () => pages.map((page) => new URL(page.url()).hash).toSorted();
    await expect.poll(urls).toEqual(['#/envs/demo', '#/hosts']);
    const windows = () =>
      next.app?.evaluate(
        ({ BrowserWindow }) =>
          BrowserWindow.getAllWindows().map((one) => ({
            isHosts: one.webContents.getURL().endsWith('#/hosts'),
            width: one.getNormalBounds().width,
            zoom: Math.round(one.webContents.getZoomFactor() * 100),
          })),
        null,
      );
    await expect.poll(async () => (await windows())?.map(({ zoom }) => zoom)).toEqual([110, 110]);
    expect((await windows())?.find(({ isHosts }) => isHosts)?.width).toBe(1000);
    await next.close();
    expect(next.faults()).toEqual([]);
  },
);

test('notifications are switched off in the settings, and stay off', { tag: '@deep' }, async ({ tt }) => {
  const { page, app } = tt;
  const window = new TtWindow(page);
  await window.ready();
  await window.goTo('Settings');
  const notify = page.getByRole('checkbox', { name: 'Notifications' });
  await expect(notify).toBeChecked();
  // The box is drawn beside the one that takes the keys.
  await notify.focus();
  await page.keyboard.press('Space');
  await expect(notify).not.toBeChecked();
  await choose(app, 'newWindow');
  await expect.poll(async () => (await app?.windows())?.length).toBe(2);
  const [, second] = (await app?.windows()) ?? [];
  if (!second) throw new Error('there is no second window');
  await expect(second.getByRole('checkbox', { name: 'Notifications' })).not.toBeChecked();
});

test('two windows show two servers, each its own', { tag: '@deep' }, async ({ tt }) => {
  const { page, app, agent } = tt;
  const other = await TestAgent.start('fake');
  try {
    await createEnv(agent, 'mine');
    await createEnv(other, 'theirs');
    const window = new TtWindow(page);
    await expect(window.board.card('mine')).toBeVisible();
    await choose(app, 'addServer');
    const add = window.dialog('Add a server');
    await add.getByRole('textbox', { name: 'Address' }).fill(other.url);
    await add.getByLabel('Token', { exact: true }).fill(other.token);
    await add.getByRole('button', { name: 'Connect' }).click();
    await expect(window.board.card('theirs')).toBeVisible();
    await choose(app, 'newWindow');
    await expect.poll(async () => (await app?.windows())?.length).toBe(2);
    const [, second] = (await app?.windows()) ?? [];
    if (!second) throw new Error('there is no second window');
    const beside = new TtWindow(second);
    await expect(beside.board.card('theirs')).toBeVisible();
    // The menu speaks to the window in front, which is the new one.
    await choose(app, 'connection-private');
    await expect(beside.board.card('mine')).toBeVisible();
    await expect(beside.board.card('theirs')).toHaveCount(0);
    await expect(window.board.card('theirs')).toBeVisible();
    await expect(window.board.card('mine')).toHaveCount(0);
    // What is chosen in one is true in both, and neither undoes what the other has changed.
    await page.bringToFront();
    await page.keyboard.press('Control+k');
    await expect(window.dialog('Search or command').getByRole('searchbox')).toBeFocused();
    await page.keyboard.type('dark theme');
    await page.keyboard.press('Enter');
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
    await expect(second.locator('html')).toHaveAttribute('data-theme', 'dark');
    // A reload keeps both.
    await second.reload();
    await page.reload();
    await expect(beside.board.card('mine')).toBeVisible();
    await expect(window.board.card('theirs')).toBeVisible();
  } finally {
    await other.dispose();
  }
});

test('while a console has the keyboard no key belongs to a menu', { tag: '@deep' }, async ({ tt }) => {
  test.skip(tt.kind !== 'desktop-host', 'Electron does not tell whether it listens to keys of menus');
  const { page, app, agent } = tt;
  await createEnv(agent, 'demo');
  const window = new TtWindow(page);
  await window.board.open('demo');
  await window.env('demo').machine('tiny-2-1').getByRole('button', { name: 'Console' }).click();
  await window.console('tiny-2-1').connected();
  const ignores = () =>
    app?.evaluate(({ BrowserWindow }) => {
      const [one] = BrowserWindow.getAllWindows();
      return (one?.webContents as unknown as { ignoresMenuShortcuts: boolean } | undefined)?.ignoresMenuShortcuts;
    }, null);
  await page.locator('canvas').first().click();
  await expect.poll(ignores).toBe(true);
  await window.goTo('Hosts');
  await expect.poll(ignores).toBe(false);
});
