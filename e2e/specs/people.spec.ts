// People in the window: an administrator adds somebody and hands over a link; they come in with it, later with a password, and their tokens
// are revoked.
import { expect, test } from '../fixtures/tt.ts';
import { serious } from '../pages/axe.ts';
import { TtWindow } from '../pages/window.ts';

test.skip(({ launcher }) => launcher !== 'browser', 'only browsers come in by links and passwords');

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, { tag: '@long' }, () => {
    test.use({ colorScheme });

    test('a viewer is added, comes in by a link and by a password', async ({ tt, agent, browser }) => {
      const { page } = tt;
      const name = `ann-${colorScheme}`;
      const password = 'a long password';
      await new TtWindow(page).goTo('Settings');
      const people = page.getByRole('region', { name: 'People' });
      await people.getByRole('textbox', { name: 'Name of a new user' }).fill(name);
      await people.getByRole('radiogroup', { name: 'Role of the new user' }).getByText('viewer').click();
      await people.getByRole('button', { name: 'Add user' }).click();
      await people.getByRole('button', { name: `Create link for ${name}` }).click();
      const note = people.getByRole('status');
      await expect(note).toContainText('/#join=');
      const link = await note.getByRole('button').first().textContent();
      expect(await serious(page, 'people')).toEqual([]);

      const context = await browser.newContext({ colorScheme });
      try {
        const other = await context.newPage();
        await other.goto(link ?? '');
        await other.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Settings' }).click();
        await expect(other.getByRole('region', { name: 'Tokens' })).toBeVisible();
        await expect(other.getByRole('region', { name: 'People' })).toBeHidden();
        await other.getByRole('button', { name: 'Log out' }).click();
        await agent.client.user.setPassword({ name, password });
        await other.getByRole('textbox', { name: 'User name' }).fill(name);
        await other.getByLabel('Password').fill('a wrong password');
        await other.getByRole('button', { name: 'Log in' }).click();
        await expect(other.getByText('The name or the password is wrong.')).toBeVisible();
        expect(await serious(other, 'login')).toEqual([]);
        await other.getByLabel('Password').fill(password);
        await other.getByRole('button', { name: 'Log in' }).click();
        await expect(other.getByText('Wrong passwords for you before this login: 1.')).toBeVisible();
      } finally {
        await context.close();
      }

      const tokens = page.getByRole('region', { name: 'Tokens' });
      await tokens.getByRole('textbox', { name: 'Name of a device' }).fill('build server');
      await tokens.getByRole('button', { name: 'Create token' }).click();
      await expect(tokens.getByRole('status')).toContainText('Token of build server');
      const secret = (await tokens.getByRole('status').getByRole('button').first().textContent()) ?? '';
      const statusOf = async () =>
        (await fetch(`${agent.url}/api/me`, { headers: { authorization: `Bearer ${secret}` } })).status;
      expect(await statusOf()).toBe(200);
      await tokens.getByRole('button', { name: /Revoke the token build server/ }).click();
      await expect(tokens.getByText('build server of local')).toBeHidden();
      expect(await statusOf()).toBe(401);
    });
  });
}
