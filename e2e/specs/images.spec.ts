// Images in the window: brought in from a file and from an address, with progress and with what goes wrong; renamed, deleted,
// kept while somebody uses them, and warmed; a disk put into the image folder appears automatically.
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { createEnv } from '../fixtures/env.ts';
import { expect, test } from '../fixtures/tt.ts';
import { ImagesPage } from '../pages/images.ts';
import { TtWindow } from '../pages/window.ts';

/** As much of an ISO 9660 image as tells what it is. */
function medium(): Buffer {
  const bytes = Buffer.alloc(17 * 2048);
  bytes.write('CD001', 16 * 2048 + 1);
  return bytes;
}

test('a file becomes an image, is renamed and deleted; one that is none says so, and one in use stays', async ({
  tt,
}) => {
  await createEnv(tt.agent, 'demo', 1);
  const window = new TtWindow(tt.page);
  const images = new ImagesPage(tt.page);
  await window.ready();
  await window.goTo('Images');

  await images.openImport();
  await images.chooseFile('Net 12.iso', medium());
  await expect(images.field('Name')).toHaveValue('qemu:Net-12:iso');
  await images.import();
  await expect(images.importDialog).toBeHidden();
  await expect(images.row('qemu:Net-12:iso')).toContainText('ready');

  await images.openImport();
  await images.chooseFile('letter.raw', Buffer.from('Dear all'));
  await images.import();
  await expect(window.message(/letter\.raw was not imported/)).toBeVisible();
  await expect(images.row('qemu:letter:default')).toBeHidden();
  // Nothing of what was sent in vain is kept.
  await expect.poll(async () => (await tt.agent.client.transfer.list()).transfers).toEqual([]);

  await images.chooseFromMenu('qemu:Net-12:iso', 'Rename');
  const rename = window.dialog('Rename qemu:Net-12:iso');
  await rename.getByRole('textbox', { name: 'Name' }).fill('qemu:Boot-12:iso');
  await rename.getByRole('button', { name: 'Rename' }).click();
  await expect(images.row('qemu:Boot-12:iso')).toBeVisible();
  await images.chooseFromMenu('qemu:Boot-12:iso', 'Delete');
  await window.dialog('Delete qemu:Boot-12:iso?').getByRole('button', { name: 'Delete' }).click();
  await expect(images.row('qemu:Boot-12:iso')).toBeHidden();

  await images.chooseFromMenu('qemu:tiny-2:default', 'Delete');
  const refused = window.dialog('Delete qemu:tiny-2:default?');
  await expect(refused).toContainText('Used by demo/tiny-2-1');
  await expect(refused.getByRole('button', { name: 'Delete' })).toBeDisabled();
});

test('an address is fetched with its progress, and a wrong one says why', { tag: '@deep' }, async ({ tt }) => {
  const held = Promise.withResolvers<ServerResponse>();
  const server = createServer((request, response) => {
    if (request.url !== '/disk.iso') {
      response.writeHead(404).end();
      return;
    }
    const bytes = medium();
    response.writeHead(200, { 'content-length': bytes.length });
    // Half of it: the rest comes when the spec has seen the bar.
    response.write(bytes.subarray(0, bytes.length / 2));
    held.resolve(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const window = new TtWindow(tt.page);
  const images = new ImagesPage(tt.page);
  await window.ready();
  await window.goTo('Images');
  const fetchFrom = async (file: string) => {
    await images.openImport();
    await images.importDialog.getByRole('radio', { name: 'A URL' }).click();
    await images.field('URL').fill(`http://127.0.0.1:${port}/${file}`);
    await images.import();
    await expect(images.importDialog).toBeHidden();
  };

  await fetchFrom('disk.iso');
  const row = images.row('qemu:disk:iso');
  await expect(row).toContainText('Downloading');
  await expect(row.getByRole('progressbar')).toBeVisible();
  const response = await held.promise;
  response.end(medium().subarray(17 * 1024));
  await expect(row).toContainText('ready');

  await fetchFrom('nothing.iso');
  await expect(window.message(/could not be downloaded|404/)).toBeVisible();
  await expect(images.row('qemu:nothing:iso')).toBeHidden();
  await tt.agent.client.image.delete({ name: 'qemu:disk:iso', operationId: crypto.randomUUID() });
  server.close();
});

test('a disk put into the image folder comes by itself; one that can’t be used says why, and is deleted', {
  tag: '@deep',
}, async ({ tt }) => {
  const window = new TtWindow(tt.page);
  const images = new ImagesPage(tt.page);
  await window.ready();
  await window.goTo('Images');
  const folder = path.join(tt.agent.home, 'images');
  await writeFile(path.join(folder, 'ours.raw'), 'disk of 64 MiB');
  await writeFile(path.join(folder, 'odd.img'), 'disk of 8 MiB, backing:/etc/shadow');
  await expect(images.row('qemu:ours:default')).toContainText('ready');
  const odd = images.row('qemu:odd:default');
  await expect(odd).toContainText('it depends on another file');
  await images.chooseFromMenu('qemu:odd:default', 'Details…');
  const details = window.dialog('Details of qemu:odd:default');
  await expect(details.getByRole('alert')).toContainText('it depends on another file');
  await tt.page.keyboard.press('Escape');
  for (const image of ['qemu:odd:default', 'qemu:ours:default']) {
    await images.chooseFromMenu(image, 'Delete');
    await window.dialog(`Delete ${image}?`).getByRole('button', { name: 'Delete' }).click();
    await expect(images.row(image)).toBeHidden();
  }
});

// Fake guests are never idle: an agent as users start it waits a minute for them.
test('an image that is being warmed shows its progress in place, and that can be cancelled', async ({ tt }) => {
  const tiny = 'qemu:tiny-2:default';
  const window = new TtWindow(tt.page);
  const images = new ImagesPage(tt.page);
  await window.ready();
  await window.goTo('Images');
  const row = images.row(tiny);
  const before = await row.boundingBox();

  await images.chooseFromMenu(tiny, 'Keep warm');
  await expect(row.getByText('Waiting until the guest is idle')).toBeVisible();
  expect(await row.boundingBox()).toEqual(before);
  await images.openMenu(tiny);
  await expect(images.menuEntry('Keep warm')).toHaveAttribute('aria-disabled', 'true');
  await tt.page.keyboard.press('Escape');
  await row.getByRole('button', { name: `Cancel: Warm ${tiny}` }).click();
  await expect(window.message(/cancelled, nothing was left behind/)).toBeVisible();
  await expect(row.getByRole('progressbar')).toBeHidden();
  expect(await row.boundingBox()).toEqual(before);
  expect((await tt.agent.client.image.show({ name: tiny })).image.warm).toBeNull();
});

test('a machine is published in three steps: its state, a name, and what will be done', { tag: '@deep' }, async ({
  tt,
}) => {
  await createEnv(tt.agent, 'demo', 1);
  await tt.agent.client.snapshot.create({ operationId: crypto.randomUUID(), envName: 'demo', name: 'clean' });
  const window = new TtWindow(tt.page);
  const images = new ImagesPage(tt.page);
  await window.board.open('demo');
  const machine = window.env('demo').machine('tiny-2-1');
  await machine.getByRole('button', { name: /^Actions of/ }).click();
  await images.menuEntry('Publish as image…').click();
  const guide = window.dialog('Publish tiny-2-1 as an image');
  const next = guide.getByRole('button', { name: 'Next' });
  await expect(guide.getByRole('radio', { name: 'As it is now' })).toBeChecked();
  await expect(next).toBeDisabled();
  // A snapshot needs no stop.
  await guide.getByText('clean', { exact: true }).click();
  await expect(next).toBeEnabled();
  await guide.getByText('As it is now').click();
  await guide.getByRole('button', { name: 'Stop' }).click();
  await expect(next).toBeEnabled();
  await next.click();

  const name = guide.getByRole('textbox', { name: 'Name' });
  await expect(name).toBeFocused();
  await name.fill('qemu:tiny-2:default');
  await expect(guide.getByRole('alert')).toContainText('is taken');
  await expect(next).toBeDisabled();
  await name.fill('qemu:tiny-2:ours');
  await tt.page.keyboard.press('Enter');
  await expect(guide.getByRole('heading', { name: 'Step 3 of 3: Check' })).toBeFocused();
  await guide.getByRole('button', { name: 'Publish', exact: true }).click();
  await expect(guide).toBeHidden();
  await window.goTo('Images');
  await expect(images.row('qemu:tiny-2:ours')).toContainText('ready');
  await images.chooseFromMenu('qemu:tiny-2:ours', 'Delete');
  await window.dialog('Delete qemu:tiny-2:ours?').getByRole('button', { name: 'Delete' }).click();
  await expect(images.row('qemu:tiny-2:ours')).toBeHidden();
});

test.describe('in Chinese', { tag: '@deep' }, () => {
  test.use({ locale: 'zh-CN' });

  test('images say what they are in the language of the reader, as far as they say it in that', async ({ tt }) => {
    await tt.page.evaluate(() => (window.location.hash = '#/images'));
    const table = tt.page.getByRole('grid', { name: '镜像' });
    const row = (name: string) => table.getByRole('row').filter({ has: tt.page.getByText(name, { exact: true }) });
    await expect(row('qemu:debian-13:cloud')).toContainText('Debian 13（trixie），厂商的通用云镜像。');
    // Somebody else’s says it in English only.
    await expect(row('qemu:tiny-2:default')).toContainText('A stand-in for tests.');
    await row('qemu:debian-13:cloud').getByText('qemu:debian-13:cloud', { exact: true }).click();
    await expect(tt.page.getByRole('dialog')).toContainText('厂商的通用云镜像');
    await expect(tt.page.getByText(/vendor's/)).toHaveCount(0);
  });
});
