// Files of this computer on the desktop: main sends them, and the page reads nothing of them; what it has sent goes on that way.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page, TestInfo } from '@playwright/test';
import { expect, test } from '../fixtures/tt.ts';
import { TestHost } from '../host/test-host.ts';
import { GuestFiles } from '../pages/guest-files.ts';
import { disk, halfSentImport } from '../pages/half-sent-import.ts';
import { ImagesPage } from '../pages/images.ts';
import { TtWindow } from '../pages/window.ts';

test.skip(({ launcher }) => launcher === 'browser', 'a browser sends its files itself');

async function writeDisk(info: TestInfo, name: string): Promise<string> {
  const file = path.join(info.outputPath('files'), name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, disk());
  return file;
}

/** So many blocks of files can be read by the page from now on, until it is loaded again; whoever wants more waits. */
async function readsOnly(page: Page, blocks: number): Promise<void> {
  await page.evaluate((most) => {
    const read = Blob.prototype.arrayBuffer;
    let left = most;
    Blob.prototype.arrayBuffer = function (this: Blob) {
      return left-- > 0 ? read.call(this) : new Promise(() => {});
    };
  }, blocks);
}

test('what is dropped, chosen or opened with TT is sent by main; the page reads nothing of it', async ({
  tt,
}, info) => {
  const window = new TtWindow(tt.page);
  const images = new ImagesPage(tt.page);
  await window.ready();
  await window.goTo('Images');
  await readsOnly(tt.page, 0);
  const files = await Promise.all(['one', 'two'].map((name) => writeDisk(info, `${name}.qcow2`)));
  await new GuestFiles(tt.page).drop(tt.page.getByRole('region', { name: 'Images', exact: true }), files);
  const names = ['qemu:one:default', 'qemu:two:default'];
  for (const name of names) await expect(images.row(name)).toContainText('ready');

  await images.openImport();
  await images.importDialog.locator('input[type=file]').setInputFiles(await writeDisk(info, 'three.qcow2'));
  await images.import();
  names.push('qemu:three:default');
  await expect(images.row('qemu:three:default')).toContainText('ready');

  if (tt.app instanceof TestHost) {
    await tt.app.startAgain(['tt-desktop', await writeDisk(info, 'four.qcow2')]);
    await expect(images.importDialog).toContainText('four.qcow2');
    await images.import();
    names.push('qemu:four:default');
    await expect(images.row('qemu:four:default')).toContainText('ready');
  }
  await expect(images.imports).toBeHidden();
  for (const name of names) await tt.agent.client.image.delete({ name, operationId: crypto.randomUUID() });
});

test(
  'what the page has begun is gone on with by main, after a reload and with the file itself',
  { tag: '@deep' },
  async ({ tt }, info) => {
    const name = 'qemu:large:default';
    const window = new TtWindow(tt.page);
    const images = new ImagesPage(tt.page);
    await window.ready();
    await window.goTo('Images');
    const file = await writeDisk(info, 'large.qcow2');
    await readsOnly(tt.page, 1);
    // The page makes this one, so it is no file of this computer, and goes by the page.
    const row = await halfSentImport(tt);
    // What was sent is compared by the page: one block, which holds all of it; the rest it can't read.
    await readsOnly(tt.page, 1);
    await row.locator('input[type=file]').setInputFiles(file);
    await expect(images.row(name)).toContainText('ready');
    await tt.agent.client.image.delete({ name, operationId: crypto.randomUUID() });
  },
);
