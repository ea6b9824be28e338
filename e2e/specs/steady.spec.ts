// What is steady: nothing on the page of an ENV or on the board moves while something is done there or the pointer is over it. And the way of the
// keyboard: arrows in every grid, a ring around where a held thing would go, words for the ear for what is held and what is done.
import type { Locator, Page } from '@playwright/test';
import { createEnv } from '../fixtures/env.ts';
import { expect, test } from '../fixtures/tt.ts';
import { stopWatching, watchBoxes } from '../pages/boxes.ts';
import { goToHash } from '../pages/everywhere.ts';
import { TtWindow } from '../pages/window.ts';

const ofEnvPage = {
  name: '.env-header h1',
  lifetime: '.env-header .lifetime',
  tabs: '.env-page .tab-list',
  tools: '.machine-bar',
  machine: '.tile:last-child .tile-head strong',
};

test('nothing moves while something is done, nor under the pointer', { tag: '@deep' }, async ({ tt }) => {
  const { page, agent } = tt;
  const window = new TtWindow(page);
  await createEnv(agent, 'demo', 2);
  await createEnv(agent, 'other');
  // The time left has hours and minutes all the while: “6 h” gets wider a minute later.
  for (const name of ['demo', 'other']) await agent.client.env.update({ name, lifetimeS: 5.5 * 3600 });
  // The first snapshot of an ENV opens the shelf beside its page; all others find it open.
  await agent.client.snapshot.create({ envName: 'demo', name: 'first' });
  const env = window.env('demo');
  let snapshots = 1;
  const snapshotCount = async () => (await agent.client.env.show({ name: 'demo' })).snapshots.length;
  for (const width of [1280, 760]) {
    await page.setViewportSize({ width, height: 820 });
    await goToHash(page, '#/envs/demo');
    await env.expectStates({ 'tiny-2-1': 'running', 'tiny-2-2': 'running' });
    for (const verb of ['Snapshot', 'Stop', 'Start'] as const) {
      await expect(page.locator('.env-operations .operation')).toHaveCount(0);
      await expect(env.action(verb)).toBeEnabled();
      await watchBoxes(page, ofEnvPage, '.env-operations .operation');
      await env.action(verb).click();
      if (verb === 'Snapshot') await expect.poll(snapshotCount).toBe(++snapshots);
      else await env.expectStates({ 'tiny-2-1': verb === 'Stop' ? 'stopped' : 'running' });
      await expect(page.locator('.env-operations .operation')).toHaveCount(0);
      const { before, meanwhile, after } = await stopWatching(page);
      expect(meanwhile.length, `${verb} was seen`).toBeGreaterThan(0);
      for (const boxes of [...meanwhile, after]) expect(boxes, `${verb} at ${width}`).toEqual(before);
    }
    await steadyUnderPointer(page, env.machine('tiny-2-1'), '.tile-head strong');
    await steadyUnderPointer(page, window.shelf.pane.getByRole('row').first(), '.snapshot-name');
    await page.getByRole('radio', { name: 'Table' }).click();
    await steadyUnderPointer(page, env.machine('tiny-2-1'), 'strong');
    await page.getByRole('radio', { name: 'Tiles' }).click();

    await window.goTo('ENVs');
    await expect(window.board.card('other')).toBeVisible();
    await steadyUnderPointer(page, window.board.card('demo'), '.card-name strong');
    const ofBoard = {
      one: '.card .card-name strong',
      time: '.card .lifetime',
      last: '.card:last-child .card-name strong',
    };
    await watchBoxes(page, ofBoard, '.card .operation');
    // What is begun here is drawn at once, however soon it ends; what others begin only if it lasts.
    for (const name of ['Stop', 'Start']) {
      await window.board.card('demo').getByRole('button', { name, exact: true }).click();
    }
    await expect(page.locator('.card .operation')).toHaveCount(0);
    const { before, meanwhile, after } = await stopWatching(page);
    expect(meanwhile.length).toBeGreaterThan(0);
    for (const boxes of [...meanwhile, after]) expect(boxes, `board at ${width}`).toEqual(before);
  }
});

test('by keyboard each place where a held snapshot may be dropped has a ring, and is named; so is a fork', {
  tag: '@deep',
}, async ({ tt }) => {
  const { page, agent } = tt;
  const window = new TtWindow(page);
  await createEnv(agent, 'demo', 2);
  await agent.client.snapshot.create({ envName: 'demo', name: 'clean' });
  await window.board.open('demo');
  const spoken = page.locator('[data-live-announcer][role="status"]');
  await window.shelf.dragHandle('clean').focus();
  await page.keyboard.press('Enter');
  await expect(page.locator('.drag-hint')).toBeVisible();
  const said = new Set<string>();
  for (let presses = 0; presses < 8; presses++) {
    const words = await spoken.innerText();
    said.add(words);
    // Over nothing, as on the handle itself, it says what can be done with it.
    if (!words.startsWith('Drop')) expect(await ringOfFocus(page), words).toMatchObject({ style: 'solid', width: 2 });
    // Among the machines the arrows lead on; from the last one Tab.
    await page.keyboard.press(words.includes('only tiny-2-1') ? 'ArrowDown' : 'Tab');
    await expect(spoken).not.toHaveText(words);
  }
  const all = [...said].join('\n');
  expect(all).toMatch(/Revert all 2 machines to “clean”/);
  expect(all).toMatch(/Revert only tiny-2-1 to “clean”/);
  expect(all).toMatch(/Revert only tiny-2-2 to “clean”/);
  expect(all).toMatch(/New ENV from “clean”/);
  await page.keyboard.press('Escape');
  await expect(page.locator('.drag-hint')).toBeHidden();

  // With the pointer: over nothing the words say where it may go, and the button that takes it is not dimmed.
  const box = await window.shelf.snapshot('clean').boundingBox();
  if (!box) throw new Error('there is no snapshot');
  await page.mouse.move(box.x + 40, box.y + 10);
  await page.mouse.down();
  await page.mouse.move(box.x - 20, box.y + 40, { steps: 3 });
  await expect(page.locator('.drag-hint')).toHaveText(
    / to revert it, or on New ENV or an empty place of the board to fork it$/,
  );
  const button = page.locator('.top-bar .drop-button');
  await expect(button).toHaveAttribute('data-valid-target', 'true');
  expect(await opacityOf(button)).toBe(1);
  expect(await opacityOf(page.locator('.palette-button'))).toBeLessThan(1);
  await page.keyboard.press('Escape');
  await page.mouse.up();
});

test('arrows go through every grid, one row of which Tab reaches; what is done is said', { tag: '@deep' }, async ({
  tt,
}) => {
  const { page, agent } = tt;
  const window = new TtWindow(page);
  const [vm] = await createEnv(agent, 'demo', 2);
  await createEnv(agent, 'other');
  for (const name of ['clean', 'step-2']) await agent.client.snapshot.create({ envName: 'demo', name });
  await expect(window.board.card('other')).toBeVisible();
  const envs = page.getByRole('grid', { name: 'ENVs' });
  await goesThrough(envs, 'ArrowRight');
  await page.getByRole('radio', { name: 'Table' }).click();
  await goesThrough(envs, 'ArrowDown');
  await page.getByRole('radio', { name: 'Cards' }).click();
  await goToHash(page, '#/envs/demo');
  const machines = page.getByRole('grid', { name: 'Machines' });
  await goesThrough(machines, 'ArrowRight');
  await goesThrough(window.shelf.pane.getByRole('grid'), 'ArrowDown');
  await page.getByRole('radio', { name: 'Table' }).click();
  await goesThrough(machines, 'ArrowDown');
  await page.getByRole('radio', { name: 'Tiles' }).click();
  await goToHash(page, '#/images');
  await goesThrough(page.getByRole('grid').first(), 'ArrowDown');

  await goToHash(page, '#/envs/demo');
  await window.env('demo').machine('tiny-2-1').getByRole('button', { name: 'Stop' }).press('Enter');
  await expect(page.locator('[data-live-announcer][aria-live="polite"]')).toHaveText(/^Stop .*tiny-2-1: done$/);
  await expect.poll(async () => (await agent.client.vm.show({ vmId: vm.id })).state).toBe('stopped');
});

/** Focuses the first row, goes on by `key` and back, and looks what Tab would reach meanwhile. */
async function goesThrough(grid: Locator, key: 'ArrowRight' | 'ArrowDown'): Promise<void> {
  const rows = grid.getByRole('row').and(grid.page().locator('[data-key]'));
  await rows.first().focus();
  await grid.page().keyboard.press(key);
  await expect(rows.nth(1)).toBeFocused();
  // Roving: the row that has the focus is the only one that Tab stops at.
  await expect(grid.locator('[role="row"][data-key][tabindex="0"]')).toHaveCount(1);
  await grid.page().keyboard.press(key === 'ArrowRight' ? 'ArrowLeft' : 'ArrowUp');
  await expect(rows.first()).toBeFocused();
}

async function steadyUnderPointer(page: Page, thing: Locator, title: string): Promise<void> {
  const name = thing.locator(title).first();
  await page.mouse.move(0, 0);
  await expect(thing).not.toHaveAttribute('data-hovered', 'true');
  const before = await name.boundingBox();
  await thing.hover({ position: { x: 12, y: 8 } });
  await expect(thing).toHaveAttribute('data-hovered', 'true');
  expect(await name.boundingBox()).toEqual(before);
}

/** The outline of what would take the drop: of the focus itself, or of what is around it. */
function ringOfFocus(page: Page): Promise<{ style: string; width: number } | null> {
  return page.evaluate(() => {
    const focused = document.activeElement;
    // In a grid the focus is on a place of the library beside the row, which has the ring.
    const row = focused?.closest('[role="grid"]')?.querySelector('[role="row"][data-drop-target]');
    const target = focused?.closest('[data-drop-target]') ?? row ?? null;
    if (!target) return null;
    const { outlineStyle, outlineWidth } = getComputedStyle(target);
    return { style: outlineStyle, width: Number.parseFloat(outlineWidth) };
  });
}

/** Of a thing and all that is around it. */
function opacityOf(thing: Locator): Promise<number> {
  return thing.evaluate((element) => {
    let opacity = 1;
    for (let one: Element | null = element; one; one = one.parentElement)
      opacity *= Number(getComputedStyle(one).opacity);
    return opacity;
  });
}
