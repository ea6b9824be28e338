// The tree on the shelf: the present is a node of its own, each machine has its tree, safety snapshots are called what they are, everywhere.
import { createEnv } from '../fixtures/env.ts';
import { expect, test } from '../fixtures/tt.ts';
import { TtWindow } from '../pages/window.ts';

test('the present is the last node: of no snapshot, of the newest, of what was reverted to', {
  tag: '@deep',
}, async ({ tt }) => {
  await createEnv(tt.agent, 'demo', 2);
  const window = new TtWindow(tt.page);
  await window.board.open('demo');
  const now = window.shelf.snapshot('Now');
  await expect(window.shelf.pane.getByText('Drag a machine here to take a snapshot')).toBeVisible();
  for (const name of ['a', 'b']) await tt.agent.client.snapshot.create({ envName: 'demo', name });
  await expect(now).toContainText('from “b”');
  await tt.agent.client.snapshot.revert({ envName: 'demo', name: 'a', safety: false });
  await expect(now).toContainText('from “a”');
  await expect(window.shelf.pane.getByRole('row').last()).toHaveAccessibleName('Now');
  // It can be held: it is the ENV.
  await now.focus();
  await tt.page.keyboard.press('Tab');
  await expect(now.getByRole('button', { name: 'Drag demo' })).toBeFocused();
  await tt.page.keyboard.press('Enter');
  await expect(tt.page.locator('.drag-hint')).toContainText('demo');
  await tt.page.keyboard.press('Escape');
});

test('each machine has a tree of its own', { tag: '@deep' }, async ({ tt }) => {
  const [first] = await createEnv(tt.agent, 'demo', 2);
  await tt.agent.client.snapshot.create({ envName: 'demo', name: 'both' });
  await tt.agent.client.snapshot.create({ envName: 'demo', name: 'of-one', vmIds: [first.id] });
  const window = new TtWindow(tt.page);
  await window.board.open('demo');
  const rows = window.shelf.pane.getByRole('grid', { name: 'Snapshots of demo' }).getByRole('row');
  await expect(rows).toHaveCount(3);
  await window.shelf.pane.getByRole('button', { name: /Timeline of/ }).click();
  await tt.page.getByRole('option', { name: 'tiny-2-2' }).click();
  await expect(rows).toHaveCount(2);
  await expect(window.shelf.snapshot('of-one')).toBeHidden();
  // What it came from last is the newest snapshot with this machine.
  await expect(window.shelf.snapshot('Now')).toContainText('from “both”');
  await window.shelf.pane.getByRole('button', { name: /Timeline of/ }).click();
  await tt.page.getByRole('option', { name: 'tiny-2-1' }).click();
  await expect(rows).toHaveCount(3);
});

test('no name that nobody chose is shown: not on the shelf, in messages, in dialogs or in the history', {
  tag: '@deep',
}, async ({ tt }) => {
  await createEnv(tt.agent, 'demo', 2);
  await tt.agent.client.snapshot.create({ envName: 'demo', name: 'clean' });
  const window = new TtWindow(tt.page);
  await window.board.open('demo');
  await window.shelf.chooseFromMenu('clean', 'Revert…');
  await window.dialog('Revert to “clean”').getByRole('button', { name: 'Revert', exact: true }).click();
  await expect(window.message('2 machines reverted to “clean”')).toBeVisible();
  const safety = window.shelf.pane.getByRole('row', { name: /^Before revert, \d\d:\d\d$/ });
  await expect(safety).toBeVisible();
  const internal = tt.page.getByText(/before-clean-\d/);
  await expect(internal).toHaveCount(0);

  await safety.getByRole('button', { name: /^Actions of snapshot Before revert, / }).click();
  await tt.page.getByRole('menuitem', { name: 'Undo the revert' }).click();
  await expect(window.message('Undone: demo is back to before the revert')).toBeVisible();
  await expect(internal).toHaveCount(0);

  await safety.getByRole('button', { name: /^Actions of snapshot Before revert, / }).click();
  await tt.page.getByRole('menuitem', { name: 'Delete…' }).click();
  await expect(window.dialog(/^Delete snapshot “Before revert, \d\d:\d\d”\?$/)).toBeVisible();
  await expect(internal).toHaveCount(0);
  await tt.page.keyboard.press('Escape');

  await window.goTo('Activity');
  await expect(tt.page.getByText(/^Revert demo to “Before revert, \d\d:\d\d”$/).first()).toBeVisible();
  await expect(internal).toHaveCount(0);
});

test.describe('in Chinese', { tag: '@deep' }, () => {
  test.use({ locale: 'zh-CN' });

  test('what TT took is called in the words of the reader', async ({ tt }) => {
    await createEnv(tt.agent, 'demo', 1);
    await tt.agent.client.snapshot.create({ envName: 'demo', name: 'clean' });
    await tt.agent.client.snapshot.revert({ envName: 'demo', name: 'clean' });
    await tt.page.getByRole('row', { name: 'demo', exact: true }).getByText('demo', { exact: true }).click();
    const shelf = tt.page.getByRole('complementary', { name: '快照架' });
    await expect(shelf.getByRole('row', { name: /^回滚之前，/ })).toBeVisible();
    await expect(shelf.getByRole('row', { name: '现在', exact: true })).toContainText('来自“clean”');
    await expect(tt.page.getByText(/before-clean-\d/)).toHaveCount(0);
  });
});
