// The wall of an ENV: all its screens, typing on several machines at once, and how screens differ. With the fake engine, which draws
// what is typed.
import { createEnv, screenOf } from '../fixtures/env.ts';
import { expect, test } from '../fixtures/tt.ts';
import { serious } from '../pages/axe.ts';
import { TtWindow } from '../pages/window.ts';

test('what is typed goes to the chosen machines alone, until Esc', { tag: '@deep' }, async ({ tt }) => {
  const [one, two, three] = await createEnv(tt.agent, 'demo', 3);
  const window = new TtWindow(tt.page);
  await window.board.open('demo');
  await window.env('demo').expectStates({ 'tiny-2-1': 'running', 'tiny-2-2': 'running', 'tiny-2-3': 'running' });
  await tt.page.keyboard.press('w');
  const page = tt.page.getByRole('region', { name: 'Wall of demo' });
  const tile = (vm: string) => page.getByRole('link', { name: new RegExp(`^Screen of ${vm}`) });
  const types = (vm: string) => page.getByRole('checkbox', { name: `Type on ${vm} too` });
  await expect(tile('tiny-2-3')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Type on several…' })).toBeDisabled();

  await page.getByRole('button', { name: 'Choose all running' }).click();
  await types('tiny-2-3').press('Space');
  await page.getByRole('button', { name: 'Type on 2 machines' }).click();
  const banner = page.getByRole('region', { name: 'Broadcast typing' });
  await expect(banner.getByRole('status')).toHaveText('What you type goes to 2 machines');
  await expect(banner.getByText('Type – Esc ends it')).toBeVisible();
  const screens = () => Promise.all([one, two, three].map((vm) => screenOf(tt.agent, vm?.id ?? '')));
  const before = await screens();
  /** Which machines still show what they showed before anything was typed. */
  const untouched = async () => (await screens()).map((screen, index) => screen === before[index]);
  await tt.page.keyboard.type('uname');
  await expect.poll(untouched).toEqual([false, false, true]);
  expect(await serious(tt.page, 'wall')).toEqual([]);

  // Left out while it is armed, and taken in again.
  await types('tiny-2-2').press('Space');
  await expect(banner.getByRole('status')).toHaveText('What you type goes to 1 machine');
  await banner.getByRole('application', { name: 'Keys for all chosen machines' }).click();
  await tt.page.keyboard.press('Enter');
  await expect.poll(untouched).toEqual([true, false, true]);

  await banner.getByRole('button', { name: 'Paste as keystrokes' }).click();
  const dialog = window.dialog('Paste into 1 machine as keystrokes');
  await dialog.getByRole('textbox', { name: 'Text to type' }).fill('ls');
  await dialog.getByRole('button', { name: 'Type it' }).click();
  await expect(dialog).toBeHidden();
  await expect.poll(untouched).toEqual([false, false, true]);

  await tt.page.keyboard.press('Escape');
  await expect(banner).toBeHidden();
  await expect(page.getByRole('button', { name: 'Type on 1 machine' })).toBeEnabled();
});

test('what is done by pointer while it is armed leaves the keyboard with the machines, and Esc ends it from anywhere', {
  tag: '@deep',
}, async ({ tt }) => {
  await createEnv(tt.agent, 'demo', 3);
  const window = new TtWindow(tt.page);
  await window.board.open('demo');
  await window.env('demo').expectStates({ 'tiny-2-1': 'running', 'tiny-2-2': 'running', 'tiny-2-3': 'running' });
  await tt.page.keyboard.press('w');
  const page = tt.page.getByRole('region', { name: 'Wall of demo' });
  const choice = (vm: string) => page.locator('.wall-tile', { hasText: vm }).locator('.wall-choice');
  await page.getByRole('button', { name: 'Choose all running' }).click();
  await page.getByRole('button', { name: 'Type on 3 machines' }).click();
  const banner = page.getByRole('region', { name: 'Broadcast typing' });
  const takesKeys = banner.getByText('Type – Esc ends it');
  await expect(takesKeys).toBeVisible();

  await choice('tiny-2-3').click();
  await expect(banner.getByRole('status')).toHaveText('What you type goes to 2 machines');
  await expect(takesKeys).toBeVisible();
  const keys = banner.getByRole('button', { name: 'Keys', exact: true });
  await keys.click();
  await tt.page.getByRole('menuitem', { name: 'F1', exact: true }).click();
  await expect(takesKeys).toBeVisible();
  await banner.getByRole('button', { name: 'Paste as keystrokes' }).click();
  const dialog = window.dialog('Paste into 2 machines as keystrokes');
  await dialog.getByRole('textbox', { name: 'Text to type' }).fill('ls');
  await dialog.getByRole('button', { name: 'Type it' }).click();
  await expect(dialog).toBeHidden();
  await expect(takesKeys).toBeVisible();
  // One Esc closes one thing.
  await keys.click();
  await expect(tt.page.getByRole('menu')).toBeVisible();
  await tt.page.keyboard.press('Escape');
  await expect(tt.page.getByRole('menu')).toBeHidden();
  await expect(takesKeys).toBeVisible();

  await page.getByRole('checkbox', { name: 'Type on tiny-2-1 too' }).focus();
  await tt.page.keyboard.press('Escape');
  await expect(banner).toBeHidden();
  const arm = page.getByRole('button', { name: 'Type on 2 machines' });
  await arm.press('Enter');
  await expect(takesKeys).toBeVisible();
  await tt.page.keyboard.press('Escape');
  await expect(arm).toBeFocused();
});

test('screens are compared with one of them, and a stopped machine gets no keys', { tag: '@deep' }, async ({ tt }) => {
  const [one, two] = await createEnv(tt.agent, 'demo', 2);
  const window = new TtWindow(tt.page);
  await window.board.open('demo');
  await window.env('demo').expectStates({ 'tiny-2-1': 'running', 'tiny-2-2': 'running' });
  await tt.page.keyboard.press('w');
  const page = tt.page.getByRole('region', { name: 'Wall of demo' });
  // As large as the window allows, and nothing to scroll; after a reload, too.
  for (const again of [false, true]) {
    if (again) await tt.page.reload();
    const last = page.getByRole('link', { name: /^Screen of tiny-2-2/ });
    await expect(last).toBeInViewport({ ratio: 1 });
    await expect.poll(async () => (await last.boundingBox())?.height ?? 0).toBeGreaterThan(300);
    expect(await tt.page.locator('.wall-area').evaluate((area) => area.scrollHeight - area.clientHeight)).toBe(0);
  }
  await page.getByRole('button', { name: /Compare with/ }).click();
  await tt.page.getByRole('option', { name: 'tiny-2-2' }).click();
  await expect(page.getByRole('link').nth(0)).toHaveAccessibleName(/^Screen of tiny-2-2, compared with/);
  await expect(page.getByRole('link', { name: /^Screen of tiny-2-1, [\d.]+ % differs/ })).toBeVisible();
  const strokes = Array.from('differs', (letter) => [
    { code: `Key${letter.toUpperCase()}` as 'KeyD', down: true },
    { code: `Key${letter.toUpperCase()}` as 'KeyD', down: false },
  ]);
  await tt.agent.client.console.type({ vmId: one.id, strokes });
  await expect(page.getByRole('link', { name: /^Screen of tiny-2-1, 0?[.\d]*[1-9][.\d]* % differs/ })).toBeVisible();

  await page.getByRole('button', { name: 'Choose all running' }).click();
  await page.getByRole('button', { name: 'Type on 2 machines' }).click();
  const banner = page.getByRole('region', { name: 'Broadcast typing' });
  await expect(banner.getByRole('status')).toHaveText('What you type goes to 2 machines');
  await tt.agent.client.vm.stop({ vmId: two?.id ?? '', operationId: crypto.randomUUID() });
  await expect(banner.getByText('1 of the chosen gets nothing now: tiny-2-2')).toBeVisible();
  await expect(page.getByRole('link', { name: /^Screen of tiny-2-2, stopped, .*gets no keys/ })).toBeVisible();
});

test('a machine whose kernel has panicked has a red frame and says so, until it is reset', { tag: '@deep' }, async ({
  tt,
}) => {
  const [one] = await createEnv(tt.agent, 'demo', 2);
  const vmId = one?.id ?? '';
  const window = new TtWindow(tt.page);
  await window.board.open('demo');
  await window.env('demo').expectStates({ 'tiny-2-1': 'running', 'tiny-2-2': 'running' });
  await tt.page.keyboard.press('w');
  const page = tt.page.getByRole('region', { name: 'Wall of demo' });
  const panicked = page.getByRole('link', { name: /kernel panic/ });
  const tile = (vm: string) => page.getByRole('group', { name: vm, exact: true });
  await expect(tile('tiny-2-2')).toBeVisible();
  await expect(panicked).toHaveCount(0);

  const argv = ['/bin/sh', '-c', 'echo c > /proc/sysrq-trigger'];
  await tt.agent.client.run.start({ envName: 'demo', command: { argv }, vmIds: [vmId] });
  await expect(tile('tiny-2-1')).toHaveAttribute('data-trouble', 'failed');
  await expect(panicked).toHaveCount(1);
  await expect(tile('tiny-2-2')).not.toHaveAttribute('data-trouble', 'failed');

  await tt.agent.client.vm.reset({ vmId });
  await expect(panicked).toHaveCount(0);
  await expect(tile('tiny-2-1')).not.toHaveAttribute('data-trouble', 'failed');
});
