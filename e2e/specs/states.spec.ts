// The states that the list of pages does not have: empty, faulty, lost, held, full screen. axe finds nothing in any of them, at 200 % zoom in the light theme
// and in the smallest window in the dark one; and what a console says instead of a picture can be read in both themes.
import type { Page } from '@playwright/test';
import { createEnv } from '../fixtures/env.ts';
import { expect, test } from '../fixtures/tt.ts';
import { serious } from '../pages/axe.ts';
import { contrastsOf } from '../pages/contrast.ts';
import { goToHash } from '../pages/everywhere.ts';
import { TtWindow } from '../pages/window.ts';

/** Zoom of 200 % leaves half of the pixels to the page. */
const looks = [
  { width: 640, height: 410, colorScheme: 'light' },
  { width: 760, height: 520, colorScheme: 'dark' },
] as const;

test('axe finds nothing in what is empty, faulty, held, in full screen or lost', { tag: '@deep' }, async ({ tt }) => {
  test.setTimeout(180_000);
  const { page, agent } = tt;
  const window = new TtWindow(page);
  const found: string[] = [];
  const check = async (state: string) => {
    for (const { width, height, colorScheme } of looks) {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme });
      found.push(...(await serious(page, `${state} at ${width}`)));
    }
  };
  await window.ready();
  for (const name of ['envs', 'consoles', 'labs', 'activity']) {
    await goToHash(page, `#/${name}`);
    await check(`empty ${name}`);
  }

  await goToHash(page, '#/envs');
  await page.keyboard.press('n');
  await page.keyboard.type('tiny');
  const { dialog, failure, name } = window.newEnv;
  await dialog.getByRole('textbox', { name: /^Memory of each/ }).fill('900000');
  await name.fill('large');
  await dialog.getByRole('radio', { name: 'YAML' }).click();
  await expect(dialog.getByRole('textbox', { name: 'YAML of the new ENV' })).toBeVisible();
  await page.keyboard.press('Control+Enter');
  await expect(failure).toContainText('large was not created');
  await check('a refusal as a banner');
  await dialog.getByRole('radio', { name: 'Form' }).click();
  await dialog.getByRole('button', { name: 'More options for tiny' }).click();
  const field = (label: RegExp) => dialog.getByRole('textbox', { name: label });
  const [disk, disks, bandwidth] = [field(/^Disk of each/), field(/^More disks/), field(/^Bandwidth of each/)] as const;
  await disk.fill('much');
  await disks.fill('10 GB');
  await bandwidth.fill('fast');
  await expect(disk).toHaveAccessibleDescription('A number of MiB, or like 4 GiB');
  await expect(disks).toHaveAccessibleDescription(/^Sizes in MiB/);
  await expect(bandwidth).toHaveAccessibleDescription('A number of Mbit/s, or like 1 Gbit/s');
  await name.fill('-bad name-');
  await expect(window.newEnv.create).toBeDisabled();
  await check('faults at fields');
  // A fault goes with what caused it, and what was typed is said in the unit that fits.
  await disk.fill('2048');
  await expect(disk).toHaveAccessibleDescription('2 GiB');
  await bandwidth.fill('1 Gbit/s');
  await expect(bandwidth).toHaveAccessibleDescription('1,000 Mbit/s');
  await page.keyboard.press('Escape');

  const [vm] = await createEnv(agent, 'demo', 2);
  await agent.client.snapshot.create({ envName: 'demo', name: 'clean' });
  await goToHash(page, '#/envs/demo');
  await window.shelf.dragHandle('clean').focus();
  await page.keyboard.press('Enter');
  await expect(page.locator('.drag-hint')).toBeVisible();
  await check('held by keyboard');
  await page.keyboard.press('Escape');
  await expect(page.locator('.drag-hint')).toBeHidden();

  // With all its tools: in a narrow window the rare ones are in a menu.
  await page.setViewportSize({ width: 1280, height: 820 });
  await goToHash(page, `#/envs/demo/console/${vm.id}/screen`);
  const console = window.console('tiny-2-1');
  await console.connected();
  await page.evaluate(() => document.documentElement.requestFullscreen());
  const edge = page.getByRole('toolbar', { name: 'Full screen' });
  await expect(edge).toBeVisible();
  await check('full screen');
  await edge.getByRole('button', { name: 'Tools' }).click();
  await check('full screen with tools');
  await edge.getByRole('button', { name: 'Leave full screen' }).click();
  await expect(edge).toBeHidden();

  await agent.kill();
  await expect(console.notice('No picture from tiny-2-1')).toBeVisible();
  await expect(page.getByText(/^Last picture/)).toBeVisible();
  await check('console that is lost');
  for (const [state, hash] of Object.entries({ ENV: '#/envs/demo', board: '#/envs', wall: '#/envs/demo/wall' })) {
    await goToHash(page, hash);
    await check(`${state} that is lost`);
  }
  await agent.start();
  expect(found).toEqual([]);
});

test('what a console says instead of a picture can be read, light and dark', { tag: '@deep' }, async ({ tt }) => {
  const { page, agent } = tt;
  const window = new TtWindow(page);
  const [vm, other] = await createEnv(agent, 'demo', 3);
  if (!other) throw new Error('demo has one machine only');
  const hard: string[] = [];
  const read = async (vmId: string, vmName: string, title: string) => {
    await goToHash(page, `#/envs/demo/console/${vmId}/screen`);
    await expect(window.console(vmName).notice(title)).toBeVisible();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      const texts = await contrastsOf(window.console(vmName).stage, '.vnc-last[data-shown] img');
      expect(texts.length).toBeGreaterThan(1);
      hard.push(
        ...texts
          .filter(({ ratio }) => ratio < 4.5)
          .map(({ text, ratio }) => `${title}, ${colorScheme}: ${ratio} “${text}”`),
      );
    }
  };
  await goToHash(page, `#/envs/demo/console/${vm.id}/screen`);
  await window.console('tiny-2-1').connected();
  await agent.client.vm.stop({ vmId: vm.id, graceS: 0, operationId: crypto.randomUUID() });
  await expect(page.getByText(/^Last picture/)).toBeVisible();
  await read(vm.id, 'tiny-2-1', 'tiny-2-1 is stopped');
  agent.pause();
  await read(other.id, 'tiny-2-2', 'Connecting to tiny-2-2');
  agent.goOn();
  await window.console('tiny-2-2').connected();
  await agent.client.vm.delete({ vmId: other.id, operationId: crypto.randomUUID() });
  await read(other.id, 'tiny-2-2', 'This machine no longer exists');
  await goToHash(page, '#/envs/demo');
  await agent.kill();
  const last = (await lastVmId(page)) ?? '';
  await read(last, 'tiny-2-3', 'No picture from tiny-2-3');
  await agent.start();
  expect(hard).toEqual([]);
});

/** Of the last machine on the page of an ENV. */
function lastVmId(page: Page): Promise<string | null> {
  return page.getByRole('grid', { name: 'Machines' }).getByRole('row').last().getAttribute('data-key');
}
