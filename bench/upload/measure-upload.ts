// How fast the window sends a file to its agent: from the press of Import until the agent has all of it, synced and hashed.
import type { TtClient } from '@tt/protocol';
import type { Page } from '@playwright/test';
import { waitUntil } from '../wait-until.ts';
import { longestFrame, watchFrames } from '../window/frame-gaps.ts';
import { mainThreadDuring } from '../window/main-thread.ts';

/** Of a large file on a slow disk; asked seldom, as each question takes time of the agent that is measured. */
const END = { timeoutMs: 600_000, everyMs: 20 };

export interface UploadMetrics {
  seconds: number;
  /** Longest time between two frames of the page meanwhile, in ms. */
  longestFrameMs: number;
}

/** Leaves nothing at the agent: the file is no image, so that its import is refused. */
export async function measureUpload(page: Page, client: TtClient, file: string): Promise<UploadMetrics> {
  const press = await chooseFile(page, file);
  await watchFrames(page);
  const begun = performance.now();
  await press();
  await untilSent(client);
  const seconds = (performance.now() - begun) / 1000;
  const longestFrameMs = await longestFrame(page);
  await clearUp(page, client);
  return { seconds, longestFrameMs };
}

/** The longest task of the page’s main thread meanwhile, in ms of processor time. In an upload of its own: a trace takes time too. */
export async function measureTasks(page: Page, client: TtClient, file: string): Promise<number> {
  const press = await chooseFile(page, file);
  const { thread } = await mainThreadDuring(page, async () => {
    await press();
    await untilSent(client);
  });
  await clearUp(page, client);
  return thread.longestTaskMs;
}

/** What begins to send it. */
async function chooseFile(page: Page, file: string): Promise<() => Promise<void>> {
  await page.evaluate(() => (window.location.hash = '#/images'));
  await page.getByRole('button', { name: 'Import…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Import an image' });
  await dialog.locator('input[type=file]').setInputFiles(file);
  const button = dialog.getByRole('button', { name: 'Import', exact: true });
  return () => button.click();
}

async function untilSent(client: TtClient): Promise<void> {
  await waitUntil('the upload', async () => ((await states(client)).includes('open') ? true : null));
  await waitUntil('the end of the upload', async () => ((await states(client)).includes('open') ? null : true), END);
}

async function clearUp(page: Page, client: TtClient): Promise<void> {
  await waitUntil('the agent has nothing of it', async () => ((await states(client)).length === 0 ? true : null));
  await page.getByRole('region', { name: 'Messages' }).getByRole('button', { name: 'Close' }).first().click();
}

async function states(client: TtClient): Promise<string[]> {
  return (await client.transfer.list()).transfers.map(({ state }) => state);
}
