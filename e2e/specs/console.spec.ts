// The console in the window: the screen, who has the keyboard, pasting, and a picture with words for every reason to have
// no picture. With the fake engine, which draws what is typed; story.spec.ts does it with real guests.
import { createEnv, screenOf } from '../fixtures/env.ts';
import { expect, test } from '../fixtures/tt.ts';
import { TtWindow } from '../pages/window.ts';

test('shows the screen and gives the keyboard to the guest, until Ctrl-Alt', async ({ tt }) => {
  const [vm] = await createEnv(tt.agent, 'demo');
  const window = new TtWindow(tt.page);
  await window.board.open('demo');
  await window.env('demo').machine('tiny-2-1').getByRole('button', { name: 'Console' }).click();
  const console = window.console('tiny-2-1');
  await console.connected();
  await expect(console.screen.locator('canvas')).toBeVisible();

  const before = await screenOf(tt.agent, vm.id);
  await console.takeKeys();
  await tt.page.keyboard.type('hello');
  await expect.poll(() => screenOf(tt.agent, vm.id)).not.toBe(before);
  // Tab belongs to the guest now; only Ctrl-Alt gives the keyboard back.
  await tt.page.keyboard.press('Tab');
  await expect(tt.page.getByText('Keyboard captured by tiny-2-1 – Ctrl-Alt releases it')).toBeVisible();
  await tt.page.keyboard.press('Control+Alt');
  await expect(tt.page.getByText('Click the screen, or press Enter on it, to type in tiny-2-1')).toBeVisible();

  const typed = await screenOf(tt.agent, vm.id);
  await tt.page.keyboard.press('x');
  await console.takeKeys();
  await tt.page.keyboard.press('Enter');
  // Only the Enter arrived: the line is empty again, as before.
  await expect.poll(() => screenOf(tt.agent, vm.id)).toBe(before);
  expect(typed).not.toBe(before);
});

test('pastes text as keystrokes, with Shift where it is needed', async ({ tt }) => {
  const [vm] = await createEnv(tt.agent, 'demo');
  const window = new TtWindow(tt.page);
  await window.board.open('demo');
  await window.env('demo').machine('tiny-2-1').getByRole('button', { name: 'Console' }).click();
  const console = window.console('tiny-2-1');
  await console.connected();

  const empty = await screenOf(tt.agent, vm.id);
  await console.takeKeys();
  let byHand = empty;
  for (const keys of [['a'], ['Shift+KeyB'], ['Shift+Backslash', '1']]) {
    for (const key of keys) await tt.page.keyboard.press(key);
    // All are drawn before more are pressed; a bar has no picture of its own.
    await expect.poll(() => screenOf(tt.agent, vm.id)).not.toBe(byHand);
    byHand = await screenOf(tt.agent, vm.id);
  }
  await tt.page.keyboard.press('Enter');
  await expect.poll(() => screenOf(tt.agent, vm.id)).toBe(empty);

  // As programs send it that type, in a guest that has Caps Lock on.
  await tt.page.keyboard.press('CapsLock');
  await console.typeWithoutKeys('aB|1é');
  await expect.poll(() => screenOf(tt.agent, vm.id)).toBe(byHand);
  await tt.page.keyboard.press('Enter');
  await expect.poll(() => screenOf(tt.agent, vm.id)).toBe(empty);

  await tt.page.keyboard.press('CapsLock');
  await console.tool('Paste as keystrokes').click();
  const dialog = window.dialog('Paste into tiny-2-1 as keystrokes');
  await dialog.getByRole('textbox', { name: 'Text to type' }).fill('aB|1环');
  await expect(dialog.getByText('That keyboard has no key for 环; these are left out.')).toBeVisible();
  await dialog.getByRole('button', { name: 'Type it' }).click();
  await expect(dialog).toBeHidden();
  await expect.poll(() => screenOf(tt.agent, vm.id)).toBe(byHand);
});

test('a long paste shows how far it is and can be stopped', { tag: '@deep' }, async ({ tt }) => {
  await createEnv(tt.agent, 'demo');
  const window = new TtWindow(tt.page);
  await window.board.open('demo');
  await window.env('demo').machine('tiny-2-1').getByRole('button', { name: 'Console' }).click();
  const console = window.console('tiny-2-1');
  await console.connected();
  await console.tool('Paste as keystrokes').click();
  const dialog = window.dialog('Paste into tiny-2-1 as keystrokes');
  await dialog.getByRole('textbox', { name: 'Text to type' }).fill('x'.repeat(5000));
  await dialog.getByRole('button', { name: 'Type it' }).click();
  await expect(dialog.getByRole('progressbar', { name: 'Typing' })).toBeVisible();
  await dialog.getByRole('button', { name: 'Stop typing' }).click();
  await expect(dialog.getByText(/Stopped after \d+ of 5000 characters/)).toBeVisible();
  // Esc takes back nothing of what was typed, and says so.
  await dialog.getByRole('button', { name: 'Type it' }).click();
  await expect(dialog.getByRole('progressbar', { name: 'Typing' })).toBeVisible();
  await tt.page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(window.message(/Stopped after \d+ of 5000 characters/)).toBeVisible();
});

test('says why there is no picture, and comes back by itself', { tag: '@deep' }, async ({ tt }) => {
  const [vm] = await createEnv(tt.agent, 'demo');
  const window = new TtWindow(tt.page);
  await window.board.open('demo');
  await window.env('demo').machine('tiny-2-1').getByRole('button', { name: 'Console' }).click();
  const console = window.console('tiny-2-1');
  await console.connected();

  await tt.agent.client.vm.stop({ vmId: vm.id, operationId: crypto.randomUUID() });
  await expect(console.notice('tiny-2-1 is stopped')).toBeVisible();
  await expect(console.tool('Ctrl-Alt-Del')).toBeDisabled();
  await tt.page.getByRole('button', { name: 'Start tiny-2-1' }).click();
  await console.connected();

  await tt.agent.client.vm.delete({ vmId: vm.id, operationId: crypto.randomUUID() });
  await expect(console.notice('This machine no longer exists')).toBeVisible();
});

test('sizes, keys and the way back', { tag: '@deep' }, async ({ tt }) => {
  await createEnv(tt.agent, 'demo');
  const window = new TtWindow(tt.page);
  await window.goTo('Consoles');
  await tt.page.getByRole('region', { name: 'demo' }).getByRole('link', { name: 'tiny-2-1' }).click();
  const console = window.console('tiny-2-1');
  await console.connected();
  const canvas = console.screen.locator('canvas');
  const fitted = await canvas.boundingBox();
  await console.toolbar.getByRole('radio', { name: '1:1' }).click();
  await expect.poll(async () => (await canvas.boundingBox())?.width).not.toBe(fitted?.width);
  await console.tool(/^Keys$/).click();
  await expect(tt.page.getByRole('menuitem', { name: 'Ctrl-Alt-F2' })).toBeVisible();
  await tt.page.getByRole('menuitem', { name: 'F12', exact: true }).click();
  await console.tool('Full screen').click();
  // Nothing lies over the guest's screen: not the tools either, when they are asked for.
  const edge = tt.page.getByRole('toolbar', { name: 'Full screen' });
  await expect(console.toolbar).toBeHidden();
  await expect.poll(async () => (await console.stage.boundingBox())?.y).toBe(0);
  await edge.getByRole('button', { name: 'Tools' }).click();
  const tools = await console.toolbar.boundingBox();
  expect((await console.stage.boundingBox())?.y).toBeGreaterThanOrEqual((tools?.y ?? 0) + (tools?.height ?? 0));
  await edge.getByRole('button', { name: 'Leave full screen' }).click();
  await expect(edge).toBeHidden();
  await console.back();
  await expect(window.env('demo').machine('tiny-2-1')).toBeVisible();
});

test('everybody sees who is watching', { tag: '@deep' }, async ({ tt }) => {
  await createEnv(tt.agent, 'demo');
  const window = new TtWindow(tt.page);
  await window.board.open('demo');
  await window.env('demo').machine('tiny-2-1').getByRole('button', { name: 'Console' }).click();
  const console = window.console('tiny-2-1');
  await console.connected();
  await expect(console.toolbar.getByRole('button', { name: /^1 watching: / })).toBeVisible();
  await console.back();
  await expect.poll(async () => (await tt.agent.client.env.show({ name: 'demo' })).vms[0]?.viewers).toBe(0);
});
