// The HTML report of a matrix that failed: its link opens the snapshot that was kept, in a browser that is logged in to the agent; one that
// is not is asked to, and gets there afterwards.
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from '@playwright/test';
import type { TestAgent } from '../fixtures/agent.ts';
import { expect, test } from '../fixtures/tt.ts';
import { spawnNode } from '../host/spawn.ts';
import { TtWindow } from '../pages/window.ts';

test.skip(({ launcher }) => launcher !== 'browser', 'a desktop does not open addresses of agents');

/** Of `tt`: a step failed on a machine. */
const STEP_FAILED = 8;
const MATRIX = `name: smoke
systems: [{ osPrefix: tiny }]
steps:
  - { name: serves, run: cat /no/such }
snapshotAtFirstFailure: true
keepS: 600
`;
const cli = path.resolve(import.meta.dirname, '../../cli/main.ts');

/** Runs the matrix as a user does; gives the file of the report. */
async function failingMatrix(agent: TestAgent, folder: string): Promise<string> {
  const [file, report] = [path.join(folder, 'smoke.yaml'), path.join(folder, 'smoke.html')];
  await mkdir(folder, { recursive: true });
  await writeFile(file, MATRIX);
  const child = spawnNode({
    modulePath: cli,
    args: ['matrix', 'run', file, '--report-html', report, '--artefacts', path.join(folder, 'got')],
    env: { TT_HOME: agent.home, TT_TOKEN: undefined },
  });
  let said = '';
  child.stdout?.on('data', (bytes: Buffer) => {
    said += String(bytes);
  });
  child.stderr?.on('data', (bytes: Buffer) => {
    said += String(bytes);
  });
  const [exitCode] = (await once(child, 'close')) as [number | null];
  expect([exitCode, said]).toEqual([STEP_FAILED, expect.stringContaining('snapshot: ')]);
  return report;
}

/** The report from a folder, as from a mail; its link is clicked. */
async function openFromReport(page: Page, report: string): Promise<void> {
  await page.goto(pathToFileURL(report).href);
  await page.getByRole('link', { name: 'Open it in the window' }).click();
}

async function expectKeptSnapshot(page: Page, agent: TestAgent): Promise<void> {
  const window = new TtWindow(page);
  await window.ready();
  expect(page.url()).toBe(`${agent.url}/#/envs/smoke/timeline`);
  await expect(page.getByRole('tab', { name: 'Timeline' })).toHaveAttribute('aria-selected', 'true');
  const timeline = page.getByRole('tabpanel', { name: 'Timeline' });
  await expect(timeline.getByText('first-failure', { exact: true })).toBeVisible();
  await expect(window.shelf.snapshot('first-failure')).toBeVisible();
}

test('the link of the report opens the kept snapshot', { tag: '@deep' }, async ({ tt, agent }, testInfo) => {
  const report = await failingMatrix(agent, testInfo.outputDir);
  const page = await tt.page.context().newPage();
  await openFromReport(page, report);
  await expectKeptSnapshot(page, agent);
  await page.close();

  const stranger = await tt.page.context().browser()?.newContext({ locale: 'en-US' });
  const asked = await stranger?.newPage();
  if (!asked) throw new Error('there is no browser');
  await openFromReport(asked, report);
  await asked.getByRole('textbox', { name: 'Code or token' }).fill(await agent.invite());
  await asked.getByRole('button', { name: 'Enter', exact: true }).click();
  await expectKeptSnapshot(asked, agent);
  await stranger?.close();
});
