// Images brought in from this computer: dropped anywhere in the window, sent in the background with percent and rate, cancelled, and gone
// on with after a reload of the window, with the same file only.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page, TestInfo } from '@playwright/test';
import { createEnv } from '../fixtures/env.ts';
import { expect, test } from '../fixtures/tt.ts';
import { serious } from '../pages/axe.ts';
import { CopyDialogs } from '../pages/copies.ts';
import { GuestFiles } from '../pages/guest-files.ts';
import { disk, halfSentImport, MIB } from '../pages/half-sent-import.ts';
import { ImagesPage } from '../pages/images.ts';
import { TtWindow } from '../pages/window.ts';

async function written(info: TestInfo, files: Record<string, Buffer>): Promise<string[]> {
  const folder = info.outputPath('dropped');
  await mkdir(folder, { recursive: true });
  const paths = Object.keys(files).map((name) => path.join(folder, name));
  for (const file of paths) await writeFile(file, files[path.basename(file)] ?? '');
  return paths;
}

/**
 * Only so many blocks of 4 MiB of a file can be read from now on, or are in the body of a request, until the page is loaded again: what was
 * sent before is under way.
 */
async function holdAfter(page: Page, blocks: number): Promise<void> {
  await page.evaluate(
    ({ most, blockBytes }) => {
      const read = Blob.prototype.arrayBuffer;
      const { send } = XMLHttpRequest.prototype;
      let reads = 0;
      Blob.prototype.arrayBuffer = function (this: Blob) {
        return reads++ < most ? read.call(this) : new Promise(() => {});
      };
      XMLHttpRequest.prototype.send = function (this: XMLHttpRequest, body) {
        if (!(body instanceof Blob)) {
          send.call(this, body);
          return;
        }
        // What is left is sent by the stream, which can read nothing more.
        reads = most;
        send.call(this, body.slice(0, most * blockBytes));
      };
    },
    { most: blocks, blockBytes: 4 * MIB },
  );
}

test(
  'one file that is dropped anywhere on the page is asked about, several begin at once',
  { tag: '@deep' },
  async ({ tt }, info) => {
    const window = new TtWindow(tt.page);
    const images = new ImagesPage(tt.page);
    const files = new GuestFiles(tt.page);
    await window.ready();
    await window.goTo('Images');
    const page = tt.page.getByRole('region', { name: 'Images', exact: true });
    const [web = '', one = '', two = ''] = await written(info, {
      'web.qcow2': disk(1000),
      'one.qcow2': disk(1000),
      'two.qcow2': disk(1000),
    });

    await files.drop(page, [web], { hover: true });
    await expect(tt.page.locator('.drag-hint')).toHaveText('Drop to import');
    await files.drop(page, [web]);
    await expect(images.importDialog).toContainText('web.qcow2');
    await expect(images.field('Name')).toHaveValue('qemu:web:default');
    await images.field('Name').fill('qemu:web-1:ours');
    await tt.page.keyboard.press('Enter');
    await expect(images.importDialog).toBeHidden();
    await expect(images.row('qemu:web-1:ours')).toContainText('ready');

    await files.drop(page, [one, two]);
    await expect(images.row('qemu:one:default')).toContainText('ready');
    await expect(images.row('qemu:two:default')).toContainText('ready');
    await expect(images.imports).toBeHidden();
    await expect.poll(async () => (await tt.agent.client.transfer.list()).transfers).toEqual([]);
    for (const name of ['qemu:web-1:ours', 'qemu:one:default', 'qemu:two:default']) {
      await tt.agent.client.image.delete({ name, operationId: crypto.randomUUID() });
    }
  },
);

test(
  'a file that is dropped on any page is imported there, one that is no image is refused, and neither gets into a guest',
  {
    tag: '@deep',
  },
  async ({ tt }, info) => {
    const window = new TtWindow(tt.page);
    const images = new ImagesPage(tt.page);
    const files = new GuestFiles(tt.page);
    await createEnv(tt.agent, 'dropped');
    await window.ready();
    const [disk1 = '', disk2 = '', letter = '', capsule = ''] = await written(info, {
      'board.qcow2': disk(1000),
      'serial.qcow2': disk(1000),
      'letter.txt': Buffer.from('Dear all'),
      'demo.tt-capsule': Buffer.from('of another host'),
    });
    await window.goTo('Hosts');
    const content = tt.page.locator('main.content');
    await files.drop(content, [letter]);
    await expect(window.message('letter.txt is no image')).toBeVisible();
    await files.drop(content, [capsule]);
    const { importCapsule } = new CopyDialogs(tt.page);
    await expect(importCapsule).toContainText('demo.tt-capsule');
    await tt.page.keyboard.press('Escape');
    await expect(importCapsule).toBeHidden();

    // Between the cards, where nothing else takes files.
    await window.goTo('ENVs');
    await files.drop(content, [disk1], { hover: true });
    await expect(tt.page.locator('.drag-hint')).toContainText('Import as images');
    await tt.page.screenshot({ path: info.outputPath('drop-on-board.png') });
    await files.drop(content, [disk1]);
    await expect(window.message('board.qcow2 is being imported as qemu:board:default')).toBeVisible();
    await tt.page.getByRole('button', { name: 'Show in Images' }).click();
    await expect(images.row('qemu:board:default')).toContainText('ready');

    // The tools of a console, and its text; the guest itself takes files only after it was asked where.
    await window.goTo('ENVs');
    await window.board.open('dropped');
    await window.env('dropped').machine('tiny-2-1').getByRole('button', { name: 'Console' }).click();
    await files.drop(tt.page.locator('.console-toolbar'), [disk2]);
    await expect(window.message('serial.qcow2 is being imported')).toBeVisible();
    await files.drop(tt.page.locator('.console-stage'), [disk2]);
    await expect(files.push).toBeVisible();
    await tt.page.keyboard.press('Escape');
    await expect(files.push).toBeHidden();
    for (const name of ['qemu:board:default', 'qemu:serial:default']) {
      await expect
        .poll(async () => (await tt.agent.client.image.list()).images.find((image) => image.name === name)?.state)
        .toBe('ready');
      await tt.agent.client.image.delete({ name, operationId: crypto.randomUUID() });
    }
  },
);

test('a file is sent while other pages are used, and can be cancelled', { tag: '@deep' }, async ({ tt }) => {
  const name = 'qemu:large:default';
  const window = new TtWindow(tt.page);
  const images = new ImagesPage(tt.page);
  await window.ready();
  await window.goTo('Images');
  await holdAfter(tt.page, 1);
  await images.openImport();
  await images.chooseFile('large.qcow2', disk());
  await images.import();
  await expect(images.importDialog).toBeHidden();
  const row = images.underWay(name);
  await expect(row.getByRole('progressbar', { name: `Sending ${name}` })).toHaveAttribute('aria-valuenow', /^[1-9]/);
  await expect(row).toContainText(/\d+ % of 5 MiB/);
  expect(await serious(tt.page, 'an import under way')).toEqual([]);

  await window.goTo('ENVs');
  await tt.page.getByRole('button', { name: new RegExp(`^Sending ${name}: \\d+ %$`) }).click();
  await row.getByRole('button', { name: `Cancel: ${name}` }).click();
  await expect(row).toBeHidden();
  await expect.poll(async () => (await tt.agent.client.transfer.list()).transfers).toEqual([]);
  await expect(images.row(name)).toBeHidden();
});

test('after a reload the same file resumes where it stopped; another one is refused', { tag: '@deep' }, async ({
  tt,
}) => {
  const name = 'qemu:large:default';
  const window = new TtWindow(tt.page);
  const images = new ImagesPage(tt.page);
  await window.ready();
  await window.goTo('Images');
  await holdAfter(tt.page, 1);
  const row = await halfSentImport(tt);
  expect(await serious(tt.page, 'an import that needs its file')).toEqual([]);
  const choose = async (content: Buffer) => {
    const file = { name: 'large.qcow2', mimeType: 'application/octet-stream', buffer: content };
    await row.locator('input[type=file]').setInputFiles(file);
  };
  const other = disk();
  other[4 * MIB - 1] = 1;
  await choose(other);
  await expect(row.getByRole('alert')).toContainText('TRANSFER_OTHER_FILE');
  await choose(disk());
  await expect(images.row(name)).toContainText('ready');
  await expect(row).toBeHidden();
  await tt.agent.client.image.delete({ name, operationId: crypto.randomUUID() });
});

test('the table is filtered and sorted; a row opens its details by keyboard', { tag: '@deep' }, async ({ tt }) => {
  const window = new TtWindow(tt.page);
  const images = new ImagesPage(tt.page);
  const tiny = 'qemu:tiny-2:default';
  await window.ready();
  await window.goTo('Images');
  await tt.page.getByRole('radio', { name: 'Recipes' }).click();
  await expect(images.row('qemu:rocky-9:cloud')).toContainText('recipe');
  // Said once for all of them, not in each row.
  await expect(tt.page.getByText(/authors/)).toHaveText([/^Recipes: .+ have not run these recipes\.$/]);
  // Media of other specs may be there.
  await tt.page.getByRole('radio', { name: 'Failed' }).click();
  await expect(tt.page.getByText('There is no such image.')).toBeVisible();
  await tt.page.getByRole('radio', { name: 'All', exact: true }).click();
  await tt.page.getByRole('button', { name: /System/ }).click();
  await tt.page.getByRole('option', { name: 'tiny', exact: true }).click();
  await expect(images.row(tiny)).toBeVisible();
  await expect(images.row('qemu:rocky-9:cloud')).toBeHidden();
  await tt.page.getByRole('searchbox', { name: 'Filter images' }).fill('nothing like it');
  await expect(tt.page.getByText('No image matches “nothing like it”.')).toBeVisible();
  await tt.page.getByRole('searchbox', { name: 'Filter images' }).fill('');

  await images.table.getByRole('columnheader', { name: 'Size' }).click();
  await expect(images.table.getByRole('columnheader', { name: 'Size' })).toHaveAttribute('aria-sort', 'ascending');
  await images.row(tiny).focus();
  await tt.page.keyboard.press('Enter');
  const details = window.dialog(`Details of ${tiny}`);
  await expect(details.getByRole('region', { name: `Log of the build of ${tiny}` })).toContainText(
    'It was not built since the agent began.',
  );
  expect(await serious(tt.page, 'details of an image')).toEqual([]);
  await tt.page.keyboard.press('Escape');
  await expect(images.row(tiny)).toBeFocused();
});
