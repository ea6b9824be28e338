// People and teams in the window: an administrator makes users and a team and lets them in; a member sees the ENV that is shared, and a
// viewer what they can’t do, with the reason.
import type { Browser, Page } from '@playwright/test';
import { createEnv } from '../fixtures/env.ts';
import { expect, test } from '../fixtures/tt.ts';
import { serious } from '../pages/axe.ts';
import { TtWindow } from '../pages/window.ts';

test.skip(({ launcher }) => launcher !== 'browser', 'others come in with browsers');

/** What react-aria has just read out of a busy button points to a spinner that is gone. */
const seriousOn = async (page: Page, name: string) =>
  (await serious(page, name)).filter((line) => !line.includes('role-img-alt'));

/** A window of its own, let in by this link or token. */
async function windowOf(browser: Browser, address: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 820 } });
  const page = await context.newPage();
  await page.goto(address);
  return page;
}

test('a team is made, its ENV is shared with a member, and a viewer is told why not', { tag: '@deep' }, async ({
  tt,
  browser,
}) => {
  const { page, agent } = tt;
  const window = new TtWindow(page);
  await createEnv(agent, 'alone');
  await window.goTo('Settings');
  // The list of people has one home, to which Settings leads.
  await page.getByRole('link', { name: 'Open the list of people' }).click();
  const people = page.getByRole('region', { name: 'People' });
  for (const [name, role] of [
    ['ann', 'user'],
    ['vic', 'viewer'],
  ] as const) {
    await people.getByRole('textbox', { name: 'Name of a new user' }).fill(name);
    await people.getByRole('radiogroup', { name: 'Role of the new user' }).getByText(role, { exact: true }).click();
    await people.getByRole('button', { name: 'Add user' }).click();
    await expect(people.getByRole('button', { name: `Create link for ${name}` })).toBeVisible();
  }
  await window.goTo('Settings');
  const teams = page.getByRole('region', { name: 'Teams' });
  await teams.getByRole('textbox', { name: 'Name of a new team' }).fill('qa');
  await teams.getByRole('button', { name: 'Add team' }).click();
  for (const name of ['ann', 'vic']) {
    await teams.getByRole('textbox', { name: 'User who comes into qa' }).fill(name);
    await teams.getByRole('button', { name: 'Add member' }).click();
    await expect(teams.getByRole('button', { name: `Take ${name} out of qa` })).toBeVisible();
  }
  // Its quota holds for what is shared with it, and is there again when it is looked at.
  await teams.getByRole('button', { name: 'Quota of the team qa' }).click();
  const quota = page.getByRole('dialog', { name: 'Quota of the team qa' });
  await quota.getByRole('textbox', { name: 'Machines', exact: true }).fill('5');
  expect(await seriousOn(page, 'quota of a team')).toEqual([]);
  await quota.getByRole('button', { name: 'Save' }).click();
  await expect(window.message('The quota of the team qa was saved.')).toBeVisible();
  await teams.getByRole('button', { name: 'Quota of the team qa' }).click();
  await expect(quota.getByRole('textbox', { name: 'Machines', exact: true })).toHaveValue('5');
  await page.keyboard.press('Escape');
  expect((await agent.client.team.show({ name: 'qa' })).team.quota).toMatchObject({ vms: 5, envs: null });
  expect(await seriousOn(page, 'settings')).toEqual([]);

  // Shared in the settings of the ENV; its page says with whom.
  await window.goTo('ENVs');
  await window.board.open('alone');
  await page.getByRole('tab', { name: 'Settings' }).click();
  const settings = page.getByRole('region', { name: 'Settings', exact: true });
  await settings.getByRole('button', { name: /Shared with the team/ }).click();
  await page.getByRole('option', { name: 'qa' }).click();
  await settings.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Shared with the team qa; belongs to local')).toBeAttached();

  // The member comes in with a token of their own, finds it by the filter of teams, and can stop it, not delete it.
  const { secret } = await agent.client.token.create({ userName: 'ann', name: 'browser' });
  const ann = await windowOf(browser, agent.url);
  await ann.getByRole('textbox', { name: 'Code or token' }).fill(secret);
  await ann.getByRole('button', { name: 'Enter', exact: true }).click();
  const annWindow = new TtWindow(ann);
  await ann.getByRole('button', { name: 'Team', exact: true }).click();
  await expect(annWindow.board.card('alone')).toBeVisible();
  await annWindow.board.open('alone');
  await expect(ann.getByRole('button', { name: 'Stop', exact: true }).first()).not.toHaveAttribute('aria-disabled');
  await ann.getByRole('tab', { name: 'Settings' }).click();
  const remove = ann.getByRole('button', { name: 'Delete…', exact: true });
  await expect(remove).toHaveAttribute('aria-disabled', 'true');
  await expect(remove).toHaveAccessibleDescription('Only for its owner');

  // Taken out of the team, they see what others see, in the window that is open.
  await agent.client.team.removeMember({ name: 'qa', userName: 'ann' });
  await expect(ann.getByText('Shared with the team qa; belongs to local')).toHaveCount(0);
  await ann.context().close();

  // A viewer comes in by a link: all is greyed, with the reason, also for keys.
  const { code } = await agent.client.user.invite({ name: 'vic' });
  const vic = await windowOf(browser, `${agent.url}/#join=${code}`);
  const vicWindow = new TtWindow(vic);
  await expect(vicWindow.board.card('alone')).toBeVisible();
  const why = 'You are a viewer: you can only look';
  await expect(vicWindow.newEnvButton).toHaveAccessibleDescription(why);
  await vic.keyboard.press('n');
  await expect(vicWindow.message(`New ENV: ${why}`)).toBeVisible();
  await vicWindow.board.open('alone');
  for (const name of ['Stop', 'Snapshot']) {
    await expect(vic.getByRole('button', { name, exact: true }).first()).toHaveAccessibleDescription(why);
  }
  expect(await seriousOn(vic, 'of a viewer')).toEqual([]);
  await vic.context().close();
});
