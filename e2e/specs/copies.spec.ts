// Forks, clones and capsules in the window, with the fake engine: made as requested, refused in words, and out and in again as a
// file; the schedule of snapshots; an installation from a CD.
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createEnv } from '../fixtures/env.ts';
import { expect, test } from '../fixtures/tt.ts';
import { CopyDialogs } from '../pages/copies.ts';
import { TtWindow } from '../pages/window.ts';

test('a snapshot is forked, with a lifetime and copies, and an ENV cloned by keyboard', async ({ tt }) => {
  await createEnv(tt.agent, 'demo', 2);
  await tt.agent.client.snapshot.create({ envName: 'demo', name: 'clean' });
  const window = new TtWindow(tt.page);
  const dialogs = new CopyDialogs(tt.page);
  await window.board.open('demo');
  await window.shelf.chooseFromMenu('clean', 'Fork…');
  const fork = dialogs.fork('clean');
  await fork.getByRole('textbox', { name: 'Name' }).fill('demo');
  await tt.page.keyboard.press('Enter');
  await expect(fork.getByText('There is already an ENV called demo.')).toBeVisible();
  await fork.getByRole('textbox', { name: 'Name' }).fill('twin');
  await fork.getByRole('textbox', { name: 'Copies' }).press('ArrowUp');
  await expect(fork.getByRole('region', { name: 'Names of the copies' }).getByRole('listitem')).toHaveText([
    'twin-1',
    'twin-2',
  ]);
  await fork.getByRole('radio', { name: '4 h' }).click();
  await fork.getByRole('button', { name: 'Create 2 forks' }).click();
  await expect(window.message('twin-1, twin-2 created')).toBeVisible();
  const { env, vms } = await tt.agent.client.env.show({ name: 'twin-2' });
  expect([Date.parse(env.endAt) - Date.parse(env.startAt), vms.length]).toEqual([4 * 3_600_000, 2]);

  await dialogs.command('Clone demo');
  await dialogs.clone('demo').getByText('Fenced').click();
  await dialogs.clone('demo').getByRole('textbox', { name: 'Name' }).fill('shut');
  await tt.page.keyboard.press('Enter');
  await expect(window.message('shut created')).toBeVisible();
  expect((await tt.agent.client.env.show({ name: 'shut' })).env.fenced).toBe(true);
});

test('the sheet for forks says what they take, and what is too much at the field that asks for it', async ({ tt }) => {
  const vms = await createEnv(tt.agent, 'demo', 2);
  const memoryMiB = vms.reduce((sum, { spec }) => sum + spec.memoryMiB, 0);
  await tt.agent.client.snapshot.create({ envName: 'demo', name: 'clean' });
  // Somebody has the third of the names.
  await createEnv(tt.agent, 'twin-3');
  const window = new TtWindow(tt.page);
  const dialogs = new CopyDialogs(tt.page);
  await window.ready();
  await dialogs.command('New ENV from “clean”');
  const fork = dialogs.fork('clean');
  const create = fork.getByRole('button', { name: /^(Fork|Create \d+ forks)$/ });
  const memory = fork.getByRole('row', { name: /^Memory/ });
  await expect(memory).toContainText(`${memoryMiB} MiB`);
  // By keyboard: the name has the focus, the next field is the count.
  await tt.page.keyboard.press('ControlOrMeta+a');
  await tt.page.keyboard.type('twin');
  const count = fork.getByRole('textbox', { name: 'Copies' });
  await count.focus();
  // One call makes fifty at most.
  await count.fill('100');
  await count.blur();
  await expect(count).toHaveValue('50');
  await count.fill('1');
  await count.focus();
  for (let press = 0; press < 2; press++) await tt.page.keyboard.press('ArrowUp');
  await expect(fork.getByText('There is already an ENV called twin-3.')).toBeVisible();
  await expect(create).toHaveAttribute('aria-disabled', 'true');
  await tt.page.keyboard.press('ArrowDown');
  await expect(create).not.toHaveAttribute('aria-disabled', 'true');
  await expect(memory.getByRole('cell').last()).toHaveText(`${2 * memoryMiB} MiB`);

  // More than the host has: said beside the count, by the agent; Enter does nothing.
  await fork.getByRole('textbox', { name: 'Name' }).fill('many');
  await count.fill('100');
  await count.press('Tab');
  await expect(count).toHaveAttribute('aria-invalid', 'true');
  await expect(fork.getByText(/^Not enough (memory|processors|disk): total/)).toBeVisible();
  await expect(create).toHaveAttribute('aria-disabled', 'true');
  await count.press('Enter');
  await expect(fork).toBeVisible();
  expect((await tt.agent.client.env.list()).envs.map(({ name }) => name).toSorted()).toEqual(['demo', 'twin-3']);
  await tt.page.keyboard.press('Escape');
  await expect(fork).toBeHidden();
});

test('an ENV goes out as a capsule and comes back from the file; what is none says so', async ({ tt }, info) => {
  await createEnv(tt.agent, 'demo', 1);
  const window = new TtWindow(tt.page);
  const dialogs = new CopyDialogs(tt.page);
  await window.ready();
  await dialogs.command('Export demo');
  const saved = tt.page.waitForEvent('download');
  await dialogs.export('demo').getByRole('button', { name: 'Export' }).click();
  const file = info.outputPath('demo.tt-capsule');
  await (await saved).saveAs(file);
  await expect(dialogs.export('demo')).toBeHidden();
  expect((await readFile(file)).toString('latin1', 257, 262)).toBe('ustar');

  await dialogs.command('Import a capsule');
  const dialog = dialogs.importCapsule;
  const letter = path.join(path.dirname(file), 'letter.tt-capsule');
  await writeFile(letter, 'Dear all');
  await dialog.locator('input[type=file]').setInputFiles(letter);
  await expect(dialog.getByRole('alert')).toContainText('is not a usable capsule');
  await dialog.locator('input[type=file]').setInputFiles(file);
  await expect(dialog).toContainText('1 machine');
  await expect(dialog.getByRole('textbox', { name: 'Name' })).toHaveValue('demo-2');
  await dialog.getByRole('button', { name: 'Import', exact: true }).click();
  await expect(window.message('demo-2 imported')).toBeVisible();
  await window.env('demo-2').expectStates({ 'tiny-2-1': 'running' });
  expect((await tt.agent.client.transfer.list()).transfers).toEqual([]);
});

test('an ENV takes snapshots by itself when told to, and stops when told to', { tag: '@deep' }, async ({ tt }) => {
  await createEnv(tt.agent, 'demo', 1);
  const window = new TtWindow(tt.page);
  await window.board.open('demo');
  await tt.page.getByRole('tab', { name: 'Settings' }).click();
  const form = tt.page.getByRole('region', { name: 'Scheduled snapshots' });
  // By keyboard, as one goes through a form.
  await form.getByRole('textbox', { name: /^Every/ }).focus();
  await tt.page.keyboard.type('15');
  await tt.page.keyboard.press('Tab');
  await expect(form.getByRole('textbox', { name: /^Keep/ })).toBeFocused();
  await tt.page.keyboard.type('3');
  await tt.page.keyboard.press('Enter');
  await expect(form).toContainText(/next/i);
  const schedule = async () => (await tt.agent.client.env.show({ name: 'demo' })).env.snapshotSchedule;
  expect(await schedule()).toEqual({ everyMinutes: 15, keep: 3 });
  await form.getByRole('textbox', { name: /^Every/ }).fill('');
  await tt.page.keyboard.press('Enter');
  await expect.poll(schedule).toBeNull();
});

test('a system is installed from a CD: its dialog, then its console', { tag: '@deep' }, async ({ tt }) => {
  const bytes = Buffer.alloc(17 * 2048);
  bytes.write('CD001', 16 * 2048 + 1);
  await writeFile(path.join(tt.agent.home, 'images', 'net.iso'), bytes);
  const window = new TtWindow(tt.page);
  await window.ready();
  await window.goTo('Images');
  await expect(tt.page.getByText('qemu:net:iso')).toBeVisible();
  await tt.page.getByRole('button', { name: 'Install from ISO…' }).click();
  const dialog = window.dialog('Install from ISO');
  await expect(dialog.getByRole('radio', { name: 'qemu:net:iso' })).toBeChecked();
  await dialog.getByRole('button', { name: 'Next' }).click();
  await dialog.getByRole('textbox', { name: 'Name of the ENV' }).fill('fresh');
  await dialog.getByRole('textbox', { name: 'Disk, MiB' }).fill('256');
  await dialog.getByRole('textbox', { name: 'Memory, MiB' }).fill('96');
  await tt.page.keyboard.press('Enter');
  await expect(dialog.getByRole('heading', { name: /^Step 3 of 3/ })).toBeFocused();
  await expect(dialog).toContainText('256 MiB');
  // What was filled in stays.
  await dialog.getByRole('button', { name: 'Back' }).click();
  await expect(dialog.getByRole('textbox', { name: 'Name of the ENV' })).toHaveValue('fresh');
  await dialog.getByRole('button', { name: 'Next' }).click();
  await dialog.getByRole('button', { name: 'Start the installer' }).click();
  await expect(tt.page.getByRole('toolbar', { name: 'Console tools' })).toBeVisible();
  const [vm] = (await tt.agent.client.env.show({ name: 'fresh' })).vms;
  expect([vm?.spec.disks[0]?.sizeMiB, vm?.spec.cds[0]?.medium, vm?.spec.memoryMiB]).toEqual([256, 'qemu:net:iso', 96]);
});
