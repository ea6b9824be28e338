// An import of an image whose sending was cut off by a reload of the window, which then asks for the file again.
import { expect, type Locator } from '@playwright/test';
import type { Tt } from '../fixtures/tt.ts';
import { ImagesPage } from './images.ts';
import { TtWindow } from './window.ts';

export const MIB = 1024 * 1024;

/** What the fake image tool takes for a disk. */
export function disk(sizeBytes = 5 * MIB): Buffer {
  const bytes = Buffer.alloc(sizeBytes);
  bytes.write('QFI\u00fb disk of 64 MiB', 'latin1');
  return bytes;
}

/**
 * On the Images page, in a window that can send no more than the first 4 MiB: begins to import `disk()` as large.qcow2, loads the window again,
 * and gives the row of the import, which waits for its file.
 */
export async function halfSentImport({ page, agent }: Pick<Tt, 'page' | 'agent'>): Promise<Locator> {
  const images = new ImagesPage(page);
  await images.openImport();
  await images.chooseFile('large.qcow2', disk());
  await images.import();
  const sent = async () => (await agent.client.transfer.list()).transfers.map(({ doneBytes }) => doneBytes);
  await expect.poll(sent).toEqual([4 * MIB]);

  await page.reload();
  await new TtWindow(page).goTo('Images');
  const row = images.underWay('qemu:large:default');
  await expect(row).toContainText('Choose large.qcow2 again to continue at 80 %');
  return row;
}
