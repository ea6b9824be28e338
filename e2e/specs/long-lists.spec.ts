// A list of a hundred machines is drawn in part, and everything works as in a short one: keys, selection, dragging, what a
// screen reader is told, the focus after a deletion, the place one comes back to.
import type { Locator } from '@playwright/test';
import { createEnv } from '../fixtures/env.ts';
import { expect, test } from '../fixtures/tt.ts';
import { TtWindow } from '../pages/window.ts';

const MACHINES = 120;

// Room for them in an agent whose drivers are fake.
test.use({ agentFlags: ['--cpu-total=500', '--mem-total=100000', '--disk-total=10000000'] });

test.describe('a long list', { tag: '@long' }, () => {
  test('of machines', async ({ tt }) => {
    test.setTimeout(240_000);
    await createEnv(tt.agent, 'demo', MACHINES);
    await tt.agent.client.snapshot.create({ operationId: crypto.randomUUID(), envName: 'demo', name: 'clean' });
    const window = new TtWindow(tt.page);
    await window.board.open('demo');
    const env = window.env('demo');
    const list = tt.page.getByRole('grid', { name: 'Machines' });
    const first = env.machine('tiny-2-1');
    await expect(first).toBeVisible();

    // A part of it, and the whole for a screen reader.
    await expect(list).toHaveAttribute('aria-rowcount', String(MACHINES));
    await expect.poll(() => list.getByRole('row').count()).toBeLessThan(30);
    expect(await list.locator('*').count()).toBeLessThan(1500);

    // Keys go where nothing is drawn yet.
    await first.focus();
    await tt.page.keyboard.press('End');
    await expect(env.machine(`tiny-2-${MACHINES}`)).toBeFocused();
    await expect(env.machine(`tiny-2-${MACHINES}`)).toBeInViewport();
    await expect(env.machine(`tiny-2-${MACHINES}`)).toHaveAttribute('aria-rowindex', String(MACHINES));
    await tt.page.keyboard.press('ArrowLeft');
    await expect(env.machine(`tiny-2-${MACHINES - 1}`)).toBeFocused();
    await tt.page.keyboard.press('Home');
    await expect(first).toBeFocused();
    await tt.page.keyboard.press('PageDown');
    const afterPage = await indexOfFocused(list);
    expect(afterPage).toBeGreaterThan(3);
    expect(afterPage).toBeLessThan(MACHINES / 2);
    await tt.page.keyboard.press('PageUp');
    await expect(first).toBeFocused();

    // A snapshot is dropped on a machine that had to be scrolled into view.
    const last = env.machine(`tiny-2-${MACHINES}`);
    await tt.page.keyboard.press('End');
    await expect(last).toBeInViewport();
    await window.shelf.snapshot('clean').dragTo(last);
    await expect(window.message(`tiny-2-${MACHINES} reverted to “clean”`)).toBeVisible();

    // The focus goes to the neighbour of what was deleted.
    await tt.page.keyboard.press('Escape');
    await last.focus();
    await tt.page.keyboard.press('Delete');
    await window
      .dialog(/Delete/)
      .getByRole('button', { name: 'Delete' })
      .click();
    await expect(last).toBeHidden();
    await expect(env.machine(`tiny-2-${MACHINES - 1}`)).toBeFocused();

    // Coming back comes to the same place.
    const scroller = tt.page.locator('main.content');
    const before = await scroller.evaluate((element) => element.scrollTop);
    expect(before).toBeGreaterThan(1000);
    await window.goTo('Images');
    await tt.page.goBack();
    await expect.poll(() => scroller.evaluate((element) => element.scrollTop)).toBeGreaterThan(before - 300);
  });
});

function indexOfFocused(list: Locator): Promise<number> {
  return list.evaluate(() => Number(document.activeElement?.getAttribute('aria-rowindex') ?? 0));
}
