// Consoles side by side: opened, split by drag and by key, kept over a reload, moved to windows of their own; each tab shows its own
// machine and no other, whatever becomes of them.
import type { Page } from '@playwright/test';
import { createEnv } from '../fixtures/env.ts';
import { expect, test, type Tt } from '../fixtures/tt.ts';
import { TtWindow } from '../pages/window.ts';

const tabOf = (page: Page, vm: string) => page.getByRole('tab', { name: `demo/${vm} · Screen` });
const panelOf = (page: Page, vm: string) => page.getByRole('tabpanel', { name: `demo/${vm} · Screen` });

/** The window that is opened by this: by main on the desktop, by the browser there. */
async function poppedOut({ app, page }: Tt, open: () => Promise<void>): Promise<Page> {
  if (!app) {
    const opening = page.context().waitForEvent('page');
    await open();
    return opening;
  }
  await open();
  const others = async () => (await app.windows()).filter((one) => one !== page);
  await expect.poll(async () => (await others()).length).toBe(1);
  const [popup] = await others();
  if (!popup) throw new Error('no window');
  return popup;
}

/** Machines of an ENV called demo in tabs of one pane. */
async function openBoth(page: Page, vms = ['tiny-2-1', 'tiny-2-2']): Promise<void> {
  await page.evaluate(() => (window.location.hash = '#/panes'));
  for (const vm of vms) {
    await page.getByRole('button', { name: 'Add a console' }).click();
    await page.getByRole('menuitem', { name: `demo/${vm}` }).click();
    await expect(tabOf(page, vm)).toHaveAttribute('aria-selected', 'true');
  }
}

test('a tab that is dragged to an edge splits the page, and back joins it', { tag: '@deep' }, async ({ tt }) => {
  await createEnv(tt.agent, 'demo', 2);
  await new TtWindow(tt.page).ready();
  await openBoth(tt.page);
  await expect(panelOf(tt.page, 'tiny-2-1')).toBeHidden();
  const panel = await panelOf(tt.page, 'tiny-2-2').boundingBox();
  if (!panel) throw new Error('no panel');
  await tabOf(tt.page, 'tiny-2-2').dragTo(tt.page.locator('.panes'), {
    targetPosition: { x: panel.width - 10, y: panel.height / 2 },
  });
  await expect(panelOf(tt.page, 'tiny-2-1')).toBeVisible();
  const [left, right] = [
    await panelOf(tt.page, 'tiny-2-1').boundingBox(),
    await panelOf(tt.page, 'tiny-2-2').boundingBox(),
  ];
  expect((left?.x ?? 0) + (left?.width ?? 0)).toBeLessThanOrEqual((right?.x ?? 0) + 1);
  await expect(tt.page.getByText('tiny-2-2 is in pane 2 of 2 now')).toBeAttached();

  await tabOf(tt.page, 'tiny-2-2').dragTo(tt.page.locator('.panes'), {
    targetPosition: { x: panel.width / 4, y: panel.height / 2 },
  });
  await expect(panelOf(tt.page, 'tiny-2-1')).toBeHidden();
});

test('tabs are put in order by drag and by key, and a double click closes one of them', { tag: '@deep' }, async ({
  tt,
}) => {
  await createEnv(tt.agent, 'demo', 3);
  await new TtWindow(tt.page).ready();
  const vms = ['tiny-2-1', 'tiny-2-2', 'tiny-2-3'];
  await openBoth(tt.page, vms);
  const order = async () =>
    (await tt.page.getByRole('tab').allTextContents()).map((text) => vms.findIndex((vm) => text.includes(vm)) + 1);
  const tab = await tabOf(tt.page, 'tiny-2-1').boundingBox();
  if (!tab) throw new Error('no tab');
  // Within the head of the pane: on the left half of the first tab.
  await tabOf(tt.page, 'tiny-2-3').dragTo(tt.page.locator('.panes'), { targetPosition: { x: 10, y: 15 } });
  await expect.poll(order).toEqual([3, 1, 2]);
  await expect(tt.page.getByText('tiny-2-3 is tab 1 of 3 now')).toBeAttached();
  await expect(tabOf(tt.page, 'tiny-2-3')).toBeFocused();
  await tt.page.keyboard.press('Control+Shift+PageDown');
  await expect.poll(order).toEqual([1, 3, 2]);
  await tt.page.keyboard.press('Control+Shift+PageUp');
  await expect.poll(order).toEqual([3, 1, 2]);
  // At the end of the row nothing is refused and nothing moves.
  await tt.page.keyboard.press('Control+Shift+PageUp');
  await tabOf(tt.page, 'tiny-2-1').dragTo(tt.page.locator('.panes'), { targetPosition: { x: tab.width + 20, y: 15 } });
  expect(await order()).toEqual([3, 1, 2]);
  await expect(tt.page.getByText('It is there already')).toBeHidden();

  await tabOf(tt.page, 'tiny-2-3').locator('.pane-tab-close').dblclick();
  await expect.poll(order).toEqual([1, 2]);
});

test('keys split, go from pane to pane, resize and close; the layout is there after a reload', {
  tag: '@deep',
}, async ({ tt }) => {
  await createEnv(tt.agent, 'demo', 2);
  await new TtWindow(tt.page).ready();
  await openBoth(tt.page);
  await tabOf(tt.page, 'tiny-2-2').focus();
  await tt.page.keyboard.press('Control+Shift+ArrowDown');
  await expect(panelOf(tt.page, 'tiny-2-1')).toBeVisible();
  await expect(tabOf(tt.page, 'tiny-2-2')).toBeFocused();
  await tt.page.keyboard.press('F6');
  await expect(tabOf(tt.page, 'tiny-2-1')).toBeFocused();
  const divider = tt.page.getByRole('separator', { name: 'Size of the panes' });
  await divider.focus();
  await tt.page.keyboard.press('ArrowUp');
  await expect(divider).toHaveAttribute('aria-valuenow', '45');

  await tt.page.reload();
  await expect(tt.page.getByRole('separator', { name: 'Size of the panes' })).toHaveAttribute('aria-valuenow', '45');
  await expect(panelOf(tt.page, 'tiny-2-1')).toBeVisible();
  await tabOf(tt.page, 'tiny-2-1').focus();
  await tt.page.keyboard.press('Delete');
  await expect(tabOf(tt.page, 'tiny-2-1')).toBeHidden();
  await expect(panelOf(tt.page, 'tiny-2-2')).toBeVisible();
  // Whoever closes by key goes on from where they are.
  await expect(tabOf(tt.page, 'tiny-2-2')).toBeFocused();
  await tt.page.keyboard.press('Delete');
  await expect(tt.page.getByRole('button', { name: 'Add a console' })).toBeFocused();
});

test('a console that moves to another pane stays connected', { tag: '@deep' }, async ({ tt }) => {
  const vms = await createEnv(tt.agent, 'demo', 2);
  await new TtWindow(tt.page).ready();
  await openBoth(tt.page);
  const canvas = panelOf(tt.page, 'tiny-2-2').locator('.vnc-view canvas');
  await expect(canvas).toBeVisible();
  const before = await canvas.elementHandle();
  await tabOf(tt.page, 'tiny-2-2').focus();
  await tt.page.keyboard.press('Control+Shift+ArrowRight');
  await expect(panelOf(tt.page, 'tiny-2-1')).toBeVisible();
  expect(await before?.evaluate((element) => element.isConnected)).toBe(true);
  expect(vms).toHaveLength(2);
});

test(
  'in narrow panes the tools are one line, and what is rare is in a menu',
  { tag: '@deep' },
  async ({ tt }, info) => {
    await createEnv(tt.agent, 'demo', 2);
    await new TtWindow(tt.page).ready();
    await openBoth(tt.page);
    const tools = panelOf(tt.page, 'tiny-2-2').getByRole('toolbar', { name: 'Console tools' });
    await expect(tools.getByRole('button', { name: 'Paste as keystrokes' })).toBeVisible();
    await expect(tools.getByRole('button', { name: 'More tools' })).toBeHidden();
    await tabOf(tt.page, 'tiny-2-2').focus();
    await tt.page.keyboard.press('Control+Shift+ArrowRight');
    await tt.page.setViewportSize({ width: 760, height: 600 });
    const more = tools.getByRole('button', { name: 'More tools' });
    await expect(more).toBeVisible();
    await expect(tools.getByRole('button', { name: 'Paste as keystrokes' })).toBeHidden();
    // As high as one button, and nothing of it is outside its pane.
    const [line, pane] = [await tools.boundingBox(), await panelOf(tt.page, 'tiny-2-2').boundingBox()];
    expect(line?.height ?? 0).toBeLessThan(45);
    const last = await tools.getByRole('button', { name: 'Full screen' }).boundingBox();
    expect((last?.x ?? 0) + (last?.width ?? 0)).toBeLessThanOrEqual((pane?.x ?? 0) + (pane?.width ?? 0));
    await more.click();
    await tt.page.screenshot({ path: info.outputPath('more-tools.png') });
    await tt.page.getByRole('menuitem', { name: 'View only' }).click();
    await expect(panelOf(tt.page, 'tiny-2-2').getByText('View only: no key')).toBeVisible();
    await more.click();
    await expect(tt.page.getByRole('menuitem', { name: 'Paste as keystrokes' })).toHaveAttribute(
      'aria-disabled',
      'true',
    );
  },
);

test('a window of its own has the console and nothing else', { tag: '@deep' }, async ({ tt }) => {
  await createEnv(tt.agent, 'demo');
  const window = new TtWindow(tt.page);
  await window.board.open('demo');
  await window.env('demo').machine('tiny-2-1').getByRole('button', { name: 'Console' }).click();
  const console = window.console('tiny-2-1');
  await console.connected();
  const popup = await poppedOut(tt, () => console.tool('Open in a window of its own').click());
  const own = new TtWindow(popup).console('tiny-2-1');
  await own.connected();
  await expect(popup.getByRole('navigation', { name: 'Main' })).toBeHidden();
  await expect(own.tool('Open in a window of its own')).toBeHidden();
  await popup.close();
});
