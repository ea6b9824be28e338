// Disks of a running machine by its dialog, with the keyboard: added, limited, detached, deleted; what is refused says why.
import { createEnv } from '../fixtures/env.ts';
import { expect, test } from '../fixtures/tt.ts';
import { TtWindow } from '../pages/window.ts';

test('a disk comes and goes while the machine runs', async ({ tt }) => {
  const [vm] = await createEnv(tt.agent, 'demo', 1);
  const window = new TtWindow(tt.page);
  await window.board.open('demo');
  await window.env('demo').machine('tiny-2-1').focus();
  await tt.page.keyboard.press('d');
  const dialog = tt.page.getByRole('dialog', { name: 'Disks of tiny-2-1' });
  await dialog.getByRole('textbox', { name: 'Size of a new disk, MiB' }).fill('64');
  await tt.page.keyboard.press('Enter');
  const disk = dialog.getByRole('listitem').filter({ hasText: 'disk1' });
  await expect(disk).toContainText('64 MiB');

  await disk.getByRole('button', { name: 'Size and limits of disk1' }).click();
  await disk.getByRole('textbox', { name: 'Limit, MiB/s' }).fill('10');
  await tt.page.keyboard.press('Enter');
  await expect(disk).toContainText('at most 10 MiB/s');
  const seen = async () => (await tt.agent.client.vm.show({ vmId: vm.id })).spec.disks[1];
  expect(await seen()).toMatchObject({ sizeMiB: 64, attached: true, limits: { bytesPerSecond: 10_485_760 } });

  await tt.agent.client.snapshot.create({ envName: 'demo', name: 'held' });
  await disk.getByRole('button', { name: 'Detach disk1' }).click();
  await disk.getByRole('button', { name: 'Delete disk1 and all its data' }).click();
  await expect(dialog.getByRole('alert')).toContainText('is needed by snapshots: held');
  await tt.agent.client.snapshot.delete({ envName: 'demo', name: 'held' });
  await disk.getByRole('button', { name: 'Delete disk1 and all its data' }).click();
  await expect(disk).toBeHidden();
  expect(await seen()).toBeUndefined();
  await expect(dialog.getByText('Stop the machine to change this.')).toBeVisible();
});
