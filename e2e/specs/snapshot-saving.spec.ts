// A snapshot that is being saved: how far it is on the shelf and on the card, nothing that would be refused can be done, and it is
// cancelled by mouse and by keyboard. Its guest says how long a copy of its memory lasts.
import { createEnv } from '../fixtures/env.ts';
import { SerialShell } from '../fixtures/serial-shell.ts';
import { expect, test } from '../fixtures/tt.ts';
import { TtWindow } from '../pages/window.ts';

test('shows how far it is, and is cancelled by keyboard and by mouse', async ({ tt }) => {
  const [vm] = await createEnv(tt.agent, 'demo');
  await SerialShell.run(tt.agent, vm.id, 'echo 60 > /dev/shm/copy-s');
  const window = new TtWindow(tt.page);
  await window.board.open('demo');
  const env = window.env('demo');
  const saving = window.shelf.saving('clean');
  const begin = async () => {
    await env.action('Snapshot').click();
    await window.shelf.fill('clean');
    await expect(saving).toContainText(/Saving\d+ %/);
  };
  const nothingIsLeft = async () => {
    await expect(saving).toBeHidden();
    expect((await tt.agent.client.env.show({ name: 'demo' })).snapshots).toEqual([]);
  };

  await begin();
  const progress = saving.getByRole('progressbar', { name: 'Saving “clean”' });
  await expect.poll(async () => Number(await progress.getAttribute('aria-valuenow'))).toBeGreaterThan(0);
  await expect(env.action('Snapshot')).toHaveAttribute('aria-disabled', 'true');
  await expect(env.action('Stop')).toHaveAccessibleDescription('A snapshot is being saved');
  const menu = saving.getByRole('button', { name: 'Actions of snapshot clean' });
  await menu.click();
  await expect(tt.page.getByRole('menuitem', { name: 'Revert…' })).toContainText('Still being saved');
  await tt.page.keyboard.press('Escape');
  // From the menu's button, which gets the focus back a moment later, one step back.
  await expect(menu).toBeFocused();
  await tt.page.keyboard.press('Shift+Tab');
  await expect(saving.getByRole('button', { name: 'Cancel saving “clean”' })).toBeFocused();
  await tt.page.keyboard.press('Enter');
  await nothingIsLeft();

  await begin();
  await window.goTo('ENVs');
  const card = window.board.card('demo');
  await expect(card).toContainText(/Saving memory\d+ %/);
  await card.getByRole('button', { name: /^Cancel/ }).click();
  await window.board.open('demo');
  await nothingIsLeft();

  // Whole: how long the guest was paused is said.
  await SerialShell.run(tt.agent, vm.id, 'echo 0 > /dev/shm/copy-s');
  await env.action('Snapshot').click();
  await window.shelf.take('clean');
  await expect(window.message(/^Snapshot “clean” taken \(paused \d+ ms\)$/)).toBeVisible();
});
