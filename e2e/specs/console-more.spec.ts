// What a console does besides showing a screen: who watches and who has the keyboard, keys after the tools were used, the last picture,
// recording and playing, other layouts, quality. With the fake engine, which draws what is typed on a US keyboard.
import { writeFile } from 'node:fs/promises';
import type { Browser, Page } from '@playwright/test';
import { createEnv, screenOf } from '../fixtures/env.ts';
import { expect, test } from '../fixtures/tt.ts';
import { serious } from '../pages/axe.ts';
import type { ConsolePage } from '../pages/console.ts';
import { CopyDialogs } from '../pages/copies.ts';
import { TtWindow } from '../pages/window.ts';

async function openConsole(page: Page): Promise<ConsolePage> {
  const window = new TtWindow(page);
  await window.board.open('demo');
  await window.env('demo').machine('tiny-2-1').getByRole('button', { name: 'Console' }).click();
  const console = window.console('tiny-2-1');
  await console.connected();
  return console;
}

test('the keyboard stays with the guest when its tools are used by pointer', { tag: '@deep' }, async ({ tt }) => {
  const [vm] = await createEnv(tt.agent, 'demo');
  const console = await openConsole(tt.page);
  const captured = tt.page.getByText('Keyboard captured by tiny-2-1');
  await console.takeKeys();

  await console.toolbar.getByRole('radio', { name: '1:1' }).click();
  await expect(captured).toBeVisible();
  await console.tool(/^Keys$/).click();
  await tt.page.getByRole('menuitem', { name: 'F12', exact: true }).click();
  await expect(captured).toBeVisible();
  await console.tool(/^Keys$/).click();
  await expect(tt.page.getByRole('menuitem', { name: 'F12', exact: true })).toBeVisible();
  await tt.page.keyboard.press('Escape');
  await expect(captured).toBeVisible();

  const before = await screenOf(tt.agent, vm.id);
  await tt.page.keyboard.type('hello');
  await expect.poll(() => screenOf(tt.agent, vm.id)).not.toBe(before);

  // Who comes by key stays in the tools.
  await tt.page.keyboard.press('Control+Alt');
  await console.tool('Ctrl-Alt-Del').focus();
  await expect(captured).toBeHidden();
  await expect(console.tool('Ctrl-Alt-Del')).toBeFocused();
});

test('tools that are gone once they were pressed, and those of full screen, leave it there too', {
  tag: '@deep',
}, async ({ tt }) => {
  await createEnv(tt.agent, 'demo');
  const console = await openConsole(tt.page);
  const captured = tt.page.getByText('Keyboard captured by tiny-2-1');
  await console.takeKeys();
  await tt.page.evaluate(() => Object.defineProperty(window, 'showSaveFilePicker', { value: undefined }));
  await console.tool('Record').click();
  await tt.page.getByRole('menuitem', { name: 'Record the screen…' }).click();
  const stop = console.tool(/^Stop recording/);
  await expect(stop).toBeVisible();
  await expect(captured).toBeVisible();
  const saved = tt.page.waitForEvent('download');
  await stop.click();
  await saved;
  await expect(console.tool('Record')).toBeVisible();
  await expect(captured).toBeVisible();

  await console.tool('Full screen').click();
  const edge = tt.page.getByRole('toolbar', { name: 'Full screen' });
  for (const name of ['Tools', 'Leave full screen']) {
    await edge.getByRole('button', { name }).click();
    await expect(captured).toBeVisible();
  }
  await expect(edge).toBeHidden();
  await expect(captured).toBeVisible();
});

test('what is typed when the screen goes is no shortcut of the window, and goes on where it was when it is back', {
  tag: '@deep',
}, async ({ tt }) => {
  const [vm] = await createEnv(tt.agent, 'demo');
  const console = await openConsole(tt.page);
  await console.takeKeys();
  // From the tools, while its user looks on.
  await console.tool('Power').click();
  await tt.page.getByRole('menuitem', { name: 'Stop' }).click();
  await expect(console.notice('tiny-2-1 is stopped')).toBeVisible();
  await expect(console.stage).toBeFocused();
  // Snapshot, New ENV and the palette elsewhere.
  for (const key of ['s', 'n', 'Control+k']) await tt.page.keyboard.press(key);
  expect((await tt.agent.client.snapshot.list({ envName: 'demo' })).snapshots).toEqual([]);
  await expect(tt.page.getByRole('dialog')).toHaveCount(0);

  // A second click asks for what is being done.
  await tt.page.getByRole('button', { name: 'Start tiny-2-1' }).dblclick();
  await console.connected();
  await expect(tt.page.getByText('Keyboard captured by tiny-2-1')).toBeVisible();
  await expect(tt.page.getByText('Start tiny-2-1: failed')).toHaveCount(0);
  // Who turns to something else meanwhile has the shortcuts again.
  await tt.agent.client.vm.stop({ vmId: vm.id, graceS: 0, operationId: crypto.randomUUID() });
  await expect(console.stage).toBeFocused();
  await tt.page.keyboard.press('Control+Alt');
  await tt.page.keyboard.press('Control+k');
  await expect(tt.page.getByRole('dialog')).toBeVisible();
});

test('a tab that is clicked has the keyboard; one that was come to by key has not', { tag: '@deep' }, async ({
  tt,
}) => {
  await createEnv(tt.agent, 'demo');
  const console = await openConsole(tt.page);
  await tt.page.getByRole('tab', { name: 'Serial' }).click();
  const text = tt.page.getByRole('textbox', { name: 'Type into tiny-2-1' });
  await expect(text).toBeFocused();
  await tt.page.getByRole('tab', { name: 'Screen' }).click();
  await console.connected();
  await expect(tt.page.getByText('Keyboard captured by tiny-2-1')).toBeVisible();
  await tt.page.getByRole('tab', { name: 'Serial' }).click();
  await expect(text).toBeFocused();
  await tt.page.getByRole('tab', { name: 'Serial' }).focus();
  await tt.page.keyboard.press('ArrowLeft');
  await expect(tt.page.getByRole('tab', { name: 'Screen' })).toBeFocused();
  await console.connected();
  await expect(tt.page.getByRole('tab', { name: 'Screen' })).toBeFocused();
});

test('the last picture stays, dimmed, with its time', { tag: '@deep' }, async ({ tt }) => {
  const [vm] = await createEnv(tt.agent, 'demo');
  const console = await openConsole(tt.page);
  await expect(tt.page.getByText(/^Last picture/)).toBeHidden();
  await tt.agent.client.vm.stop({ vmId: vm.id, graceS: 0, operationId: crypto.randomUUID() });
  await expect(console.notice('tiny-2-1 is stopped')).toBeVisible();
  await expect(tt.page.getByText(/^Last picture, \d\d:\d\d$/)).toBeVisible();
  expect(await serious(tt.page, 'console with its last picture')).toEqual([]);
  // Also over a reload; a stopped machine has no other.
  await tt.page.reload();
  await expect(console.notice('tiny-2-1 is stopped')).toBeVisible();
  await expect(tt.page.getByText(/^Last picture, \d\d:\d\d$/)).toBeVisible();
  await expect(tt.page.locator('img.vnc-last-picture')).toBeVisible();
  await tt.page.getByRole('button', { name: 'Start tiny-2-1' }).click();
  await console.connected();
  await expect(tt.page.getByText(/^Last picture/)).toBeHidden();
});

test('text is typed for the layout of the guest, which is remembered', { tag: '@deep' }, async ({ tt }) => {
  const [vm] = await createEnv(tt.agent, 'demo');
  const console = await openConsole(tt.page);
  const window = new TtWindow(tt.page);
  const empty = await screenOf(tt.agent, vm.id);
  // The fake guest has a US keyboard: what a German one has at its Z is its Y.
  await console.takeKeys();
  await tt.page.keyboard.press('y');
  await expect.poll(() => screenOf(tt.agent, vm.id)).not.toBe(empty);
  const withY = await screenOf(tt.agent, vm.id);
  await tt.page.keyboard.press('Enter');
  await expect.poll(() => screenOf(tt.agent, vm.id)).toBe(empty);

  await console.tool('Paste as keystrokes').click();
  const dialog = window.dialog('Paste into tiny-2-1 as keystrokes');
  await dialog.getByRole('button', { name: /Keyboard layout of the guest/ }).click();
  await tt.page.getByRole('option', { name: 'German' }).click();
  await dialog.getByRole('textbox', { name: 'Text to type' }).fill('z');
  await tt.page.keyboard.press('Control+Enter');
  await expect(dialog).toBeHidden();
  await expect.poll(() => screenOf(tt.agent, vm.id)).toBe(withY);

  await tt.page.reload();
  await console.connected();
  await console.tool('Paste as keystrokes').click();
  await expect(dialog.getByRole('button', { name: /Keyboard layout of the guest/ })).toContainText('German');
});

test(
  'a screen is recorded, played, and goes with a capsule to who plays it there',
  { tag: '@deep' },
  async ({ tt }, info) => {
    const [vm] = await createEnv(tt.agent, 'demo');
    const console = await openConsole(tt.page);
    // Something is on the screen before it is recorded: its first picture is not of one colour.
    const empty = await screenOf(tt.agent, vm.id);
    await console.takeKeys();
    await tt.page.keyboard.type('apple');
    await expect.poll(() => screenOf(tt.agent, vm.id)).not.toBe(empty);
    // A picker of the system can't be driven; a browser without one saves a download.
    await tt.page.evaluate(() => Object.defineProperty(window, 'showSaveFilePicker', { value: undefined }));
    await console.tool('Record').click();
    await tt.page.getByRole('menuitem', { name: 'Record the screen and the keys you press…' }).click();
    const stop = console.tool(/^Stop recording/);
    await expect(stop).toBeVisible();
    await console.takeKeys();
    await tt.page.keyboard.type('hello');
    // Its own console, which nobody sees, is connected.
    await expect.poll(async () => (await tt.agent.client.vm.show({ vmId: vm.id })).viewers).toBe(2);
    await expect(stop).toContainText(/\((?!0:00)/);
    const saved = tt.page.waitForEvent('download');
    await stop.click();
    const download = await saved;
    expect(download.suggestedFilename()).toMatch(/^demo-tiny-2-1-.*\.ttrec$/);
    const file = info.outputPath('screen.ttrec');
    await download.saveAs(file);

    await tt.page.evaluate(() => (window.location.hash = '#/player'));
    await tt.page.locator('input[type=file]').setInputFiles(file);
    await expect(tt.page.getByText('demo/tiny-2-1')).toBeVisible();
    // Its first picture is there before it is played: not all of it is of one colour.
    const canvas = tt.page.locator('.player-stage canvas');
    const colours = () =>
      canvas.evaluate((element) => {
        const { width, height } = element as HTMLCanvasElement;
        if (width === 0) return 0;
        const pixels = (element as HTMLCanvasElement).getContext('2d')?.getImageData(0, 0, width, height).data;
        return new Set(new Uint32Array(pixels?.buffer ?? new ArrayBuffer(0))).size;
      });
    await expect.poll(colours).toBeGreaterThan(1);
    await tt.page.screenshot({ path: info.outputPath('first-picture.png') });
    await expect(tt.page.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
    await tt.page.getByRole('button', { name: 'Play', exact: true }).click();
    await expect(canvas).toBeVisible();
    await expect(tt.page.locator('.player-keys')).toContainText('KeyH');
    expect(await serious(tt.page, 'player')).toEqual([]);
    const letter = info.outputPath('letter.ttrec');
    await writeFile(letter, 'Dear all');
    await tt.page.locator('input[type=file]').setInputFiles(letter);
    await expect(tt.page.getByRole('alert')).toHaveText('This file is not a recording of TT.');

    // The export offers it, without its keys.
    const dialogs = new CopyDialogs(tt.page);
    await dialogs.command('Export demo');
    const sheet = dialogs.export('demo');
    await sheet.getByText(/^tiny-2-1, 0:\d\d, with keys$/).click();
    await expect(sheet.getByRole('checkbox', { name: 'Leave out the keys that were pressed' })).toBeChecked();
    await sheet.locator('input[type=file]').setInputFiles(letter);
    await expect(sheet.getByRole('alert')).toHaveText('letter.ttrec: This file is not a recording of TT.');
    expect(await serious(tt.page, 'export with recordings')).toEqual([]);
    const packed = tt.page.waitForEvent('download');
    await sheet.getByRole('button', { name: 'Export' }).click();
    const capsule = info.outputPath('demo.tt-capsule');
    await (await packed).saveAs(capsule);
    await dialogs.command('Import a capsule');
    await dialogs.importCapsule.locator('input[type=file]').setInputFiles(capsule);
    await expect(dialogs.importCapsule.getByText(/^How it came to this: tiny-2-1, 0:\d\d$/)).toBeVisible();
    await dialogs.importCapsule.getByRole('button', { name: 'Import', exact: true }).click();
    const recorded = tt.page.getByRole('link', { name: /^tiny-2-1, 0:\d\d$/ });
    await expect(recorded).toBeVisible();
    // Packed again, it can take along what it came with.
    const { envs } = await tt.agent.client.env.list();
    const imported = envs.find(({ name }) => name !== 'demo')?.name ?? '';
    await dialogs.command(`Export ${imported}`);
    await dialogs
      .export(imported)
      .getByText(/^tiny-2-1, 0:\d\d$/)
      .click();
    const packedAgain = tt.page.waitForEvent('download');
    await dialogs.export(imported).getByRole('button', { name: 'Export' }).click();
    await (await packedAgain).saveAs(info.outputPath('again.tt-capsule'));
    await dialogs.command('Import a capsule');
    await dialogs.importCapsule.locator('input[type=file]').setInputFiles(info.outputPath('again.tt-capsule'));
    await expect(dialogs.importCapsule.getByText(/^How it came to this: tiny-2-1, 0:\d\d$/)).toBeVisible();
    await dialogs.importCapsule.getByRole('button', { name: 'Cancel' }).click();
    await recorded.click();
    await tt.page.getByRole('button', { name: 'Play', exact: true }).click();
    await expect(tt.page.locator('.player-stage canvas')).toBeVisible();
    await expect(tt.page.getByText(/^0:\d\d \/ 0:\d\d$/)).toBeVisible();
    await expect(tt.page.locator('.player-keys')).toHaveCount(0);
  },
);

test('pictures are as good as the link allows, and the choice is remembered', { tag: '@deep' }, async ({ tt }) => {
  await createEnv(tt.agent, 'demo');
  const console = await openConsole(tt.page);
  await console.tool('Pictures: balanced').click();
  await tt.page.getByRole('menuitem', { name: 'for slow links' }).click();
  await expect(console.tool('Pictures: for slow links')).toBeVisible();
  await tt.page.reload();
  await console.connected();
  await expect(console.tool('Pictures: for slow links')).toBeVisible();
  await expect(console.screen.locator('canvas')).toBeVisible();
});

test.describe('two people', () => {
  test.skip(({ launcher }) => launcher !== 'browser', 'others come in with browsers');

  /** A window of somebody else, who may do everything. */
  async function windowOf(browser: Browser, address: string): Promise<Page> {
    const page = await (await browser.newContext({ viewport: { width: 1280, height: 820 } })).newPage();
    await page.goto(address);
    return page;
  }

  test('see who watches, take the keyboard, lend it, and hear of a revert', { tag: '@deep' }, async ({
    tt,
    browser,
  }) => {
    const [vm] = await createEnv(tt.agent, 'demo');
    await tt.agent.client.snapshot.create({ operationId: crypto.randomUUID(), envName: 'demo', name: 'clean' });
    await tt.agent.client.user.create({ name: 'kim', role: 'admin' });
    const { code } = await tt.agent.client.user.invite({ name: 'kim' });
    const empty = await screenOf(tt.agent, vm.id);
    const theirs = await windowOf(browser, `${tt.agent.url}/#join=${code}`);
    try {
      const mine = await openConsole(tt.page);
      const kims = await openConsole(theirs);
      await expect(mine.toolbar.getByRole('button', { name: /^2 watching: / })).toBeVisible();
      await kims.takeKeys();
      await theirs.keyboard.type('hi');
      await expect(mine.toolbar.getByRole('button', { name: /kim \(typing\)/ })).toBeVisible();

      await kims.toolbar.getByRole('button', { name: /^2 watching/ }).click();
      await theirs.getByRole('menuitem', { name: 'Take the keyboard' }).click();
      await expect(
        tt.page.getByText('kim has the keyboard of tiny-2-1: what you type does not get there'),
      ).toBeVisible();
      await expect(mine.tool('Ctrl-Alt-Del')).toBeDisabled();
      await mine.screen.locator('canvas').click();
      await tt.page.keyboard.type('nothing');
      await kims.takeKeys();
      // If any of it had come, the line would not be empty now.
      for (let typed = 0; typed < 2; typed++) await theirs.keyboard.press('Backspace');
      await expect.poll(() => screenOf(tt.agent, vm.id)).toBe(empty);

      await kims.toolbar.getByRole('button', { name: /^2 watching/ }).click();
      await theirs.getByRole('menuitem', { name: 'Lend the keyboard to local' }).click();
      await expect(mine.tool('Ctrl-Alt-Del')).toBeEnabled();
      await expect(
        theirs.getByText('local has the keyboard of tiny-2-1: what you type does not get there'),
      ).toBeVisible();

      await kims.tool('Snapshots').click();
      await theirs.getByRole('menuitem', { name: /“clean”/ }).click();
      await expect(new TtWindow(tt.page).message('kim reverted tiny-2-1 to “clean”')).toBeVisible();
      // Told while the operation still ends.
      const running = async () =>
        (await tt.agent.client.operation.list()).operations.filter((one) => one.state === 'running');
      await expect.poll(async () => (await running()).length).toBe(0);
    } finally {
      await theirs.context().close();
      await tt.agent.client.user.delete({ name: 'kim' });
    }
  });
});
