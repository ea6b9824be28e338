// More of the life of an ENV with the fake engine: what comes at its end, machines that come, change and go, the warning
// before it expires; and that the new dialogs can be used by everybody.

import { bringEndNear, createEnv } from '../fixtures/env.ts';
import { expect, test } from '../fixtures/tt.ts';
import { EndingWarnings } from '../pages/endings.ts';
import { MachineDialogs } from '../pages/machine-dialogs.ts';
import { TtWindow } from '../pages/window.ts';

test('machines come, change and go; more time from the warning', async ({ tt }) => {
  const window = new TtWindow(tt.page);
  await window.ready();
  await tt.page.keyboard.press('n');
  await tt.page.keyboard.type('tiny');
  await window.newEnv.name.fill('demo');
  await window.newEnv.dialog
    .getByRole('radiogroup', { name: 'When the lifetime ends' })
    .getByRole('radio', { name: 'Stop', exact: true })
    .click();
  await tt.page.keyboard.press('Control+Enter');
  const env = window.env('demo');
  await env.expectStates({ 'tiny-2-1': 'running' });
  expect((await tt.agent.client.env.show({ name: 'demo' })).env.endPolicy).toBe('stop');

  const machines = new MachineDialogs(tt.page, 'demo');
  await machines.addByKeyboard('tiny');
  await env.expectStates({ 'tiny-2-1': 'running', 'tiny-2-2': 'running' });

  await machines.openChange(env.machine('tiny-2-2'));
  await machines.field('Ports').fill('8080, 53/udp');
  await machines.change.getByRole('button', { name: 'Change', exact: true }).click();
  await expect(machines.change).toBeHidden();
  const ports = env.machine('tiny-2-2').getByRole('list', { name: 'Ports of tiny-2-2' });
  await expect(ports.getByRole('button', { name: /^53\/udp/ })).toBeVisible();
  const { vms } = await tt.agent.client.env.show({ name: 'demo' });
  const changed = vms.find(({ name }) => name === 'demo/tiny-2-2');
  expect(changed?.portMap.map(({ guestPort, protocol }) => `${guestPort}/${protocol}`).sort()).toEqual([
    '22/tcp',
    '53/udp',
    '8080/tcp',
  ]);

  await machines.removeTicked('tiny-2-1');
  await expect(env.machine('tiny-2-1')).toBeHidden();
  await expect(env.machine('tiny-2-2')).toBeVisible();

  await bringEndNear(tt.agent, 'demo');
  const warnings = new EndingWarnings(tt.page);
  await expect(warnings.of('demo')).toContainText('It will be stopped.', { timeout: 20_000 });
  const before = Date.parse((await tt.agent.client.env.show({ name: 'demo' })).env.endAt);
  await warnings.extend('demo');
  await expect(warnings.of('demo')).toBeHidden();
  const after = Date.parse((await tt.agent.client.env.show({ name: 'demo' })).env.endAt);
  expect(after - before).toBe(3_600_000);
});

test('processors of running machines: stop, change and start as one', { tag: '@deep' }, async ({ tt }) => {
  await createEnv(tt.agent, 'demo', 2);
  const window = new TtWindow(tt.page);
  await window.board.open('demo');
  const env = window.env('demo');
  await env.expectStates({ 'tiny-2-1': 'running', 'tiny-2-2': 'running' });
  // What it uses comes once a second.
  await expect(env.machine('tiny-2-1').getByText(/^\d+ %$/)).toBeVisible();
  const machines = new MachineDialogs(tt.page, 'demo');
  await machines.openChange(env.machine('tiny-2-1'));
  await machines.field('Processors').fill('2');
  await machines.field('Ports').focus();
  await expect(machines.change.getByText('Processors and memory can change only while it is stopped.')).toBeVisible();
  await machines.change.getByRole('button', { name: 'Stop, change, start' }).click();
  await expect(machines.change).toBeHidden({ timeout: 30_000 });
  await env.expectStates({ 'tiny-2-1': 'running', 'tiny-2-2': 'running' });
  await expect(env.machine('tiny-2-1').getByText('2 CPU')).toBeVisible();
  await expect(env.machine('tiny-2-2').getByText('1 CPU')).toBeVisible();
});

test('no outgoing connections: where a stop is needed, it is offered', { tag: '@deep' }, async ({ tt }) => {
  await createEnv(tt.agent, 'demo');
  const window = new TtWindow(tt.page);
  await window.board.open('demo');
  const env = window.env('demo');
  await env.expectStates({ 'tiny-2-1': 'running' });
  await tt.page.keyboard.press('e');
  const dialog = window.dialog('Edit demo');
  await dialog.getByRole('textbox', { name: 'Tags' }).fill('nightly, release');
  await dialog.getByText('No outgoing connections').click();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog.getByText('VM_MUST_BE_STOPPED')).toBeVisible();
  await dialog.getByRole('button', { name: 'Stop, change, start' }).click();
  await expect(dialog).toBeHidden({ timeout: 30_000 });
  await expect(env.header.getByText('No internet')).toBeVisible();
  await env.expectStates({ 'tiny-2-1': 'running' });
  const { denyOutgoing, tags } = (await tt.agent.client.env.show({ name: 'demo' })).env;
  expect([denyOutgoing, tags]).toEqual([true, ['nightly', 'release']]);
});

test('several that end soon are all warned of; Keep opens the lifetime', { tag: '@deep' }, async ({ tt }) => {
  const names = ['one', 'two', 'three'];
  for (const name of names) await createEnv(tt.agent, name);
  const window = new TtWindow(tt.page);
  await window.ready();
  for (const name of names) await expect(window.board.card(name)).toBeVisible();
  await bringEndNear(tt.agent, ...names);
  const warnings = new EndingWarnings(tt.page);
  // One line for the soonest, the others on demand.
  const more = tt.page.getByRole('region', { name: 'Messages' }).getByRole('button', { name: 'and 2 more' });
  await more.click({ timeout: 20_000 });
  for (const name of names) await expect(warnings.of(name)).toBeVisible({ timeout: 20_000 });
  await warnings.keep('two');
  const dialog = window.dialog('Lifetime of two');
  await dialog.getByRole('button', { name: '+1 h' }).click();
  await expect(dialog).toBeHidden();
  await expect(warnings.of('two')).toBeHidden();
  await expect(warnings.of('one')).toBeVisible();
  await expect(warnings.of('three')).toBeVisible();
});
