// Several connections of the desktop: two agents side by side, each with its own ENVs; added, shown by a click and by keys, named,
// coloured, made the default one, removed; and the truth about one that is lost while another goes on.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { startSshServer } from '../../main/ssh/test-ssh-server.ts';
import { prepareImages, TestAgent } from '../fixtures/agent.ts';
import { createEnv } from '../fixtures/env.ts';
import { launch } from '../fixtures/launchers.ts';
import { expect, test } from '../fixtures/tt.ts';
import { TestHost } from '../host/test-host.ts';
import { serious } from '../pages/axe.ts';
import { TtWindow } from '../pages/window.ts';

test.skip(({ launcher }) => launcher === 'browser', 'a browser window belongs to the agent that served it');

let other: TestAgent;
test.beforeAll(async () => {
  other = await TestAgent.start('fake');
});
test.beforeEach(() => other.clear());
test.afterAll(() => other.dispose());

test('two agents at once: add, switch, name and colour, remove', { tag: '@deep' }, async ({ tt }) => {
  const { page, agent } = tt;
  const window = new TtWindow(page);
  await createEnv(agent, 'mine');
  await createEnv(other, 'theirs');
  await expect(window.board.card('mine')).toBeVisible();

  // A wrong token adds nothing; the right one shows the new server.
  await page.getByRole('button', { name: 'Connection: This computer' }).click();
  await page.getByRole('menuitem', { name: 'Add a server…' }).click();
  const add = window.dialog('Add a server');
  await add.getByRole('textbox', { name: 'Address' }).fill(other.url);
  await add.getByLabel('Token', { exact: true }).fill('not-the-token');
  await add.getByLabel('Name', { exact: true }).fill('Lab');
  await add.getByRole('button', { name: 'Connect' }).click();
  await expect(add.getByRole('alert')).toContainText('A valid access token is needed');
  await add.getByLabel('Token', { exact: true }).fill(other.token);
  await add.getByRole('button', { name: 'Connect' }).click();
  await expect(window.board.card('theirs')).toBeVisible();
  await expect(window.board.card('mine')).toHaveCount(0);
  const bar = page.getByRole('radiogroup', { name: 'Connections' });
  const tab = (name: string) => bar.getByRole('radio', { name });
  await expect(tab('Lab, connected')).toBeChecked();
  // What react-aria has just read out of a busy button points to a spinner that is gone.
  const found = await serious(page, 'two connections');
  expect(found.filter((line) => !line.includes('role-img-alt'))).toEqual([]);

  // One click, and a key. Where one was is where one comes back to.
  await window.goTo('Hosts');
  await tab('This computer').click();
  await expect(window.board.card('mine')).toBeVisible();
  await expect(window.board.card('theirs')).toHaveCount(0);
  await page.keyboard.press('Control+2');
  await expect(page).toHaveURL(/#\/hosts$/);
  await expect(tab('Lab, connected')).toBeChecked();
  await page.keyboard.press('Control+1');
  await expect(window.board.card('mine')).toBeVisible();

  // Its name and colour; then it is gone, with its tab.
  await page.keyboard.press('Control+2');
  await expect(tab('Lab, connected')).toBeChecked();
  await window.goTo('Settings');
  await page.getByRole('button', { name: 'Actions of Lab' }).click();
  await page.getByRole('menuitem', { name: 'Name and colour…' }).click();
  const edit = window.dialog('Connection Lab');
  await edit.getByLabel('Name').fill('Team lab');
  await edit.locator('[data-color="violet"]').click();
  await edit.getByRole('button', { name: 'Save' }).click();
  await expect(tab('Team lab, connected')).toBeChecked();
  await page.getByRole('button', { name: 'Actions of Team lab' }).click();
  await page.getByRole('menuitem', { name: 'Show at the start', exact: true }).click();
  await expect(page.getByText('shown at the start')).toBeVisible();
  await page.getByRole('button', { name: 'Actions of Team lab' }).click();
  await page.getByRole('menuitem', { name: 'Remove' }).click();
  await window.dialog('Remove Team lab?').getByRole('button', { name: 'Remove' }).click();
  await expect(window.board.card('mine')).toBeVisible();
  await expect(bar).toHaveCount(0);
});

test('one is lost while the other goes on, and says so wherever it is seen', { tag: '@deep' }, async ({ tt }) => {
  const { page } = tt;
  const window = new TtWindow(page);
  await window.ready();
  await page.getByRole('button', { name: 'Connection: This computer' }).click();
  await page.getByRole('menuitem', { name: 'Add a server…' }).click();
  const add = window.dialog('Add a server');
  await add.getByRole('textbox', { name: 'Address' }).fill(other.url);
  await add.getByLabel('Token', { exact: true }).fill(other.token);
  await add.getByLabel('Name', { exact: true }).fill('Lab');
  await add.getByRole('button', { name: 'Connect' }).click();
  const tab = (name: string | RegExp) =>
    page.getByRole('radiogroup', { name: 'Connections' }).getByRole('radio', { name });
  await expect(tab('Lab, connected')).toBeChecked();
  await createEnv(other, 'theirs');
  await expect(window.board.card('theirs')).toBeVisible();

  // While it is shown: what is known stays, greyed; nothing says that the link is ok.
  await other.kill();
  await expect(tab(/^Lab, lost since \d/)).toBeChecked();
  await expect(page.getByRole('alert').getByText('The link to the agent is down.')).toBeVisible();
  await expect(page.getByText('Link ok')).toHaveCount(0);
  await expect(window.board.card('theirs')).toBeVisible();
  await expect(window.newEnvButton).toBeDisabled();

  // Beside it the other goes on.
  await page.keyboard.press('Control+1');
  await window.ready();
  await expect(tab(/^Lab, lost since \d/)).toBeVisible();

  // Shown anew there is nothing to grey: it says why, and is there as soon as its agent is.
  await page.keyboard.press('Control+2');
  await expect(page.getByRole('alert').first()).toContainText('No agent answers');
  await other.start();
  await expect(window.newEnvButton).toBeEnabled({ timeout: 40_000 });
  await expect(tab('Lab, connected')).toBeChecked();
});

test(
  'the agent of this computer is stopped from its connection, and started again',
  { tag: '@deep' },
  async ({ launcher, agent, browser }, info) => {
    const home = info.outputPath('home');
    await prepareImages('fake', path.join(home, 'images'));
    const launched = await launch(launcher, {
      browser,
      agent,
      contextOptions: {},
      scratch: info.outputPath('app'),
      home,
    });
    try {
      const { page } = launched;
      const window = new TtWindow(page);
      await page.getByRole('button', { name: 'Start' }).click();
      await window.ready();
      const noteOf = async () => JSON.parse(await readFile(path.join(home, 'agent.json'), 'utf8')) as { url: string };
      const { url } = await noteOf();
      await window.goTo('Settings');
      await page.getByRole('button', { name: 'Actions of This computer' }).click();
      await page.getByRole('menuitem', { name: 'Stop the agent' }).click();
      await expect(page.getByRole('heading', { name: 'Use this computer' })).toBeVisible();
      await expect.poll(() => noteOf().catch(() => null), { timeout: 30_000 }).toBe(null);
      await page.getByRole('button', { name: 'Start' }).click();
      await window.ready();
      // Its port stays, so that tabs of browsers come back.
      expect((await noteOf()).url).toBe(url);
    } finally {
      await launched.close();
    }
    expect(launched.faults()).toEqual([]);
  },
);

test('a link from outside is shown and confirmed; what is no join link does nothing', async ({ tt }) => {
  const { page, app } = tt;
  const window = new TtWindow(page);
  await createEnv(other, 'theirs');
  await window.ready();
  const host = app instanceof TestHost ? app : null;
  test.skip(host === null, 'only the test host can hand over a link');
  await host?.openUrl('tt://run/127.0.0.1/#join=x');
  const refusal = window.dialog('This link can’t be used');
  await expect(refusal.getByRole('alert')).toContainText('not a join link of TT: it does not begin with tt://join/');
  await expect(refusal).toContainText('looks like this: tt://join/HOST:PORT#join=CODE');
  const question = window.dialog('Connect to this server?');
  await expect(question).toHaveCount(0);
  await refusal.getByText('Close', { exact: true }).click();
  await expect(refusal).toHaveCount(0);

  const link = `tt://join/${new URL(other.url).host}#join=${await other.invite()}`;
  await host?.startAgain(['/opt/tt', link]);
  await expect(question).toContainText(`A link from outside TT wants to add ${other.url}`);
  // Nothing happens until somebody says so.
  await expect(page.getByRole('radiogroup', { name: 'Connections' })).toHaveCount(0);
  await question.getByRole('button', { name: 'Connect' }).click();
  await expect(window.board.card('theirs')).toBeVisible();
  await expect(question).toHaveCount(0);
});

test('over ssh: the key of an unknown server is shown once', { tag: '@deep' }, async ({ tt }) => {
  const { page } = tt;
  const window = new TtWindow(page);
  const ssh = await startSshServer({ password: 'right' });
  try {
    await createEnv(other, 'far-away');
    await window.ready();
    await page.getByRole('button', { name: 'Connection: This computer' }).click();
    await page.getByRole('menuitem', { name: 'Add a server…' }).click();
    const add = window.dialog('Add a server');
    await add.getByRole('textbox', { name: 'Address' }).fill(other.url);
    await add.getByLabel('Token', { exact: true }).fill(other.token);
    await add.getByText('Over SSH').click();
    await add.getByLabel('SSH server').fill(`kim@127.0.0.1:${ssh.server.port}`);
    await add.getByRole('radio', { name: 'Password', exact: true }).click();
    await add.getByLabel('Password', { exact: true }).fill('wrong');
    await add.getByRole('button', { name: 'Connect' }).click();
    await expect(add.getByRole('alert')).toContainText(/Its ssh-ed25519 key has the fingerprint SHA256:/);
    expect(await serious(page, 'add a server')).toEqual([]);
    await add.getByRole('button', { name: 'trust this server' }).click();
    await expect(add.getByRole('alert')).toContainText('does not let kim in');
    await add.getByLabel('Password', { exact: true }).fill('right');
    await add.getByRole('button', { name: 'Connect' }).click();
    await expect(window.board.card('far-away')).toBeVisible();

    // A console goes the same way.
    await window.board.open('far-away');
    await window.env('far-away').machine('tiny-2-1').getByRole('button', { name: 'Console' }).click();
    await window.console('tiny-2-1').connected();

    // The ssh connection breaks, and comes back. A console that was connecting at that moment says so (noVNC's own words).
    tt.expectMessage(/Failed when connecting: Connection closed/);
    ssh.cut();
    await expect.poll(() => ssh.logins.length, { timeout: 40_000 }).toBeGreaterThan(2);
    await window.ready();
  } finally {
    await ssh.close();
  }
});
