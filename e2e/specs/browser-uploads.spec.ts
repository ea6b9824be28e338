// Files of this computer in a browser: each is the body of one request, which the browser reads from the disk, and goes only if it
// is still the one that was chosen.
import { mkdir, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures/tt.ts';
import { disk } from '../pages/half-sent-import.ts';
import { ImagesPage } from '../pages/images.ts';
import { TtWindow } from '../pages/window.ts';

test.skip(({ launcher }) => launcher !== 'browser', 'on the desktop main sends files');

/** From now on, what requests of the page have as their bodies; the page itself can read no file. */
async function watchBodies(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    const bodies: string[] = [];
    Reflect.set(window, 'sentBodies', bodies);
    const { send } = XMLHttpRequest.prototype;
    XMLHttpRequest.prototype.send = function (this: XMLHttpRequest, body) {
      bodies.push(Object.prototype.toString.call(body));
      send.call(this, body);
    };
    const read = Blob.prototype.arrayBuffer;
    Reflect.set(window, 'readAgain', () => (Blob.prototype.arrayBuffer = read));
    Blob.prototype.arrayBuffer = () => new Promise(() => {});
  });
  return () => page.evaluate(() => Reflect.get(window, 'sentBodies') as string[]);
}

test('a chosen file is sent as it is, unless it has changed since', async ({ tt }, info) => {
  const name = 'qemu:large:default';
  const file = path.join(info.outputPath('files'), 'large.qcow2');
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, disk());
  const window = new TtWindow(tt.page);
  const images = new ImagesPage(tt.page);
  await window.ready();
  await window.goTo('Images');
  const bodies = await watchBodies(tt.page);
  const importIt = async (change = async () => {}) => {
    await images.openImport();
    await images.importDialog.locator('input[type=file]').setInputFiles(file);
    await change();
    await images.import();
  };

  await importIt();
  await expect(images.row(name)).toContainText('ready');
  expect(await bodies()).toEqual(['[object File]']);
  await tt.agent.client.image.delete({ name, operationId: crypto.randomUUID() });

  // Who says what is wrong with it is the page, which has to read it for that.
  await tt.page.evaluate(() => (Reflect.get(window, 'readAgain') as () => void)());
  tt.expectMessage(/ERR_UPLOAD_FILE_CHANGED/);
  await importIt(() => utimes(file, 1, 1));
  const row = images.underWay(name);
  await expect(row.getByRole('alert')).toContainText('FILE_UNUSABLE');
  await row.locator('input[type=file]').setInputFiles(file);
  await expect(images.row(name)).toContainText('ready');
  expect(await bodies()).toEqual(['[object File]', '[object File]', '[object File]']);
  await tt.agent.client.image.delete({ name, operationId: crypto.randomUUID() });
});
