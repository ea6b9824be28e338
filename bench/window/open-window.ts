// Headless Chromium, and the built window in it, signed in at an agent.
import { type Browser, chromium, type Page } from '@playwright/test';
import type { AgentProcess } from '../agent-process.ts';

export const VIEWPORT = { width: 1280, height: 820 };

/** Debian’s, or CHROMIUM_BIN; it ends with `resources`, and leaves signals to who started it. */
export async function launchChromium(resources: AsyncDisposableStack): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM_BIN'] ?? '/usr/bin/chromium',
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
    handleSIGINT: false,
    handleSIGTERM: false,
  });
  resources.defer(() => browser.close());
  return browser;
}

/** It is on the board, whose bar is there; the browser ends with `resources`. */
export async function openWindow(resources: AsyncDisposableStack, agent: AgentProcess): Promise<Page> {
  const browser = await launchChromium(resources);
  const page = await (await browser.newContext({ viewport: VIEWPORT })).newPage();
  const { code } = await agent.connection.client.session.invite();
  await page.goto(`${agent.url}/#join=${code}`);
  // Signed in, before anything is done in it.
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
  return page;
}
