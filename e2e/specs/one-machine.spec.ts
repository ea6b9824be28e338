// What stands under the name of a machine is its own screen, in panes and on tiles: compared with what the agent says that machine shows,
// while machines stop and start in another order, the agent goes away, and one is made anew under an old name.
import type { Page } from '@playwright/test';
import type { Vm } from '@tt/protocol';
import type { TestAgent } from '../fixtures/agent.ts';
import { createEnv, screenOf } from '../fixtures/env.ts';
import { expect, test } from '../fixtures/tt.ts';
import { TtWindow } from '../pages/window.ts';

const NAMES = ['tiny-2-1', 'tiny-2-2', 'tiny-2-3'];
const panelOf = (page: Page, vm: string) => page.getByRole('tabpanel', { name: `demo/${vm} · Screen` });

/** Whether the canvas below this machine's name has exactly the pixels that the agent has of it. */
async function showsItself(page: Page, agent: TestAgent, vm: Vm): Promise<boolean> {
  const png = await screenOf(agent, vm.id);
  const canvas = page.locator(`.pane-panel[data-vm="${vm.id}"] .vnc-view canvas`);
  if ((await canvas.count()) !== 1) return false;
  return canvas.evaluate(async (element, base64) => {
    if (!(element instanceof HTMLCanvasElement)) return false;
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const picture = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const { width, height } = element;
    if (picture.width !== width || picture.height !== height) return false;
    const other = new OffscreenCanvas(width, height).getContext('2d');
    other?.drawImage(picture, 0, 0);
    const [drawn, wanted] = [element.getContext('2d'), other].map(
      (context) => context?.getImageData(0, 0, width, height).data,
    );
    return (
      drawn !== undefined && wanted !== undefined && drawn.every((value, at) => at % 4 === 3 || value === wanted[at])
    );
  }, png);
}

async function openAll(page: Page): Promise<void> {
  await page.evaluate(() => (window.location.hash = '#/panes'));
  for (const [at, vm] of NAMES.entries()) {
    await page.getByRole('button', { name: 'Add a console' }).first().click();
    await page.getByRole('menuitem', { name: `demo/${vm}` }).click();
    if (at === 0) continue;
    await page.getByRole('tab', { name: `demo/${vm} · Screen` }).focus();
    await page.keyboard.press('Control+Shift+ArrowRight');
  }
  for (const vm of NAMES) await expect(panelOf(page, vm)).toBeVisible();
}

/** So that no two of them look alike. */
async function write(agent: TestAgent, vm: Vm, letter: string): Promise<void> {
  const strokes = Array.from({ length: 5 }, () => [
    { code: `Key${letter}`, down: true },
    { code: `Key${letter}`, down: false },
  ]);
  await agent.client.console.type({ vmId: vm.id, strokes });
}

test('each pane shows its own machine, also after all of them came back in another order', { tag: '@deep' }, async ({
  tt,
}) => {
  const vms = await createEnv(tt.agent, 'demo', 3);
  await new TtWindow(tt.page).ready();
  for (const [at, vm] of vms.entries()) await write(tt.agent, vm, 'ABC'[at] ?? 'X');
  await openAll(tt.page);
  const allShowThemselves = (of: readonly Vm[]) =>
    expect.poll(() => Promise.all(of.map((vm) => showsItself(tt.page, tt.agent, vm)))).toEqual(of.map(() => true));
  await allShowThemselves(vms);

  // Reuse: ports, processes and sockets of the one are free for the other.
  for (const vm of vms) await tt.agent.client.vm.stop({ vmId: vm.id, graceS: 0, operationId: crypto.randomUUID() });
  await expect(tt.page.getByRole('heading', { name: 'tiny-2-2 is stopped' })).toBeVisible();
  for (const vm of vms.toReversed()) await tt.agent.client.vm.start({ vmId: vm.id, operationId: crypto.randomUUID() });
  for (const [at, vm] of vms.entries()) await write(tt.agent, vm, 'XYZ'[at] ?? 'W');
  await allShowThemselves(vms);

  // Reconnect: every link of the window anew.
  await tt.page.reload();
  for (const vm of NAMES) await expect(panelOf(tt.page, vm)).toBeVisible();
  await allShowThemselves(vms);
});

test('a machine that is made anew under an old name is another machine', { tag: '@deep' }, async ({ tt }) => {
  const [old] = await createEnv(tt.agent, 'demo');
  await new TtWindow(tt.page).ready();
  await write(tt.agent, old, 'A');
  await tt.page.evaluate(() => (window.location.hash = '#/panes'));
  await tt.page.getByRole('button', { name: 'Add a console' }).click();
  await tt.page.getByRole('menuitem', { name: 'demo/tiny-2-1' }).click();
  await expect.poll(() => showsItself(tt.page, tt.agent, old)).toBe(true);
  await tt.agent.client.env.delete({ name: 'demo', operationId: crypto.randomUUID() });
  const [fresh] = await createEnv(tt.agent, 'demo');
  expect(fresh.id).not.toBe(old.id);
  // Not the picture that was there: it says that its machine is gone, and the new one is asked for.
  const gone = tt.page.getByRole('heading', { name: 'This machine no longer exists' });
  await expect(gone).toBeVisible();
  // Away from the tools, of which the one below the pointer now says why it can't be used.
  await gone.hover();
  await expect(tt.page.locator('.vnc-last[data-shown]')).toBeHidden();
  await tt.page.getByRole('button', { name: 'Add a console' }).click();
  await tt.page.getByRole('menuitem', { name: 'demo/tiny-2-1' }).click();
  await expect.poll(() => showsItself(tt.page, tt.agent, fresh)).toBe(true);
});
