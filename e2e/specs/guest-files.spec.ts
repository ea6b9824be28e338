// Files of guests in the window: dropped on a machine and on an ENV, refused by one guest and tried again, listed, got, by keyboard.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { TestInfo } from '@playwright/test';
import { createEnv } from '../fixtures/env.ts';
import { SerialShell } from '../fixtures/serial-shell.ts';
import { expect, test } from '../fixtures/tt.ts';
import { serious } from '../pages/axe.ts';
import { GuestFiles } from '../pages/guest-files.ts';
import { TtWindow } from '../pages/window.ts';

/** Guests of a machine that is shared with others may be slow. */
const GUEST = { timeout: 30_000 };

/** Files of this computer; their paths. */
async function written(info: TestInfo, contents: Record<string, string>): Promise<string[]> {
  const folder = info.outputPath('dropped');
  await mkdir(folder, { recursive: true });
  const files = Object.entries(contents).map(([name, text]) => ({ file: path.join(folder, name), text }));
  for (const { file, text } of files) await writeFile(file, text);
  return files.map(({ file }) => file);
}

test('files dropped on an ENV reach its machines; the one that refuses gets them in a second attempt', async ({
  tt,
}, info) => {
  const [first, second] = await createEnv(tt.agent, 'demo', 2);
  const window = new TtWindow(tt.page);
  const files = new GuestFiles(tt.page);
  await window.board.open('demo');
  const env = window.env('demo');
  await env.expectStates({ 'tiny-2-1': 'running', 'tiny-2-2': 'running' });
  await SerialShell.run(tt.agent, second?.id ?? '', 'echo other > /root/note.txt');

  const dropped = await written(info, { 'note.txt': 'a note\n', 'two.txt': '2\n' });
  await files.drop(env.header, dropped, { hover: true });
  await expect(tt.page.locator('.drag-hint')).toHaveText('Push files to all machines of demo');
  await files.drop(env.header, dropped);
  await expect(files.push.getByText('2 files, 9 B')).toBeVisible();
  await expect(files.push.getByText('Goes to 2 machines: tiny-2-1, tiny-2-2.')).toBeVisible();
  await expect(files.push.getByRole('textbox', { name: 'Folder in the guests' })).toHaveValue('/root');
  expect(await serious(tt.page, 'push files')).toEqual([]);
  await files.button('Push to 2 machines').click();
  await expect(files.push.getByRole('status')).toHaveText(/Done on 1 of 2/, GUEST);
  await expect(files.guest('tiny-2-1')).toContainText('done');
  await expect(files.guest('tiny-2-2')).toContainText('GUEST_FILE_EXISTS');
  expect(await serious(tt.page, 'push has failed')).toEqual([]);

  // Nothing was replaced without being asked.
  expect(await SerialShell.run(tt.agent, second?.id ?? '', 'cat /root/note.txt')).toBe('other');
  await files.push.getByText('Replace files that have other content').click();
  await files.button('Try again on 1 machine').click();
  await expect(files.push.getByRole('status')).toHaveText('Done on 2 of 2', GUEST);
  expect(await SerialShell.run(tt.agent, second?.id ?? '', 'cat /root/note.txt /root/two.txt')).toBe('a note\n2');
  expect(await SerialShell.run(tt.agent, first.id, 'cat /root/note.txt')).toBe('a note');
  await files.push.getByRole('button', { name: 'Close' }).last().click();
  await expect.poll(async () => (await tt.agent.client.transfer.list()).transfers).toEqual([]);

  // Where nothing takes them the window stays as it is.
  const address = tt.page.url();
  await files.drop(tt.page.getByRole('navigation', { name: 'Main' }), dropped);
  await expect(tt.page.locator('.drag-hint')).toBeHidden();
  await expect(env.header).toBeVisible();
  expect(tt.page.url()).toBe(address);
});

test('a machine takes files on its tile and lists what it has; one comes back as itself, several as an archive', async ({
  tt,
}, info) => {
  const [first] = await createEnv(tt.agent, 'demo', 1);
  const window = new TtWindow(tt.page);
  const files = new GuestFiles(tt.page);
  await window.board.open('demo');
  const env = window.env('demo');
  await env.expectStates({ 'tiny-2-1': 'running' });
  await files.drop(env.machine('tiny-2-1'), await written(info, { 'one.txt': 'one\n' }));
  await files.push.getByRole('textbox', { name: 'Folder in the guests' }).fill('/srv/in/deep');
  await tt.page.keyboard.press('Enter');
  await expect(files.push.getByRole('status')).toHaveText('Done on 1 of 1', GUEST);
  await tt.page.keyboard.press('Escape');

  // By keyboard from the tile into the folder.
  await env.machine('tiny-2-1').focus();
  await tt.page.keyboard.press('f');
  await expect(tt.page.getByRole('heading', { name: 'Files of tiny-2-1' })).toBeVisible();
  await files.entry(/srv/).focus();
  await tt.page.keyboard.press('Enter');
  await expect(files.path).toHaveValue('/srv');
  await files.entry(/in/).focus();
  await tt.page.keyboard.press('Enter');
  await files.expectEntries('deep');
  await tt.page.keyboard.press('Backspace');
  await expect(files.path).toHaveValue('/srv');
  await files.path.fill('/srv/in/deep');
  await tt.page.keyboard.press('Enter');
  await files.expectEntries('one.txt');
  expect(await serious(tt.page, 'files')).toEqual([]);

  // Dropped on the list they go into that folder, and are there.
  await files.drop(files.list, await written(info, { 'two.txt': '2\n' }));
  await expect(files.push.getByRole('textbox', { name: 'Folder in the guests' })).toHaveValue('/srv/in/deep');
  await files.button('Push to 1 machine').click();
  await expect(files.push.getByRole('status')).toHaveText('Done on 1 of 1', GUEST);
  await tt.page.keyboard.press('Escape');
  await files.expectEntries('one.txt', 'two.txt');

  if (tt.kind !== 'browser') {
    const download = tt.page.waitForEvent('download');
    await files.entry(/one/).focus();
    await tt.page.keyboard.press('Enter');
    const file = await download;
    expect(file.suggestedFilename()).toBe('one.txt');
    expect(await readFile(await file.path(), 'utf8')).toBe('one\n');
    const archive = tt.page.waitForEvent('download');
    await tt.page.keyboard.press('Control+a');
    await expect(tt.page.getByText('2 of 2 selected, 6 B')).toBeVisible();
    await tt.page.getByRole('button', { name: 'Get', exact: true }).click();
    expect((await archive).suggestedFilename()).toBe('tiny-2-1.tar');
  }

  await tt.agent.client.vm.stop({ vmId: first.id, operationId: crypto.randomUUID(), graceS: 0 });
  await expect(tt.page.getByRole('button', { name: 'Push files…' })).toHaveAccessibleDescription('Not running');
});

test('several files are written into a new folder of the one that is chosen, where the browser offers it', async ({
  tt,
}) => {
  test.skip(tt.kind !== 'browser', 'the desktop saves downloads');
  const [first] = await createEnv(tt.agent, 'demo', 1);
  const files = new GuestFiles(tt.page);
  await SerialShell.run(tt.agent, first.id, 'mkdir -p /srv/a; echo one > /srv/a/one; echo two > /srv/two');
  // A chooser of the system can't be driven: the private folder of the page is a real one.
  await tt.page.evaluate(() => {
    Object.assign(window, { showDirectoryPicker: () => navigator.storage.getDirectory() });
  });
  await tt.page.evaluate((vmId) => {
    window.location.hash = `#/envs/demo/files/${vmId}/%2Fsrv`;
  }, first.id);
  await files.entry(/two/).focus();
  await tt.page.keyboard.press('Control+a');
  await tt.page.getByRole('button', { name: 'Get', exact: true }).click();
  await expect(tt.page.getByText('2 files saved: tiny-2-1')).toBeVisible();
  const texts = await tt.page.evaluate(async () => {
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('tiny-2-1');
    const inner = await folder.getDirectoryHandle('a');
    const read = async (from: FileSystemDirectoryHandle, name: string) =>
      (await (await from.getFileHandle(name)).getFile()).text();
    return [await read(inner, 'one'), await read(folder, 'two')];
  });
  expect(texts).toEqual(['one\n', 'two\n']);
});
