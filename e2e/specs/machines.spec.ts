// Machines of an ENV: tiles of three sizes that fill the page, or a table; several selected; right clicks; pause; how far a guest has come;
// ports that open; a revert named by its machine.
import type { Page } from '@playwright/test';
import { createEnv } from '../fixtures/env.ts';
import { expect, test } from '../fixtures/tt.ts';
import { TtWindow } from '../pages/window.ts';

const tools = (page: Page) => page.getByRole('toolbar', { name: 'Machine tools' });
const choose = (page: Page, group: string, option: string) =>
  page.getByRole('radiogroup', { name: group }).getByRole('radio', { name: option, exact: true }).click();

test.describe('machines', { tag: '@deep' }, () => {
  test('are tiles of three sizes, or a table; both are remembered; one alone fills its page, with its screen whole', async ({
    tt,
  }) => {
    await createEnv(tt.agent, 'demo', 3);
    await createEnv(tt.agent, 'single');
    const window = new TtWindow(tt.page);
    await window.board.open('demo');
    const env = window.env('demo');
    const first = env.machine('tiny-2-1');
    const widths: number[] = [];
    for (const size of ['S', 'M', 'L']) {
      await choose(tt.page, 'Size of tiles', size);
      await expect(tt.page.getByRole('grid', { name: 'Machines' })).toHaveAttribute('data-size', size);
      widths.push((await first.boundingBox())?.width ?? 0);
    }
    expect(widths[0]).toBeLessThan(widths[2] ?? 0);
    await tt.page.reload();
    await expect(tt.page.getByRole('grid', { name: 'Machines' })).toHaveAttribute('data-size', 'L');

    await choose(tt.page, 'Show machines as', 'Table');
    const head = tt.page.getByRole('columnheader', { name: /^Name/ });
    await expect(head).toHaveAttribute('aria-sort', 'ascending');
    const names = () => tt.page.getByRole('rowheader').allInnerTexts();
    expect(await names()).toEqual(['tiny-2-1', 'tiny-2-2', 'tiny-2-3']);
    await head.click();
    await expect(head).toHaveAttribute('aria-sort', 'descending');
    expect(await names()).toEqual(['tiny-2-3', 'tiny-2-2', 'tiny-2-1']);
    await tt.page.reload();
    await expect(tt.page.getByRole('columnheader', { name: /^Name/ })).toBeVisible();

    await choose(tt.page, 'Show machines as', 'Tiles');
    await choose(tt.page, 'Size of tiles', 'M');
    await window.goTo('ENVs');
    await window.board.open('single');
    const alone = window.env('single').machine('tiny-2-1');
    const page = await tt.page.locator('main.content').boundingBox();
    const box = await alone.boundingBox();
    // As wide as its whole height leaves it.
    const [width, height] = [(box?.width ?? 0) / (page?.width ?? 1), (box?.height ?? 0) / (page?.height ?? 1)];
    expect(Math.max(width, height)).toBeGreaterThan(0.5);
    expect(Math.max(width, height)).toBeLessThanOrEqual(1);
    const picture = alone.getByRole('img', { name: /Screen of tiny-2-1 at/ });
    await expect(picture).toHaveCSS('object-fit', 'contain');
  });

  test('several are stopped, started, paused and resumed together, and nothing moves when they are selected', async ({
    tt,
  }) => {
    await createEnv(tt.agent, 'demo', 3);
    const window = new TtWindow(tt.page);
    await window.board.open('demo');
    const env = window.env('demo');
    const before = await env.machine('tiny-2-1').boundingBox();
    await env.machine('tiny-2-1').click({ position: { x: 40, y: 40 } });
    await env.machine('tiny-2-3').click({ position: { x: 40, y: 40 }, modifiers: ['ControlOrMeta'] });
    const bar = tools(tt.page);
    await expect(bar.getByText('2 selected')).toBeVisible();
    expect(await env.machine('tiny-2-1').boundingBox()).toEqual(before);

    await bar.getByRole('button', { name: 'Pause', exact: true }).click();
    await env.expectStates({ 'tiny-2-1': 'paused', 'tiny-2-2': 'running', 'tiny-2-3': 'paused' });
    await bar.getByRole('button', { name: 'Resume', exact: true }).click();
    await env.expectStates({ 'tiny-2-1': 'running', 'tiny-2-3': 'running' });
    await bar.getByRole('button', { name: 'Stop', exact: true }).click();
    await env.expectStates({ 'tiny-2-1': 'stopped', 'tiny-2-2': 'running', 'tiny-2-3': 'stopped' });
    await bar.getByRole('button', { name: 'Start', exact: true }).click();
    await env.expectStates({ 'tiny-2-1': 'running', 'tiny-2-3': 'running' });

    await bar.getByRole('button', { name: 'Snapshot', exact: true }).click();
    const dialog = tt.page.getByRole('dialog', { name: 'Snapshot', exact: true });
    await expect(dialog.getByText('tiny-2-1, tiny-2-3')).toBeVisible();
    await tt.page.keyboard.press('Enter');
    const snapshots = async () => (await tt.agent.client.snapshot.list({ envName: 'demo' })).snapshots;
    await expect.poll(async () => (await snapshots()).map(({ vms }) => vms.length)).toEqual([2]);

    await bar.getByRole('button', { name: 'Clear the selection' }).click();
    await expect(bar.getByRole('button', { name: 'Add machines' })).toBeVisible();
  });

  test('a right click opens the verbs of what is below the pointer, and of all that are selected; a revert names its machine', async ({
    tt,
  }) => {
    const vms = await createEnv(tt.agent, 'demo', 2);
    await tt.agent.client.snapshot.create({ operationId: crypto.randomUUID(), envName: 'demo', name: 'clean' });
    const window = new TtWindow(tt.page);
    await window.board.open('demo');
    const env = window.env('demo');
    const menu = (name: string) => tt.page.getByRole('menu', { name });

    // What is behind an open menu is hidden from roles.
    const tile = await env.machine('tiny-2-2').boundingBox();
    await env.machine('tiny-2-2').click({ button: 'right', position: { x: 60, y: 60 } });
    await expect(menu('Actions of tiny-2-2')).toBeVisible();
    const at = await menu('Actions of tiny-2-2').boundingBox();
    expect(Math.abs((at?.x ?? 0) - ((tile?.x ?? 0) + 60))).toBeLessThan(12);
    await tt.page.getByRole('menuitem', { name: 'Pause' }).click();
    await env.expectStates({ 'tiny-2-1': 'running', 'tiny-2-2': 'paused' });

    // By the menu key too.
    await env.machine('tiny-2-1').focus();
    await tt.page.keyboard.press('Shift+F10');
    await expect(menu('Actions of tiny-2-1')).toBeVisible();
    await tt.page.keyboard.press('Escape');
    await expect(env.machine('tiny-2-1')).toBeFocused();

    await tt.page.keyboard.press('Control+a');
    await env.machine('tiny-2-1').click({ button: 'right', position: { x: 60, y: 60 } });
    await tt.page.getByRole('menuitem', { name: 'Stop' }).click();
    await env.expectStates({ 'tiny-2-1': 'stopped', 'tiny-2-2': 'stopped' });

    // It reverts no other.
    await env.machine('tiny-2-2').click({ button: 'right', position: { x: 60, y: 60 } });
    await expect(tt.page.getByRole('menuitem', { name: 'Start' })).toBeVisible();
    // All are selected still.
    await expect(tt.page.getByRole('menuitem', { name: /^Revert/ })).toHaveCount(0);
    await tt.page.keyboard.press('Escape');
    await env.machine('tiny-2-1').click({ position: { x: 60, y: 60 } });
    await env.machine('tiny-2-1').click({ button: 'right', position: { x: 60, y: 60 } });
    await tt.page.getByRole('menuitem', { name: 'Revert tiny-2-1…' }).click();
    const dialog = tt.page.getByRole('dialog', { name: 'Revert tiny-2-1' });
    await expect(dialog.getByRole('radio', { name: /^clean/ })).toBeChecked();
    await dialog.getByRole('button', { name: 'Revert tiny-2-1' }).click();
    await expect(window.message('tiny-2-1 reverted to “clean”')).toBeVisible();
    const { snapshots } = await tt.agent.client.snapshot.list({ envName: 'demo' });
    expect(snapshots.find(({ kind }) => kind === 'safety')?.vms.map(({ vmId }) => vmId)).toEqual([vms[0].id]);

    // The head is the ENV’s.
    await env.header.getByRole('heading', { name: 'demo' }).click({ button: 'right' });
    await expect(menu('Actions of demo')).toBeVisible();
    await tt.page.keyboard.press('Escape');
    await window.goTo('ENVs');
    await tt.page.getByRole('row', { name: 'demo' }).click({ button: 'right', position: { x: 30, y: 12 } });
    await expect(menu('Actions of demo')).toBeVisible();
  });

  test('say how far their guests have come, and open what their ports lead to', async ({ tt }) => {
    const [vm] = (
      await tt.agent.client.env.create({
        operationId: crypto.randomUUID(),
        name: 'demo',
        groups: [{ osPrefix: 'tiny', ports: [{ protocol: 'tcp', guestPort: 80 }] }],
      })
    ).vms;
    const window = new TtWindow(tt.page);
    await window.board.open('demo');
    const tile = window.env('demo').machine('tiny-2-1');
    // The fake guest has an agent that answers, and no ssh server.
    await expect(tile.getByText('agent answers', { exact: true })).toBeVisible({ timeout: 15_000 });
    const ports = tile.getByRole('list', { name: 'Ports of tiny-2-1' });
    const hostPort = vm?.portMap.find(({ guestPort }) => guestPort === 80)?.hostPort;
    const url = new RegExp(`^http://127\\.0\\.0\\.\\d+:${hostPort}/$`);
    const page = ports.getByRole('link', { name: /^http/ });
    // Nothing of the fake guest listens: the agent finds that while the tile is seen.
    await expect(page).toHaveAccessibleName(/closed: no program takes the connection$/, { timeout: 15_000 });
    await expect(page).toHaveAttribute('href', url);
    await expect(page).toHaveAttribute('rel', 'noopener noreferrer');
    await ports.getByRole('button', { name: /^Copy “http/ }).click();
    await expect(ports.getByText(/^Copied/)).toBeAttached();
    if (tt.app && 'openedOutside' in tt.app) {
      const { app } = tt;
      await page.click();
      const opened = () => ('openedOutside' in app ? app.openedOutside : []);
      await expect.poll(opened).toContainEqual(expect.stringMatching(url));
    }
    await ports.getByRole('button', { name: /^ssh/ }).click();
    await expect(tt.page).toHaveURL(/\/console\/[^/]+\/shell$/);
  });
});
