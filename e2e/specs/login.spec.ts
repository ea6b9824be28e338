// A browser logs in by the OpenID provider of the agent: a real one, in the process of this spec. It leaves for it and comes back, is told
// why it is not let in, and what a restart of the agent in between means.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { CLIENT_SECRET, startTestProvider, type TestProvider } from '../../agent/testing/test-openid-provider.ts';
import { expect, test } from '../fixtures/tt.ts';
import { TtWindow } from '../pages/window.ts';

test.skip(({ launcher }) => launcher !== 'browser', 'a desktop has its own way, by its connections');

let provider: TestProvider;

test.beforeEach(async ({ agent }) => {
  provider = await startTestProvider(() => [agent.url]);
  const secretFile = path.join(agent.home, 'oidc-secret');
  await writeFile(secretFile, CLIENT_SECRET);
  const oidc = { ...provider.configFor(agent.url), clientSecretFile: secretFile, createUsers: true };
  // JSON is YAML too.
  await writeFile(path.join(agent.home, 'agent.yaml'), JSON.stringify({ oidc }));
  await agent.kill();
  await agent.start();
});
test.afterEach(() => provider.stop());

async function uninvited(page: Page, url: string): Promise<Page> {
  const context = await page.context().browser()?.newContext({ locale: 'en-US' });
  const other = await context?.newPage();
  if (!other) throw new Error('there is no browser');
  await other.goto(url);
  return other;
}

test('goes to the provider and comes back logged in, or is told why not', async ({ tt, agent }) => {
  const page = await uninvited(tt.page, agent.url);
  const button = page.getByRole('button', { name: 'Log in with Example' });
  // The person does not agree.
  await button.click();
  await expect(page.getByText('Example did not let you in')).toBeVisible();
  expect(page.url()).toBe(`${agent.url}/`);

  // The agent is started again while the browser is away.
  provider.person = { sub: 'subject-of-ann', preferred_username: 'ann' };
  await page.route(`${provider.issuer}/auth?*`, async (route) => {
    await agent.kill();
    await agent.start();
    await route.continue();
  });
  await button.click();
  await expect(page.getByText('This server does not know this login')).toBeVisible({ timeout: 60_000 });
  await page.unroute(`${provider.issuer}/auth?*`);

  await button.click();
  await new TtWindow(page).ready();
  expect(await page.evaluate(() => [window.location.search, window.sessionStorage.length])).toEqual(['', 0]);
  expect((await agent.client.session.list()).sessions.map(({ userName }) => userName)).toContain('ann');
  await page.context().close();
});
