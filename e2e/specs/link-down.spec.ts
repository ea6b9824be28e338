// The agent is killed under the window: what is shown stays, greyed, with its time, and nothing that needs the agent can
// be clicked. When the agent is back, the window reconnects automatically.
import { createEnv, screenOf } from '../fixtures/env.ts';
import { expect, test } from '../fixtures/tt.ts';
import { TtWindow } from '../pages/window.ts';

test('the board stays, greyed, and comes back by itself', async ({ tt }) => {
  await createEnv(tt.agent, 'demo');
  const window = new TtWindow(tt.page);
  await expect(window.board.card('demo')).toBeVisible();

  await tt.agent.kill();
  await expect(tt.page.getByRole('alert').getByText('The link to the agent is down.')).toBeVisible();
  await expect(tt.page.getByText(/last known \d/).first()).toBeVisible();
  await expect(window.board.card('demo')).toBeVisible();
  await expect(window.newEnvButton).toBeDisabled();
  await expect(window.board.card('demo').getByRole('button', { name: 'Snapshot' })).toBeDisabled();

  // A key that can't be used says why, once however often it comes; so does a button that is pressed.
  const said = tt.page.getByRole('status').filter({ hasText: 'Not connected to the agent' });
  for (let repeat = 0; repeat < 3; repeat++) await tt.page.keyboard.press('n');
  await expect(said).toHaveText(['New ENV: Not connected to the agent']);
  await window.newEnvButton.press('Enter');
  await expect(said).toHaveText(['Not connected to the agent']);
  await expect(tt.page.getByRole('dialog')).toBeHidden();

  await tt.agent.start();
  await window.ready();
  await expect(tt.page.getByText('The link to the agent is down.')).toBeHidden();
  await expect(tt.page.getByText('Link ok')).toBeVisible();
  await expect(window.board.card('demo')).toBeVisible();
});

test('nothing is shown as live while nobody knows: rings, operations, viewers', { tag: '@deep' }, async ({ tt }) => {
  await createEnv(tt.agent, 'demo');
  const window = new TtWindow(tt.page);
  const card = window.board.card('demo');
  await expect(card).toBeVisible();
  await tt.agent.kill();
  await expect(tt.page.getByText('The link to the agent is down.')).toBeVisible();
  const ring = card.getByRole('button', { name: /last known \d/ });
  const held = await ring.getAttribute('aria-label');
  const next = tt.page.getByRole('button', { name: /^next expiry .* last known \d/ });
  await expect(next).toBeVisible();
  // The retries are counted down meanwhile, by the clock of now; what is known is not.
  const banner = tt.page.getByRole('alert');
  const first = await banner.innerText();
  await expect.poll(() => banner.innerText()).not.toBe(first);
  expect(await ring.getAttribute('aria-label')).toBe(held);
  await tt.agent.start();
  await window.ready();
  await expect(ring).toHaveCount(0);
});

test('a machine that nobody looked at before has no picture, and says so', { tag: '@deep' }, async ({ tt }) => {
  await tt.page.setViewportSize({ width: 760, height: 520 });
  await createEnv(tt.agent, 'demo', 12);
  const window = new TtWindow(tt.page);
  await window.board.open('demo');
  const env = window.env('demo');
  await expect(env.machine('tiny-2-1').getByRole('img', { name: /^Screen of tiny-2-1 at/ })).toBeVisible();
  await tt.agent.kill();
  await expect(tt.page.getByText('The link to the agent is down.')).toBeVisible();
  const last = env.machine('tiny-2-12');
  await last.scrollIntoViewIfNeeded();
  await expect(last.getByText('The agent does not answer; no picture was kept')).toBeVisible();
  await expect(tt.page.getByText('No picture yet')).toHaveCount(0);
  await tt.agent.start();
  await window.ready();
  await expect(tt.page.getByText(/no picture was kept/)).toHaveCount(0);
});

test('an open console says that the agent is away, not that it connects; the screen comes back with the link', {
  tag: '@deep',
}, async ({ tt }) => {
  await createEnv(tt.agent, 'demo');
  const window = new TtWindow(tt.page);
  await window.board.open('demo');
  await window.env('demo').machine('tiny-2-1').getByRole('button', { name: 'Console' }).click();
  const console = window.console('tiny-2-1');
  await console.connected();

  await tt.agent.kill();
  await expect(console.notice('No picture from tiny-2-1')).toBeVisible();
  await expect(tt.page.getByText('The screen comes back with the link')).toBeVisible();

  // The fake engine's machines end with their agent (real ones live on): the console now says that, and can start it.
  await tt.agent.start();
  await window.ready();
  await tt.page.getByRole('button', { name: 'Start tiny-2-1' }).click();
  await console.connected();
});

test('while the agent answers nothing a screen is dimmed, and what is typed on it never arrives', {
  tag: '@deep',
}, async ({ tt }) => {
  const [vm] = await createEnv(tt.agent, 'demo');
  const window = new TtWindow(tt.page);
  await window.board.open('demo');
  await window.env('demo').machine('tiny-2-1').getByRole('button', { name: 'Console' }).click();
  const console = window.console('tiny-2-1');
  await console.connected();
  await console.takeKeys();
  const before = await screenOf(tt.agent, vm.id);
  tt.agent.pause();
  try {
    await expect(tt.page.getByText('The link to the agent is down.')).toBeVisible({ timeout: 20_000 });
    await expect(tt.page.getByText(/^The agent did not answer|^No agent answers/)).toBeVisible();
    await expect(console.notice('No picture from tiny-2-1')).toBeVisible();
    await expect(tt.page.locator('.console-stale')).toHaveText(/^Last picture, \d\d:\d\d$/);
    await expect(tt.page.getByText('Keyboard captured by tiny-2-1')).toBeHidden();
    await expect(console.tool('Ctrl-Alt-Del')).toBeDisabled();
    await tt.page.keyboard.type('sn');
  } finally {
    tt.agent.goOn();
  }
  await console.connected();
  await expect(tt.page.getByText('Keyboard captured by tiny-2-1')).toBeVisible();
  await tt.page.keyboard.type('x');
  await expect.poll(() => screenOf(tt.agent, vm.id)).not.toBe(before);
  // Had anything come before it, more than it would be there to take away.
  await tt.page.keyboard.press('Backspace');
  await expect.poll(() => screenOf(tt.agent, vm.id)).toBe(before);
});

test('what was asked for in the middle of it is told as failed, not lost in silence', { tag: '@deep' }, async ({
  tt,
}) => {
  const window = new TtWindow(tt.page);
  await window.ready();
  await tt.page.keyboard.press('n');
  await tt.page.keyboard.type('tiny');
  await window.newEnv.name.fill('late');
  await tt.agent.kill();
  await expect(window.newEnv.create).toBeDisabled();
  await expect(window.newEnv.name).toHaveValue('late');
  await tt.agent.start();
  await expect(window.newEnv.create).toBeEnabled();
  await tt.page.keyboard.press('Control+Enter');
  await window.env('late').expectStates({ 'tiny-2-1': 'running' });
});
