// Long lists are drawn in part, and everything works as in short ones: keys, selection, dragging, what a screen reader is told,
// the focus after a deletion, the place one comes back to.
import path from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { makeTestImage } from '../../agent/testing/image-folder.ts';
import type { TestAgent } from '../fixtures/agent.ts';
import { bringEndNear, createEnv } from '../fixtures/env.ts';
import { expect, test } from '../fixtures/tt.ts';
import { RunTab } from '../pages/run.ts';
import { TtWindow } from '../pages/window.ts';

const MACHINES = 120;
const IN_A_RUN = 200;
const IMAGES = 500;
/** One less than one user may have: another one is made. */
const LABS = 199;
const ENDING = 12;

// An agent with space for them; its drivers are fake.
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

    // While it scrolls the pointer meets nothing in it, and no item has its style worked out anew for that.
    expect(await underPointer(tt.page, { scrollBy: 800 })).toEqual({ style: 'auto', isMet: false });
    await expect.poll(() => underPointer(tt.page, { scrollBy: 0 })).toEqual({ style: 'auto', isMet: true });
    await tt.page.keyboard.press('Home');

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

    // As a table, whose rows come with several frames: all of them for a screen reader, and for keys. Its head is a row too.
    await tt.page.getByRole('radio', { name: 'Table' }).click();
    await expect(list).toHaveAttribute('aria-rowcount', String(MACHINES));
    const rows = list.getByRole('row');
    await expect.poll(() => rows.count()).toBeGreaterThan(8);
    expect(await rows.count()).toBeLessThan(80);
    await tt.page.locator('main.content').evaluate((element) => element.scrollTo(0, 0));
    await rows.filter({ has: tt.page.getByRole('rowheader', { name: 'tiny-2-1', exact: true }) }).focus();
    await tt.page.keyboard.press('End');
    const end = rows.filter({ has: tt.page.getByRole('rowheader', { name: `tiny-2-${MACHINES - 1}`, exact: true }) });
    await expect(end).toBeFocused();
    await expect(end).toBeInViewport();
    await expect(end).toHaveAttribute('aria-rowindex', String(MACHINES));
    await tt.page.keyboard.press('Control+a');
    await expect(end).toHaveAttribute('aria-selected', 'true');
    await tt.page.keyboard.press('Home');
    await expect(rows.filter({ has: tt.page.getByRole('rowheader', { name: 'tiny-2-1', exact: true }) })).toBeFocused();
  });

  test('of machines in a run', async ({ tt }) => {
    test.setTimeout(240_000);
    await createEnv(tt.agent, 'demo', IN_A_RUN);
    const tab = new RunTab(tt.page);
    await new TtWindow(tt.page).board.open('demo');
    await tab.open();
    await tab.run('false');
    await expect(tab.sum).toHaveText(`${IN_A_RUN} failed`, { timeout: 60_000 });
    await expect.poll(() => tab.machines.getByRole('button').count()).toBeLessThan(60);
    await expect(tab.machines.getByRole('listitem').first()).toHaveAttribute('aria-setsize', String(IN_A_RUN));

    // Arrows come to rows that were not drawn.
    await tab.machine('tiny-2-1').focus();
    for (let presses = 1; presses < 60; presses++) await tt.page.keyboard.press('ArrowDown');
    await expect(tab.machine('tiny-2-60')).toBeFocused();
    await expect(tab.machine('tiny-2-60')).toBeInViewport();
    await tt.page.keyboard.press('Enter');
    await expect(tab.output('tiny-2-60')).toContainText('Nothing.');
  });

  test('of images to choose from', async ({ tt }) => {
    test.setTimeout(240_000);
    await makeImages(tt.agent);
    const window = new TtWindow(tt.page);
    await window.ready();
    await tt.page.keyboard.press('n');
    const { dialog, search } = window.newEnv;
    const list = dialog.getByRole('list', { name: 'Systems', exact: true });
    const rows = list.getByRole('listitem');
    await expect(rows.first()).toHaveAttribute('aria-setsize', String(IMAGES + 2));
    await expect.poll(() => rows.count()).toBeLessThan(50);

    // By Tab through what is not drawn yet; the wheel does not take the focus away.
    await list.getByRole('button').first().focus();
    for (let step = 0; step < 60; step++) await tt.page.keyboard.press('Tab');
    expect(await placeOfFocused(tt.page)).toBe(61);
    await expect(focusedIn(list)).toBeInViewport();
    await list.hover();
    await tt.page.mouse.wheel(0, 8000);
    // Far down, and full: not one of those that were in sight is left there.
    await expect.poll(async () => Math.min(...(await placesInSight(list)))).toBeGreaterThan(150);
    expect((await placesInSight(list)).length).toBeGreaterThan(8);
    expect(await placeOfFocused(tt.page)).toBe(61);
    await tt.page.keyboard.press(' ');
    await expect(dialog.getByRole('list', { name: 'Chosen' }).getByRole('listitem')).toHaveCount(1);

    // What is typed selects all that match: they are drawn in part too.
    await search.fill('many-1');
    await expect(rows.first()).toHaveAttribute('aria-setsize', '111');
    const chosen = dialog.getByRole('list', { name: 'Chosen' });
    // The one chosen before, many-152, is one of them.
    await expect(chosen.getByRole('listitem').first()).toHaveAttribute('aria-setsize', '111');
    await expect.poll(() => chosen.getByRole('listitem').count()).toBeLessThan(30);
  });

  test('of labs and profiles', async ({ tt }) => {
    test.setTimeout(240_000);
    const { client } = tt.agent;
    for (let number = 1; number <= LABS; number++) {
      await client.profile.create({ name: `profile-${number}`, image: 'tiny' });
      await client.lab.create({ name: `lab-${number}`, profileNames: [`profile-${number}`] });
    }
    const window = new TtWindow(tt.page);
    await window.ready();
    await window.goTo('Labs');
    const labs = tt.page.getByRole('list', { name: 'Labs', exact: true });
    await expect(labs.getByRole('listitem').first()).toHaveAttribute('aria-setsize', String(LABS));
    await expect.poll(() => tt.page.getByRole('article').count()).toBeLessThan(30);
    await labs.getByRole('button').first().focus();
    for (let step = 0; step < 60; step++) await tt.page.keyboard.press('Tab');
    expect(await placeOfFocused(tt.page)).toBe(31);
    await expect(focusedIn(labs)).toBeInViewport();

    await tt.page.getByRole('button', { name: 'New lab' }).click();
    const newLab = window.dialog('New lab');
    const profiles = newLab.getByRole('list');
    await expect.poll(() => profiles.getByRole('checkbox').count()).toBeLessThan(40);
    await profiles.getByRole('checkbox').first().focus();
    for (let step = 0; step < 99; step++) await tt.page.keyboard.press('Tab');
    await tt.page.keyboard.press(' ');
    await newLab.getByRole('textbox', { name: 'Name' }).fill('hall');
    await tt.page.keyboard.press('Enter');
    await expect(newLab).toBeHidden();
    expect((await client.lab.show({ name: 'hall' })).lab.profileNames).toEqual(['profile-100']);
  });

  test('of ENVs that end soon', async ({ tt }) => {
    const names = Array.from({ length: ENDING }, (_, index) => `end-${index + 1}`);
    for (const name of names) await createEnv(tt.agent, name);
    const window = new TtWindow(tt.page);
    await window.ready();
    await bringEndNear(tt.agent, ...names);
    const messages = tt.page.getByRole('region', { name: 'Messages' });
    const warnings = messages.getByRole('list', { name: 'ENVs that end soon' }).getByRole('listitem');
    const more = messages.getByRole('button', { name: `and ${ENDING - 1} more` });
    await expect(more).toBeVisible({ timeout: 60_000 });
    await expect(warnings).toHaveCount(1);
    await more.focus();
    await tt.page.keyboard.press('Enter');
    await expect(warnings).toHaveCount(ENDING);
    const fewer = messages.getByRole('button', { name: 'Show fewer' });
    await expect(fewer).toBeFocused();
    await tt.page.keyboard.press('Enter');
    await expect(warnings).toHaveCount(1);
    await expect(more).toBeFocused();
  });
});

/** Many images, each a stand-in; resolves when the agent has seen them all. */
async function makeImages({ home, client }: TestAgent): Promise<void> {
  for (let number = 1; number <= IMAGES; number++) {
    await makeTestImage(path.join(home, 'images', `many-${number}`), { name: `qemu:many-${number}:default` });
  }
  const known = async () => (await client.image.list()).images.filter(({ state }) => state === 'ready').length;
  await expect.poll(known, { timeout: 120_000 }).toBeGreaterThanOrEqual(IMAGES + 2);
}

/** Which of its rows can be seen in a list, from 1. */
function placesInSight(list: Locator): Promise<number[]> {
  return list.evaluate((element) => {
    const seen = element.getBoundingClientRect();
    return [...element.querySelectorAll('[aria-posinset]')].flatMap((row) => {
      const { top, bottom } = row.getBoundingClientRect();
      return bottom > seen.top && top < seen.bottom ? [Number(row.getAttribute('aria-posinset'))] : [];
    });
  });
}

function focusedIn(list: Locator): Locator {
  return list.locator(':focus');
}

/** Which row of its list the focus is in, from 1. */
function placeOfFocused(page: Page): Promise<number> {
  return page.evaluate(() =>
    Number(document.activeElement?.closest('[aria-posinset]')?.getAttribute('aria-posinset') ?? 0),
  );
}

/** Whether the pointer meets a tile that is in sight, and what its style says; right after the page was scrolled, or now. */
function underPointer(page: Page, { scrollBy }: { scrollBy: number }): Promise<{ style: string; isMet: boolean }> {
  return page.evaluate(
    (by) =>
      new Promise((resolve) => {
        const look = () => {
          const tiles = [...document.querySelectorAll('.tile')];
          const isMet = tiles.some((tile) => {
            const { x, y, width, height } = tile.getBoundingClientRect();
            return document.elementFromPoint(x + width / 2, y + height / 2)?.closest('.tile') != null;
          });
          resolve({ style: tiles[0] ? getComputedStyle(tiles[0]).pointerEvents : '', isMet });
        };
        if (by === 0) return look();
        // Heard after react-aria has.
        document.addEventListener('scroll', look, { capture: true, once: true });
        document.querySelector('main.content')?.scrollBy(0, by);
      }),
    scrollBy,
  );
}

function indexOfFocused(list: Locator): Promise<number> {
  return list.evaluate(() => Number(document.activeElement?.getAttribute('aria-rowindex') ?? 0));
}
