// The grammar of dragging: a snapshot onto a machine and onto the ENV, by mouse, by keyboard and through menus; undo.
// What a machine holds is read back over its serial port, so a revert is seen in the guest and not only in the window.
import { createEnv } from '../fixtures/env.ts';
import { SerialShell } from '../fixtures/serial-shell.ts';
import { expect, type Tt, test } from '../fixtures/tt.ts';
import { centreOf } from '../pages/place.ts';
import { TtWindow } from '../pages/window.ts';

const ways = ['by mouse', 'by keyboard', 'through the menu'] as const;

/** Two machines that know a word, the snapshot "clean" of both, and another word written since. */
async function setUp(tt: Tt) {
  const [first, second] = await createEnv(tt.agent, 'demo', 2);
  if (!second) throw new Error('demo has one machine only');
  const window = new TtWindow(tt.page);
  await window.board.open('demo');
  const env = window.env('demo');
  await env.expectStates({ 'tiny-2-1': 'running', 'tiny-2-2': 'running' });
  const write = async (text: string) => {
    for (const { id } of [first, second]) {
      await SerialShell.run(tt.agent, id, `echo ${text} > /root/word; echo ${text} > /tmp/word`);
    }
  };
  const words = async () => {
    const read = (id: string) => SerialShell.run(tt.agent, id, 'cat /root/word /tmp/word');
    return [await read(first.id), await read(second.id)];
  };
  await write('before');
  await env.action('Snapshot').click();
  await window.shelf.take('clean');
  await write('after');
  expect(await words()).toEqual(['after\nafter', 'after\nafter']);
  return { window, env, words };
}

for (const way of ways) {
  const details = way === 'through the menu' ? { tag: '@deep' } : {};
  test(
    `a snapshot of the ENV goes back onto all machines ${way}, and the revert can be undone`,
    details,
    async ({ tt }) => {
      const { window, env, words } = await setUp(tt);
      if (way === 'by mouse') await window.shelf.snapshot('clean').dragTo(env.header);
      else if (way === 'by keyboard') await dropByKeyboard(tt, window, /demo/, 'header');
      else {
        await window.shelf.chooseFromMenu('clean', 'Revert…');
        await window.dialog('Revert to “clean”').getByRole('button', { name: 'Revert' }).click();
      }
      await expect(window.message('2 machines reverted to “clean”')).toBeVisible();
      expect(await words()).toEqual(['before\nbefore', 'before\nbefore']);

      await window.undo();
      await expect(window.message('Undone: demo is back to before “clean”')).toBeVisible();
      expect(await words()).toEqual(['after\nafter', 'after\nafter']);
    },
  );

  test(`a snapshot of the ENV goes back onto one machine only ${way}`, { tag: '@deep' }, async ({ tt }) => {
    const { window, env, words } = await setUp(tt);
    if (way === 'by mouse') await window.shelf.snapshot('clean').dragTo(env.machine('tiny-2-2'));
    else if (way === 'by keyboard') await dropByKeyboard(tt, window, /tiny-2-2/, 'machine');
    else {
      await window.shelf.chooseFromMenu('clean', 'Revert…');
      const dialog = window.dialog('Revert to “clean”');
      // All are chosen at first.
      await dialog.getByText('tiny-2-1', { exact: true }).click();
      await dialog.getByRole('button', { name: 'Revert' }).click();
    }
    await expect(window.message('tiny-2-2 reverted to “clean”')).toBeVisible();
    expect(await words()).toEqual(['after\nafter', 'before\nbefore']);
  });
}

test('a machine dropped on the shelf is snapshotted', async ({ tt }) => {
  await createEnv(tt.agent, 'demo', 2);
  const window = new TtWindow(tt.page);
  await window.board.open('demo');
  const env = window.env('demo');
  await env.expectStates({ 'tiny-2-1': 'running', 'tiny-2-2': 'running' });
  await env.machine('tiny-2-1').dragTo(window.shelf.pane);
  await window.shelf.take('one');
  await expect
    .poll(async () => (await tt.agent.client.env.show({ name: 'demo' })).snapshots.map(({ scope }) => scope))
    .toEqual(['vm']);
});

test('what is held says what dropping it would do', async ({ tt }) => {
  const { window, env } = await setUp(tt);
  const from = await centreOf(window.shelf.snapshot('clean'));
  const to = await centreOf(env.machine('tiny-2-2'));
  await tt.page.mouse.move(from.x, from.y);
  await tt.page.mouse.down();
  await tt.page.mouse.move((from.x + to.x) / 2, to.y, { steps: 4 });
  await tt.page.mouse.move(to.x, to.y, { steps: 4 });
  await expect(tt.page.locator('.drag-hint')).toHaveText('Revert only tiny-2-2 to “clean”');
  await tt.page.keyboard.press('Escape');
  await tt.page.mouse.up();
  await expect(window.message(/reverted/)).toBeHidden();
});

/** Enter on the handle picks the snapshot up, Tab goes from target to target, Enter drops it. */
async function dropByKeyboard(tt: Tt, window: TtWindow, name: RegExp, where: 'header' | 'machine'): Promise<void> {
  await window.shelf.dragHandle('clean').focus();
  await tt.page.keyboard.press('Enter');
  const onTarget = () =>
    tt.page.evaluate((wanted) => {
      const focused = document.activeElement;
      if (wanted === 'header') return focused?.closest('header.env-header') ? 'header' : null;
      const tile = focused?.closest('[role="row"]');
      return tile?.getAttribute('aria-label') ?? focused?.getAttribute('aria-label') ?? null;
    }, where);
  const isThere = (found: string | null) => found !== null && (where === 'header' || name.test(found));
  // Tab goes from target to target, of which there may be others; arrows from machine to machine.
  const amongMachines = () =>
    tt.page.evaluate(() => {
      const focused = document.activeElement;
      return focused?.closest('[role="row"]') !== null && focused?.closest('.shelf') === null;
    });
  for (let presses = 0; presses < 12 && !isThere(await onTarget()); presses++) {
    await tt.page.keyboard.press(where === 'machine' && (await amongMachines()) ? 'ArrowDown' : 'Tab');
  }
  expect(isThere(await onTarget()), 'the focus reaches the target').toBe(true);
  await tt.page.keyboard.press('Enter');
}
