// Two snapshots side by side: both screens of each machine, and what changed of disks, memory and configuration.
import { createEnv } from '../fixtures/env.ts';
import { SerialShell } from '../fixtures/serial-shell.ts';
import { expect, test } from '../fixtures/tt.ts';
import { serious } from '../pages/axe.ts';
import { TtWindow } from '../pages/window.ts';

test('says what changed of each machine between two snapshots, and back', { tag: '@deep' }, async ({ tt }) => {
  const [first, second] = await createEnv(tt.agent, 'demo', 2);
  if (!second) throw new Error('demo has one machine only');
  await tt.agent.client.snapshot.create({ envName: 'demo', name: 'clean' });
  const window = new TtWindow(tt.page);
  await window.board.open('demo');
  await window.shelf.pane.getByRole('button', { name: 'Actions of snapshot clean' }).click();
  await expect(tt.page.getByRole('menuitem', { name: 'Compare…' })).toContainText('There is no other snapshot');
  await tt.page.keyboard.press('Escape');

  await SerialShell.run(tt.agent, first.id, 'echo changed > /root/word');
  await tt.agent.client.vm.stop({ vmId: second.id });
  await tt.agent.client.vm.update({ vmId: second.id, memoryMiB: 256 });
  await tt.agent.client.snapshot.create({ envName: 'demo', name: 'broken' });
  await window.shelf.chooseFromMenu('broken', 'Compare…');
  const dialog = window.dialog('Compare snapshots of demo');
  const list = dialog.getByRole('list', { name: 'Compare snapshots of demo' });
  const ofFirst = list.locator('.compared').filter({ hasText: 'tiny-2-1' });
  const ofSecond = list.locator('.compared').filter({ hasText: 'tiny-2-2' });
  await expect(ofFirst).toContainText(/disk0: .* differ/);
  await expect(ofFirst).toContainText('Same configuration');
  await expect(ofSecond).toContainText('disk0: no difference');
  await expect(ofSecond).toContainText('The memory size: 128 MiB → 256 MiB');
  await expect(ofSecond).toContainText(/Saved memory: .* → none/);
  await expect(ofFirst.getByRole('figure').locator('img')).toHaveCount(2);
  // It was stopped: it had no screen.
  await expect(ofSecond.getByRole('figure', { name: 'tiny-2-2 at “broken”' })).toContainText('No picture');

  expect(await serious(tt.page, 'compare snapshots')).toEqual([]);

  await dialog.getByRole('button', { name: 'Swap the two snapshots' }).click();
  await expect(ofSecond).toContainText('The memory size: 256 MiB → 128 MiB');
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  await expect(dialog).toBeHidden();
});
