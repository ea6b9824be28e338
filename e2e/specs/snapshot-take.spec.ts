// A drop is the snapshot: no form before, its name afterwards in its place, undo. Renaming in place, by menu and by key; a part of the
// machines reverted; Enter alone deletes nothing; what is held shows its picture; dropped on the empty board it is forked.
import { createEnv } from '../fixtures/env.ts';
import { expect, type Tt, test } from '../fixtures/tt.ts';
import { serious } from '../pages/axe.ts';
import { centreOf } from '../pages/place.ts';
import { TtWindow } from '../pages/window.ts';

async function withMachines(tt: Tt, count = 2) {
  await createEnv(tt.agent, 'demo', count);
  const window = new TtWindow(tt.page);
  await window.board.open('demo');
  const env = window.env('demo');
  await env.expectStates(
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`tiny-2-${index + 1}`, 'running'])),
  );
  const snapshots = async () => (await tt.agent.client.snapshot.list({ envName: 'demo' })).snapshots;
  const names = async () => (await snapshots()).map(({ name }) => name);
  return { window, env, snapshots, names };
}

test('a machine dropped on the shelf is snapshotted at once, named in its place, and Undo deletes it', async ({
  tt,
}) => {
  const { window, env, snapshots, names } = await withMachines(tt);
  await env.machine('tiny-2-1').dragTo(window.shelf.pane);
  await expect.poll(names).toEqual(['clean']);
  expect(await snapshots()).toMatchObject([{ scope: 'vm' }]);
  await expect(tt.page.getByRole('dialog')).toBeHidden();
  await expect(window.shelf.newName).toBeFocused();
  await expect(window.shelf.newName).toHaveValue('clean');
  expect(await serious(tt.page, 'naming a snapshot')).toEqual([]);
  // The suggestion is selected: what is typed takes its place.
  await tt.page.keyboard.type('in stalled');
  await expect(window.shelf.pane.getByRole('status').filter({ hasText: 'letters' })).toBeVisible();
  await window.shelf.take('installed');
  await expect.poll(names).toEqual(['installed']);
  await window.undo();
  await expect(window.message('Snapshot “installed” deleted')).toBeVisible();
  await expect.poll(names).toEqual([]);
});

test('S takes one too; Escape keeps its name, Ctrl-Z deletes it; with notes there is a dialog', {
  tag: '@deep',
}, async ({ tt }) => {
  const { window, env, names } = await withMachines(tt, 1);
  await tt.page.keyboard.press('s');
  await expect.poll(names).toEqual(['clean']);
  await expect(window.shelf.newName).toBeFocused();
  await tt.page.keyboard.press('Escape');
  await expect(window.shelf.newName).toBeHidden();
  // It is there before the call that takes it has answered; what is undone before that is undone then.
  await tt.page.keyboard.press('Control+z');
  await expect.poll(names).toEqual([]);

  await env.chooseFromMenu('Snapshot with notes…');
  const dialog = window.dialog('Snapshot');
  expect(await serious(tt.page, 'snapshot with notes')).toEqual([]);
  await dialog.getByRole('textbox', { name: 'Name' }).fill('noted');
  await dialog.getByRole('textbox', { name: 'Notes' }).fill('why');
  await dialog.getByRole('button', { name: 'Take snapshot' }).click();
  await expect.poll(names).toEqual(['noted']);
  await expect(window.shelf.newName).toBeHidden();
});

test('a double click on Snapshot takes one', async ({ tt }) => {
  const { window, env, names } = await withMachines(tt, 1);
  // Both before the page comes to anything else.
  await env.action('Snapshot').evaluate((button: HTMLElement) => {
    button.click();
    button.click();
  });
  await expect(window.message(/^Snapshot “clean” taken/)).toBeVisible();
  expect(await names()).toEqual(['clean']);
  await expect(window.message(/failed/)).toBeHidden();
});

test('on a shelf that is closed it has the suggested name', { tag: '@deep' }, async ({ tt }) => {
  const { window, env, names } = await withMachines(tt, 1);
  // Without snapshots it would be closed anyway, and open for the first one.
  await tt.agent.client.snapshot.create({ envName: 'demo', name: 'first' });
  await expect(window.shelf.snapshot('first')).toBeVisible();
  await tt.page.keyboard.press('Control+.');
  await env.machine('tiny-2-1').dragTo(window.shelf.pane);
  await expect(window.message(/^Snapshot “step-2” taken/)).toBeVisible();
  expect(await names()).toEqual(['first', 'step-2']);
  await tt.page.keyboard.press('Control+.');
  await expect(window.shelf.snapshot('step-2')).toBeVisible();
  await expect(window.shelf.newName).toBeHidden();
});

test('a snapshot is renamed in its place, by its menu and by F2; a taken name is refused there', {
  tag: '@deep',
}, async ({ tt }) => {
  const { window, names } = await withMachines(tt, 1);
  for (const name of ['a', 'b']) await tt.agent.client.snapshot.create({ envName: 'demo', name });
  await window.shelf.chooseFromMenu('a', 'Rename');
  const field = window.shelf.pane.getByRole('textbox', { name: 'Name of “a”' });
  await expect(field).toBeFocused();
  await field.fill('b');
  await field.press('Enter');
  await expect(window.shelf.pane.getByText('demo already has a snapshot called b.')).toBeVisible();
  await field.fill('root');
  await field.press('Enter');
  await expect.poll(names).toEqual(['root', 'b']);

  await window.shelf.snapshot('root').focus();
  await tt.page.keyboard.press('F2');
  const again = window.shelf.pane.getByRole('textbox', { name: 'Name of “root”' });
  await expect(again).toBeFocused();
  await tt.page.keyboard.type('lost');
  await tt.page.keyboard.press('Escape');
  await expect(again).toBeHidden();
  await expect(window.shelf.snapshot('root')).toBeFocused();
  expect(await names()).toEqual(['root', 'b']);
});

test('two of three machines are reverted', { tag: '@deep' }, async ({ tt }) => {
  const { window } = await withMachines(tt, 3);
  await tt.agent.client.snapshot.create({ envName: 'demo', name: 'clean' });
  await window.shelf.chooseFromMenu('clean', 'Revert…');
  const dialog = window.dialog('Revert to “clean”');
  const all = dialog.getByRole('checkbox', { name: 'All 3 machines in it' });
  await expect(all).toBeChecked();
  await dialog.getByText('tiny-2-2', { exact: true }).click();
  await expect(all).not.toBeChecked();
  await dialog.getByRole('button', { name: 'Revert', exact: true }).click();
  await expect(window.message('2 machines reverted to “clean”')).toBeVisible();
  const { snapshots } = await tt.agent.client.snapshot.list({ envName: 'demo' });
  const safety = snapshots.find(({ kind }) => kind === 'safety');
  expect(safety?.vms.map(({ vmName }) => vmName)).toEqual(['demo/tiny-2-1', 'demo/tiny-2-3']);

  await window.shelf.chooseFromMenu('clean', 'Revert…');
  await dialog.getByText('All 3 machines in it').click();
  await expect(dialog.getByRole('button', { name: 'Revert', exact: true })).toHaveAttribute('aria-disabled', 'true');
});

test('Enter alone deletes no snapshot', { tag: '@deep' }, async ({ tt }) => {
  const { window, names } = await withMachines(tt, 1);
  await tt.agent.client.snapshot.create({ envName: 'demo', name: 'clean' });
  await window.shelf.chooseFromMenu('clean', 'Delete…');
  const dialog = window.dialog('Delete snapshot “clean”?');
  await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await tt.page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  expect(await names()).toEqual(['clean']);
  await window.shelf.chooseFromMenu('clean', 'Delete…');
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await expect.poll(names).toEqual([]);
});

test('what is held shows what was on the screen, and the empty board forks it', { tag: '@deep' }, async ({ tt }) => {
  const { window, env } = await withMachines(tt, 2);
  await tt.agent.client.snapshot.create({ envName: 'demo', name: 'clean' });
  const row = window.shelf.snapshot('clean');
  await expect(row.locator('.snapshot-picture img')).toBeVisible();
  expect((await row.locator('.snapshot-picture').boundingBox())?.width).toBe(160);
  const from = await centreOf(row);
  const machine = await centreOf(env.machine('tiny-2-2'));
  await tt.page.mouse.move(from.x, from.y);
  await tt.page.mouse.down();
  await tt.page.mouse.move((from.x + machine.x) / 2, machine.y, { steps: 4 });
  await tt.page.mouse.move(machine.x, machine.y, { steps: 4 });
  await expect(tt.page.locator('.drag-hint img')).toBeVisible();
  await tt.page.keyboard.press('Escape');
  await tt.page.mouse.up();

  await window.goTo('ENVs');
  const board = await tt.page.getByRole('grid', { name: 'ENVs' }).boundingBox();
  if (!board) throw new Error('there is no board');
  const again = await centreOf(window.shelf.snapshot('clean'));
  // Far below its only card.
  const empty = { x: board.x + board.width / 2, y: board.y + board.height - 20 };
  await tt.page.mouse.move(again.x, again.y);
  await tt.page.mouse.down();
  await tt.page.mouse.move((again.x + empty.x) / 2, empty.y, { steps: 4 });
  await tt.page.mouse.move(empty.x, empty.y, { steps: 4 });
  await expect(tt.page.locator('.drag-hint')).toHaveText(/^New ENV from “clean”/);
  await tt.page.mouse.up();
  await expect(window.dialog('New ENV from “clean”')).toBeVisible();
});
