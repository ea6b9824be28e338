// The desktop in the strict test host of the specs: its built main process and preload, with the window in headless Chromium.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { TestHost } from '../../e2e/host/test-host.ts';
import type { AgentProcess } from '../agent-process.ts';
import { launchChromium, VIEWPORT } from './open-window.ts';

const main = path.resolve(import.meta.dirname, '../../out/main/main.js');

/** Its window shows this agent, as that of this computer; it ends with `resources`. */
export async function openDesktop(
  resources: AsyncDisposableStack,
  { home }: AgentProcess,
  folder: string,
): Promise<Page> {
  const browser = await launchChromium(resources);
  const userData = path.join(folder, 'desktop');
  await mkdir(userData, { recursive: true });
  const desktop = new TestHost({
    browser,
    main,
    userData,
    env: { TT_HOME: home },
    contextOptions: { viewport: VIEWPORT, locale: 'en-US' },
  });
  resources.defer(() => desktop.close());
  const page = await desktop.firstWindow();
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
  return page;
}
