// The Run tab: a command on machines side by side, what they print, stopping, running again on the failed ones, earlier runs. The guests
// are fake ones with a helper that runs commands.
import { readFile } from 'node:fs/promises';
import { createEnv } from '../fixtures/env.ts';
import { SerialShell } from '../fixtures/serial-shell.ts';
import { expect, test } from '../fixtures/tt.ts';
import { serious } from '../pages/axe.ts';
import { RunTab } from '../pages/run.ts';
import { TtWindow } from '../pages/window.ts';

test('a command runs on all machines, each prints for itself, and the failed ones run again', async ({ tt }) => {
  const [, second] = await createEnv(tt.agent, 'demo', 2);
  const window = new TtWindow(tt.page);
  const tab = new RunTab(tt.page);
  await window.board.open('demo');
  await window.env('demo').expectStates({ 'tiny-2-1': 'running', 'tiny-2-2': 'running' });
  await SerialShell.run(tt.agent, second?.id ?? '', 'echo "<b>here</b>" > /tmp/word');
  await tt.page.keyboard.press('r');
  await expect(tab.panel.getByRole('heading', { name: 'No command has run here yet' })).toBeVisible();
  await expect(tab.command).toBeFocused();

  await tab.run('cat /tmp/word');
  await expect(tab.sum).toHaveText('1 succeeded, 1 failed');
  await expect(tab.machine('tiny-2-1')).toHaveAccessibleName(/failed Exit code 1/);
  await expect(tab.machine('tiny-2-2')).toHaveAccessibleName(/succeeded Exit code 0/);
  await tab.machine('tiny-2-1').focus();
  await tt.page.keyboard.press('Enter');
  await expect(tab.errors('tiny-2-1').getByRole('log')).toHaveText(
    "cat: can't open '/tmp/word': No such file or directory",
  );
  await expect(tab.output('tiny-2-1')).toContainText('Nothing.');
  await tt.page.keyboard.press('ArrowDown');
  await expect(tab.machine('tiny-2-2')).toBeFocused();
  await tt.page.keyboard.press('Enter');
  // Markup of a guest is text.
  await expect(tab.output('tiny-2-2').getByRole('log')).toHaveText('<b>here</b>');

  expect(await serious(tt.page, 'run')).toEqual([]);

  const download = tt.page.waitForEvent('download');
  await tab.output('tiny-2-2').getByRole('button', { name: 'Save' }).click();
  const file = await download;
  expect(file.suggestedFilename()).toBe('demo-tiny-2-2.stdout.txt');
  expect(await readFile(await file.path(), 'utf8')).toBe('<b>here</b>\n');

  await tab.button('Run again on 1 failed machine').click();
  await expect(tab.sum).toHaveText('1 failed');
  await expect(tab.machine('tiny-2-2')).toBeHidden();
  await tab.button(/Runs$/).click();
  await tt.page.getByRole('option', { name: /1 succeeded, 1 failed/ }).click();
  await expect(tab.sum).toHaveText('1 succeeded, 1 failed');
});

test('a script is dropped, runs on the chosen machines only, and is stopped; nothing moves meanwhile', async ({
  tt,
}) => {
  await createEnv(tt.agent, 'demo', 3);
  const window = new TtWindow(tt.page);
  const tab = new RunTab(tt.page);
  await window.board.open('demo');
  await window.env('demo').expectStates({ 'tiny-2-1': 'running', 'tiny-2-2': 'running', 'tiny-2-3': 'running' });
  await tab.open();
  await tab.panel.locator('input[type=file]').setInputFiles({
    name: 'odd.bin',
    mimeType: 'application/octet-stream',
    buffer: Buffer.from([0xff, 0x00]),
  });
  await expect(tab.panel.getByText('odd.bin is not a text in UTF-8.')).toBeVisible();
  await tab.panel.locator('input[type=file]').setInputFiles({
    name: 'wait.sh',
    mimeType: 'text/x-shellscript',
    buffer: Buffer.from('sleep 600'),
  });
  await expect(tab.command).toHaveValue('sleep 600');
  await tab.button('All 3 machines').click();
  await tt.page.getByRole('checkbox', { name: 'tiny-2-3' }).press('Space');
  await tt.page.keyboard.press('Escape');
  await tab.button(/Run on 2 machines/).click();
  await expect(tab.sum).toHaveText('2 running');
  const place = await tab.machine('tiny-2-2').boundingBox();
  await tab.button('Stop').click();
  await expect(tab.sum).toHaveText('2 stopped');
  expect(await tab.machine('tiny-2-2').boundingBox()).toEqual(place);
  await expect(tab.machine('tiny-2-3')).toBeHidden();
});
