// The serial console in the window: what a guest prints, several who look, a revert while somebody looks, searching and pasting, and
// guests that print what they should not. With the fake engine, which has a login and a small shell there.
import type { Page } from '@playwright/test';
import type { Vm } from '@tt/protocol';
import { createEnv } from '../fixtures/env.ts';
import { SerialGuest } from '../fixtures/serial-guest.ts';
import { SerialShell } from '../fixtures/serial-shell.ts';
import { expect, test } from '../fixtures/tt.ts';
import { SerialPage } from '../pages/serial.ts';
import { TtWindow } from '../pages/window.ts';

async function goTo(page: Page, vm: Vm, tab: string): Promise<SerialPage> {
  await page.evaluate((hash) => {
    window.location.hash = hash;
  }, `#/envs/demo/console/${vm.id}${tab}`);
  return new SerialPage(page, 'tiny-2-1');
}

test('shows what the guest prints to all who look, takes keys, and keeps the text over a revert', async ({ tt }) => {
  const [vm] = await createEnv(tt.agent, 'demo');
  await tt.agent.client.snapshot.create({ operationId: crypto.randomUUID(), envName: 'demo', name: 'clean' });
  const window = new TtWindow(tt.page);
  await window.board.open('demo');
  await window.env('demo').machine('tiny-2-1').getByRole('button', { name: 'Console' }).click();
  await window.console('tiny-2-1').connected();
  const serial = new SerialPage(tt.page, 'tiny-2-1');
  await serial.tab('Screen').focus();
  await tt.page.keyboard.press('ArrowRight');
  await serial.connected();
  expect(tt.page.url()).toMatch(/\/serial$/);

  // Somebody else logs in there; the window sees it, and types into the same shell.
  await SerialShell.run(tt.agent, vm.id, 'echo from elsewhere');
  await expect(serial.text).toContainText('from elsewhere');
  await serial.takeKeys();
  await serial.typeLine('echo from the window');
  await expect(serial.text).toContainText(/from the window.*from the window/s);

  await tt.agent.client.snapshot.revert({ operationId: crypto.randomUUID(), envName: 'demo', name: 'clean' });
  await expect(serial.text).toContainText(/── reverted to clean at \d\d:\d\d ──/);
  await expect(serial.text).toContainText('from elsewhere');
  await serial.typeLine('');
  await expect(serial.text).toContainText(/reverted to clean at .*(login:|# )/s);

  // The keyboard is given back, and the search finds what stands above.
  await tt.page.keyboard.press('Control+Alt');
  await expect(serial.frame).toBeFocused();
  await tt.page.keyboard.press('Control+f');
  const search = tt.page.getByRole('search', { name: 'Find in the output' });
  await search.getByRole('searchbox').fill('ELSEWHERE');
  await expect(search.getByText(/^\d of \d$/)).toBeVisible();
  await search.getByText('Match case').click();
  await expect(search.getByText('No match')).toBeVisible();
  await search.getByRole('searchbox').press('Escape');
  await expect(tt.page.getByText('Keyboard captured by tiny-2-1')).toBeVisible();
  await tt.page.keyboard.press('Control+Shift+Digit1');
  await window.console('tiny-2-1').connected();
});

test('a guest draws and nothing else, and a paste of lines asks first', { tag: '@deep' }, async ({ tt }) => {
  const [vm] = await createEnv(tt.agent, 'demo');
  const guest = await SerialGuest.at(tt.agent, vm.id);
  try {
    const serial = await goTo(tt.page, vm, '/serial');
    await serial.connected();
    await expect.poll(() => guest.sockets.size).toBe(1);
    const title = await tt.page.title();
    guest.print(
      '\u001b]0;owned\u0007\u001b]52;c;b3duZWQ=\u0007\u001b]8;;http://example.invalid\u001b\\link\u001b]8;;\u001b\\ here\r\n',
    );
    guest.print('\u001b]11;#ff0000\u0007\u001b[31mred 环境\u001b[0m end\r\n');
    await expect(serial.text).toContainText('link here');
    await expect(serial.text).toContainText('red 环境 end');
    expect(await tt.page.title()).toBe(title);
    await serial.text.getByText('link here').click({ force: true });
    expect(tt.page.context().pages()).toHaveLength(1);

    // Without the keyboard its questions are not answered.
    await tt.page.keyboard.press('Control+Alt');
    guest.print('\u001b[6n\u001b[cnobody\r\n');
    await expect(serial.text).toContainText('nobody');
    expect(guest.typed).toBe('');
    await serial.takeKeys();
    guest.print('\u001b[6n');
    await expect.poll(() => guest.typed.startsWith('\u001b[') && guest.typed.endsWith('R')).toBe(true);
    guest.typed = '';

    await serial.paste('one\u001b[201~');
    await expect.poll(() => guest.typed).toBe('one[201~');
    await serial.paste('two\nthree');
    const dialog = new TtWindow(tt.page).dialog('Paste into tiny-2-1');
    await expect(dialog.getByText('2 lines')).toBeVisible();
    expect(guest.typed).toBe('one[201~');
    await dialog.getByRole('button', { name: 'Paste it' }).click();
    await expect.poll(() => guest.typed).toBe('one[201~two\rthree');
    await expect(dialog).toBeHidden();
    await expect(tt.page.getByText('Keyboard captured by tiny-2-1')).toBeVisible();
    for (const key of ['Tab', 'Escape', 'Control+c']) await tt.page.keyboard.press(key);
    await expect.poll(() => guest.typed).toBe('one[201~two\rthree\t\u001b\u0003');
  } finally {
    guest.close();
  }
});

test('the text stays when the machine stops, and its tab is remembered', { tag: '@deep' }, async ({ tt }) => {
  const [vm] = await createEnv(tt.agent, 'demo');
  const serial = await goTo(tt.page, vm, '/serial');
  await serial.connected();
  await serial.takeKeys();
  await serial.typeLine('');
  await expect(serial.text).toContainText('login:');
  await tt.agent.client.vm.stop({ vmId: vm.id, operationId: crypto.randomUUID() });
  await expect(tt.page.getByText('tiny-2-1 is stopped. What it printed stays here.')).toBeVisible();
  await expect(serial.text).toContainText('login:');
  await tt.page.getByRole('button', { name: 'Start tiny-2-1' }).click();
  await expect(serial.text).toContainText(/── started again at \d\d:\d\d ──/);
  await serial.tab('Screen').click();
  await serial.tab('Serial').click();
  await expect(serial.text).toContainText('started again');
  await new TtWindow(tt.page).goTo('Consoles');
  await goTo(tt.page, vm, '');
  await serial.connected();
});

test('a guest that floods waits for the window, which stays usable', { tag: '@long' }, async ({ tt }) => {
  const [vm] = await createEnv(tt.agent, 'demo');
  const guest = await SerialGuest.at(tt.agent, vm.id);
  try {
    const serial = await goTo(tt.page, vm, '/serial');
    await serial.connected();
    await expect.poll(() => guest.sockets.size).toBe(1);
    guest.flood(64 * 1024 * 1024, 'the end\r\n');
    for (const tab of ['Screen', 'Serial'] as const) {
      await serial.tab(tab).click();
      await expect(serial.tab(tab)).toHaveAttribute('aria-selected', 'true');
    }
    await expect(serial.text).toContainText('the end', { timeout: 60_000 });
  } finally {
    guest.close();
  }
});
