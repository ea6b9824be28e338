// The shelf without snapshots: a strip that takes machines all the same, by mouse and keyboard, while nothing of the page moves; and what
// was chosen of it is remembered.
import { createEnv } from '../fixtures/env.ts';
import { expect, type Tt, test } from '../fixtures/tt.ts';
import { serious } from '../pages/axe.ts';
import { centreOf } from '../pages/place.ts';
import { TtWindow } from '../pages/window.ts';

async function setUp(tt: Tt) {
  await createEnv(tt.agent, 'demo', 2);
  const window = new TtWindow(tt.page);
  await window.board.open('demo');
  const env = window.env('demo');
  await env.expectStates({ 'tiny-2-1': 'running', 'tiny-2-2': 'running' });
  const { pane } = window.shelf;
  await expect(pane.getByText('Drag a machine here to take a snapshot')).toBeVisible();
  expect((await pane.boundingBox())?.width).toBeLessThan(48);
  const places = async () => [await env.machine('tiny-2-1').boundingBox(), await env.machine('tiny-2-2').boundingBox()];
  return { window, env, pane, places };
}

test('it is a strip that opens over the page while a machine is held, and for the first snapshot', async ({ tt }) => {
  const { window, env, pane, places } = await setUp(tt);
  const { page } = tt;
  expect(await serious(page, 'the strip')).toEqual([]);
  const before = await places();
  const from = await centreOf(env.machine('tiny-2-1'));
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x + 10, from.y + 10, { steps: 3 });
  const open = pane.getByRole('heading', { name: 'Drop here to take a snapshot' });
  await expect(open).toBeVisible();
  expect(await places()).toEqual(before);
  const to = await centreOf(open);
  await page.mouse.move(to.x, to.y, { steps: 4 });
  await expect(pane).toHaveAttribute('data-drop-target', 'true');
  expect(await places()).toEqual(before);
  await page.mouse.up();
  await window.shelf.take('clean');
  expect((await pane.boundingBox())?.width).toBeGreaterThan(200);
});

test('the first snapshot moves nothing below the pointer: the shelf opens over the page, and beside it once the pointer is on it', async ({
  tt,
}) => {
  const { window, env, pane, places } = await setUp(tt);
  const before = await places();
  const verb = await env.action('Snapshot').boundingBox();
  await env.action('Snapshot').click();
  await expect(window.shelf.newName).toBeFocused();
  await window.shelf.take('clean');
  expect(await places()).toEqual(before);
  // Nothing covers what was clicked.
  expect(await env.action('Snapshot').boundingBox()).toEqual(verb);
  await env.action('Snapshot').hover();
  expect((await pane.boundingBox())?.width).toBeGreaterThan(200);
  const row = window.shelf.snapshot('clean');
  const rowBefore = await row.boundingBox();
  await row.getByRole('button', { name: 'Actions of snapshot clean' }).hover();
  await expect.poll(places).not.toEqual(before);
  expect(await row.boundingBox()).toEqual(rowBefore);
  const beside = await places();
  await env.machine('tiny-2-1').hover();
  expect(await places()).toEqual(beside);
});

test('the first snapshot that somebody else takes moves nothing below the pointer either', async ({ tt }) => {
  const { window, env, pane, places } = await setUp(tt);
  await env.action('Stop').hover();
  const before = await places();
  await tt.agent.client.snapshot.create({ envName: 'demo', name: 'theirs' });
  await expect(pane.getByText('Drag a machine here to take a snapshot')).toBeHidden();
  expect(await places()).toEqual(before);
  expect((await pane.boundingBox())?.width).toBeLessThan(48);
  // It covers nothing that is pointed at.
  await env.machine('tiny-2-1').hover();
  await expect(window.shelf.snapshot('theirs')).toBeVisible();
  expect(await places()).toEqual(before);
});

test('the strip is reached by keyboard, and Escape leaves it as it was', async ({ tt }) => {
  const { window, pane, places } = await setUp(tt);
  const { page } = tt;
  const before = await places();
  const pick = async () => {
    await page.getByRole('button', { name: 'Drag tiny-2-1' }).focus();
    await page.keyboard.press('Enter');
    await expect(pane).toBeFocused();
    await expect(pane.getByRole('heading', { name: 'Drop here to take a snapshot' })).toBeVisible();
  };
  await pick();
  expect(await places()).toEqual(before);
  await page.keyboard.press('Escape');
  await expect(pane.getByRole('heading')).toHaveCount(0);
  expect(await places()).toEqual(before);
  await pick();
  await page.keyboard.press('Enter');
  await window.shelf.take('clean');
});

test('opened by hand it stays open, also after a reload; closed again it is the strip', async ({ tt }) => {
  const { pane } = await setUp(tt);
  const { page } = tt;
  await page.keyboard.press('Control+.');
  await expect(pane.getByRole('heading', { name: 'No snapshot yet' })).toBeVisible();
  await page.reload();
  await expect(pane.getByRole('heading', { name: 'No snapshot yet' })).toBeVisible();
  await pane.getByRole('button', { name: 'Hide the shelf' }).click();
  await expect(pane.getByText('Drag a machine here to take a snapshot')).toBeVisible();
  await expect(pane.getByRole('button', { name: 'Show the shelf' })).toBeFocused();
});

test('in a narrow window the board keeps its space until an ENV with snapshots is chosen', async ({ tt }) => {
  await createEnv(tt.agent, 'other');
  await createEnv(tt.agent, 'demo');
  await tt.agent.client.snapshot.create({ envName: 'demo', name: 'clean' });
  const window = new TtWindow(tt.page);
  const { pane } = window.shelf;
  const width = async () => (await pane.boundingBox())?.width ?? 0;
  await window.ready();
  await expect.poll(width).toBeGreaterThan(200);
  await tt.page.setViewportSize({ width: 760, height: 520 });
  await tt.page.reload();
  await expect(window.board.card('demo')).toBeVisible();
  await expect(pane.getByText('Choose an ENV to see its timeline.')).toHaveCount(0);
  expect(await width()).toBeLessThan(48);
  await window.board.card('demo').focus();
  await expect(pane.getByText('clean', { exact: true })).toBeVisible();
  // The board does not move with each ENV that gets the focus.
  await window.board.card('other').focus();
  await expect(pane.getByRole('heading', { name: 'No snapshot yet' })).toBeVisible();
  expect(await width()).toBeGreaterThan(200);
});

test('the ring of its focus is within the window on every side', { tag: '@deep' }, async ({ tt }, info) => {
  const { pane } = await setUp(tt);
  await pane.evaluate((element) => element.focus({ focusVisible: true }));
  const ring = await pane.evaluate((element) => {
    const { outlineStyle, outlineWidth, outlineOffset } = getComputedStyle(element);
    const { left, top, right, bottom } = element.getBoundingClientRect();
    const reach = Number.parseFloat(outlineWidth) + Number.parseFloat(outlineOffset);
    const isWithin =
      left - reach >= 0 && top - reach >= 0 && right + reach <= innerWidth && bottom + reach <= innerHeight;
    return { outlineStyle, outlineWidth, isWithin };
  });
  expect(ring).toEqual({ outlineStyle: 'solid', outlineWidth: '2px', isWithin: true });
  await tt.page.screenshot({ path: info.outputPath('ring.png') });
});
