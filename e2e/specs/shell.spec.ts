// Shells in the window, with the fake engine: from a machine's key to a prompt, how one ends and another begins, a revert, several of one
// machine, and a guest that can have none.
import { createEnv } from '../fixtures/env.ts';
import { expect, test } from '../fixtures/tt.ts';
import { serious } from '../pages/axe.ts';
import { ShellPage } from '../pages/serial.ts';
import { TtWindow } from '../pages/window.ts';

/** Guests of a machine that is shared with others may be slow. */
const GUEST = { timeout: 30_000 };

test('a shell of a machine says how it ended, and another one begins below it, also after a revert', async ({ tt }) => {
  await createEnv(tt.agent, 'demo');
  await tt.agent.client.snapshot.create({ operationId: crypto.randomUUID(), envName: 'demo', name: 'clean' });
  const window = new TtWindow(tt.page);
  await window.board.open('demo');
  await window.env('demo').machine('tiny-2-1').focus();
  await tt.page.keyboard.press('t');
  const shell = new ShellPage(tt.page, 'tiny-2-1');
  await shell.connected();
  expect(tt.page.url()).toMatch(/\/shell$/);
  await expect(shell.text).toContainText('root@tiny-2-1:~#');
  await shell.takeKeys();
  await shell.typeLine('exit 3');
  await expect(tt.page.getByText('The shell ended with exit code 3.')).toBeVisible();
  await expect(shell.text).toContainText(/── ended with exit code 3 at \d\d:\d\d ──/);
  await tt.page.keyboard.press('Enter');
  await expect(shell.text).toContainText(/── new shell at \d\d:\d\d ──.*root@tiny-2-1:~#/s);
  await shell.typeLine('hostname');
  await expect(shell.text).toContainText(/~# hostname\s*tiny-2-1/);

  await tt.agent.client.snapshot.revert({ operationId: crypto.randomUUID(), envName: 'demo', name: 'clean' });
  await expect(shell.text).toContainText(/reverted to a snapshot.*── new shell at .*root@tiny-2-1:~#/s, GUEST);
  await expect(shell.text).toContainText('ended with exit code 3');
  await shell.connected();
});

test('several shells, each with its own user and the size of the window', { tag: '@deep' }, async ({ tt }) => {
  const [vm] = await createEnv(tt.agent, 'demo');
  const shell = new ShellPage(tt.page, 'tiny-2-1');
  const window = new TtWindow(tt.page);
  await window.ready();
  await tt.page.keyboard.press('Control+k');
  await tt.page.keyboard.type('shell in demo/tiny-2-1');
  await tt.page.keyboard.press('Enter');
  await shell.connected();

  // What the guest was told last, of the answers in sight. The one to what was just typed may still be on its way.
  const columnsNow = async () => {
    const answers = (await shell.text.innerText()).matchAll(/stty size\s+\d+ (\d+)\s/g);
    return Number([...answers].at(-1)?.[1] ?? Number.NaN);
  };
  await shell.takeKeys();
  await shell.typeLine('stty size');
  await expect.poll(columnsNow, GUEST).toBeGreaterThan(40);
  const before = await columnsNow();
  await tt.page.setViewportSize({ width: 900, height: 600 });
  const asked = async () => {
    await shell.typeLine('stty size');
    return columnsNow();
  };
  await expect.poll(asked, GUEST).toBeLessThan(before);
  await tt.page.setViewportSize({ width: 1280, height: 820 });

  await shell.tool('New shell').click();
  await expect(shell.tab('Shell 2')).toHaveAttribute('aria-selected', 'true');
  await shell.connected();
  await shell.takeKeys();
  await shell.typeLine('echo in the second');
  await expect(shell.text).toContainText(/second.*in the second/s);
  await shell.tool('More').click();
  await tt.page.getByRole('menuitem', { name: 'New shell as another user…' }).click();
  const dialog = window.dialog('New shell in tiny-2-1');
  await dialog.getByRole('textbox', { name: 'User in the guest' }).fill('kim');
  expect(await serious(tt.page, 'user of a shell')).toEqual([]);
  await tt.page.keyboard.press('Enter');
  await expect(shell.tab('Shell 3 (kim)')).toHaveAttribute('aria-selected', 'true');
  await shell.connected();
  await expect.poll(async () => (await tt.agent.client.vm.show({ vmId: vm.id })).viewers, GUEST).toBe(3);

  // The second goes on behind the others; a tab that is closed ends its shell.
  await shell.tool('Close this shell').click();
  await expect(shell.tab('Shell 2')).toHaveAttribute('aria-selected', 'true');
  await expect(shell.text).toContainText('in the second');
  await tt.page.keyboard.press('Control+Shift+Digit3');
  await expect(shell.tab('Shell')).toHaveAttribute('aria-selected', 'true');
  await expect(shell.text).toContainText('stty size');
  await expect.poll(async () => (await tt.agent.client.vm.show({ vmId: vm.id })).viewers, GUEST).toBe(2);
  for (const number of [4, 5, 6, 7]) {
    await shell.tool('New shell').click();
    await expect(shell.tab(`Shell ${number}`)).toHaveAttribute('aria-selected', 'true');
  }
  await expect(shell.tool('New shell')).toHaveAccessibleDescription('No more can be added');
});

test('a machine without a port for shells says what to do; one that stops keeps the text', { tag: '@deep' }, async ({
  tt,
}) => {
  const [vm] = await createEnv(tt.agent, 'demo');
  const { client } = tt.agent;
  const shell = new ShellPage(tt.page, 'tiny-2-1');
  await tt.page.evaluate((hash) => {
    window.location.hash = hash;
  }, `#/envs/demo/console/${vm.id}/shell`);
  await shell.connected();
  await shell.takeKeys();
  await shell.typeLine('echo still here');
  await expect(shell.text).toContainText(/here.*still here/s);
  await client.vm.stop({ vmId: vm.id, operationId: crypto.randomUUID(), graceS: 0 });
  await expect(tt.page.getByText(/^tiny-2-1 is stopped. What was printed stays here/)).toBeVisible(GUEST);
  await expect(shell.text).toContainText('still here');
  expect(await serious(tt.page, 'shell of a stopped machine')).toEqual([]);
  await client.vm.update({ vmId: vm.id, operationId: crypto.randomUUID(), guestHelper: 'off' });
  await tt.page.getByRole('button', { name: 'Start tiny-2-1' }).click();
  await expect(tt.page.getByText('No shell was opened in tiny-2-1.')).toBeVisible(GUEST);
  await expect(tt.page.getByText('SHELL_GUEST_UNREACHABLE')).toBeVisible();
  expect(await serious(tt.page, 'no shell')).toEqual([]);
});
