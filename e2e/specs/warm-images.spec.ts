// Warm images in the window: one is kept warm, new machines wake from it and say how fast, those that were to boot say why; it is
// let go again.
import { expect, test } from '../fixtures/tt.ts';
import { ImagesPage } from '../pages/images.ts';
import { TtWindow } from '../pages/window.ts';

const TINY = 'qemu:tiny-2:default';

// Fake guests are never idle: these are saved as they are after half a second, not after a minute.
test.use({ warmLookMs: 5 });

test('machines of a warm image wake and say so; those that were to boot say why', async ({ tt }) => {
  const window = new TtWindow(tt.page);
  const images = new ImagesPage(tt.page);
  await window.ready();
  // Where nothing could wake there is no choice.
  await tt.page.keyboard.press('n');
  await window.newEnv.search.waitFor();
  await tt.page.keyboard.type('tiny');
  const cold = window.newEnv.dialog.getByRole('checkbox', { name: 'Boot from nothing' });
  await expect(window.newEnv.dialog.getByRole('textbox', { name: /^Copies of/ })).toBeVisible();
  await expect(cold).toBeHidden();
  await window.newEnv.dialog.getByRole('button', { name: 'Close' }).first().click();

  await window.goTo('Images');
  await images.chooseFromMenu(TINY, 'Keep warm');
  const row = images.row(TINY);
  await expect(row).toContainText(/warm for 1 CPU · 128 MiB, takes .+, woken 0 times/);

  await window.goTo('ENVs');
  await window.newEnv.createByKeyboard({ search: 'tiny', name: 'demo' });
  const woken = window.env('demo').machine('tiny-2-1');
  await expect(woken).toContainText(/woken in (< )?\d+(\.\d)? s/);

  await tt.page.keyboard.press('a');
  const add = window.dialog('Add machines to demo');
  await add.getByRole('searchbox', { name: 'Search images' }).fill('tiny');
  await add.getByText('Boot from nothing').click();
  await tt.page.keyboard.press('Control+Enter');
  await window.env('demo').expectStates({ 'tiny-2-1': 'running', 'tiny-2-2': 'running' });
  const booted = window.env('demo').machine('tiny-2-2');
  await expect(booted).not.toContainText('woken');
  await booted.focus();
  await tt.page.keyboard.press('i');
  await expect(window.dialog('Details of tiny-2-2')).toContainText('booted: a boot was requested');
  await tt.page.keyboard.press('Escape');

  await window.goTo('Images');
  await expect(row).toContainText('woken 1 time');
  await images.chooseFromMenu(TINY, 'Let go');
  await expect(window.message(`${TINY} is not warm any more: its machines boot`)).toBeVisible();
  await expect(row).not.toContainText('warm for');
});
