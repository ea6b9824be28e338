// A lab with the fake engine: made in the window, its base changed and published, and a terminal that shows the full-screen
// console of its session without any token.
import { expect, test } from '../fixtures/tt.ts';
import { TtWindow } from '../pages/window.ts';

test('a profile and a lab are made, the base is changed and published, a session starts from it', async ({ tt }) => {
  const window = new TtWindow(tt.page);
  await window.ready();
  await window.goTo('Labs');
  await expect(tt.page.getByRole('heading', { name: 'No lab yet' })).toBeVisible();

  await tt.page.getByRole('button', { name: 'New profile' }).click();
  const newProfile = window.dialog('New profile');
  await newProfile.getByRole('textbox', { name: 'Name' }).fill('office');
  await newProfile.getByRole('button', { name: /Image$/ }).click();
  await tt.page.getByRole('option', { name: 'qemu:tiny-2:default' }).click();
  await newProfile.getByRole('button', { name: 'Create' }).click();
  const profile = tt.page.getByRole('listitem', { name: 'office' });
  await expect(profile).toContainText('base v1');

  await tt.page.getByRole('button', { name: 'New lab' }).click();
  const newLab = window.dialog('New lab');
  await newLab.getByRole('textbox', { name: 'Name' }).fill('room');
  await newLab.getByText('office').click();
  await tt.page.keyboard.press('Enter');
  const lab = tt.page.getByRole('article', { name: 'room' });
  await expect(lab).toContainText('0 of 20 seats taken');

  await lab.getByRole('button', { name: 'Start session in room' }).click();
  // Enter is enough.
  await expect(window.dialog('Start session in room').getByRole('textbox', { name: 'Name' })).toBeFocused();
  await tt.page.keyboard.press('Enter');
  await expect(lab).toContainText('office v1');
  await expect(lab).toContainText('nobody connected');

  await profile.getByRole('button', { name: 'Change base of office' }).click();
  const open = window.dialog('Change base of office');
  await expect(open.getByRole('button', { name: 'Open for editing' })).toBeDisabled();
  await open.getByText('Stop the running session').click();
  await open.getByRole('button', { name: 'Open for editing' }).click();
  await expect(profile).toContainText('Open for editing in admin-office');
  await expect(lab.getByRole('list', { name: 'Sessions of room' })).toContainText('stopped');

  await profile.getByRole('button', { name: 'Publish office' }).click();
  await window.dialog('Publish office').getByRole('button', { name: 'Publish' }).click();
  await expect(profile).toContainText('base v2');
  await expect(profile).not.toContainText('Open for editing');
});

test('a terminal says why it has no screen, takes its secret, and shows the console of its session', {
  tag: '@deep',
}, async ({ tt, browser }) => {
  const { client } = tt.agent;
  await client.profile.create({ name: 'office', image: 'tiny', title: 'Office' });
  await client.lab.create({ name: 'room', title: 'Room 7', profileNames: ['office'], terminalsEnabled: true });
  const terminal = { name: 'room', terminalName: 'pc-1' };
  await client.lab.setTerminal({ ...terminal, secret: 'open sesame', profileName: 'office' });
  const window = new TtWindow(tt.page);
  await window.ready();
  await window.goTo('Labs');

  const context = await browser.newContext({ locale: 'en-US', viewport: { width: 800, height: 600 } });
  const screen = await context.newPage();
  await screen.goto(`${tt.agent.url}/#/terminal/room/pc-1`);
  await expect(screen.getByRole('heading', { name: 'Unknown terminal' })).toBeVisible();
  await screen.getByRole('textbox', { name: 'Secret' }).fill('open sesame');
  await screen.keyboard.press('Enter');
  await expect(screen.getByRole('heading', { name: 'No session for this seat yet' })).toBeVisible();
  await expect(screen.getByText('pc-1 in Room 7')).toBeVisible();
  // Nothing of the window is there.
  await expect(screen.getByRole('navigation')).toHaveCount(0);

  const { envName } = await client.lab.startSession(terminal);
  const stage = screen.getByRole('main');
  await expect(stage).toHaveAttribute('data-phase', 'connected');
  await expect(screen.locator('canvas')).toBeVisible();
  const lab = tt.page.getByRole('article', { name: 'room' });
  await expect(lab).toContainText('1 console connected');

  await client.env.stop({ name: envName, graceS: 0 });
  await expect(screen.getByRole('heading', { name: 'Your machine is switched off' })).toBeVisible();
  await client.env.start({ name: envName });
  await expect(stage).toHaveAttribute('data-phase', 'connected');
  expect(await context.cookies()).toEqual([]);
  await context.close();
});
