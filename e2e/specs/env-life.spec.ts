// The life of an ENV with the fake engine: made by keyboard, seen, stopped, started, deleted; refusals with help.
import { TtError } from '@tt/protocol';
import { createEnv } from '../fixtures/env.ts';
import { expect, test } from '../fixtures/tt.ts';
import { TtWindow } from '../pages/window.ts';

test('is made from the sheet by keyboard alone and shows its machines', async ({ tt }) => {
  const window = new TtWindow(tt.page);
  await window.ready();
  await window.newEnv.createByKeyboard({ search: 'tiny', name: 'demo', copies: 2 });
  const env = window.env('demo');
  await env.expectStates({ 'tiny-2-1': 'running', 'tiny-2-2': 'running' });
  await expect(env.header.getByText('running', { exact: true })).toBeVisible();
  // The live picture of the screen arrives automatically.
  await expect(env.machine('tiny-2-1').getByRole('img', { name: /Screen of tiny-2-1 at/ })).toBeVisible();
});

test('memory is made as it is typed, and its buttons go in steps of 64', async ({ tt }) => {
  const window = new TtWindow(tt.page);
  await window.ready();
  await tt.page.keyboard.press('n');
  await tt.page.keyboard.type('tiny');
  const memory = window.newEnv.dialog.getByRole('textbox', { name: /^Memory of each/ });
  await memory.fill('1000');
  await memory.press('Tab');
  await expect(memory).toHaveValue('1000');
  await memory.press('ArrowUp');
  await expect(memory).toHaveValue('1024');
  await memory.fill('300');
  await window.newEnv.name.fill('demo');
  await tt.page.keyboard.press('Control+Enter');
  await window.env('demo').expectStates({ 'tiny-2-1': 'running' });
  const { vms } = await tt.agent.client.env.show({ name: 'demo' });
  expect(vms.map(({ spec }) => spec.memoryMiB)).toEqual([300]);
});

test('stops and starts, one machine and all', async ({ tt }) => {
  const window = new TtWindow(tt.page);
  await window.ready();
  await window.newEnv.createByKeyboard({ search: 'tiny', name: 'demo', copies: 2 });
  const env = window.env('demo');
  await env.expectStates({ 'tiny-2-1': 'running', 'tiny-2-2': 'running' });

  await env.machine('tiny-2-2').getByRole('button', { name: 'Stop' }).click();
  await env.expectStates({ 'tiny-2-1': 'running', 'tiny-2-2': 'stopped' });
  await expect(env.header.getByText('partly running')).toBeVisible();

  await env.action('Stop').click();
  await env.expectStates({ 'tiny-2-1': 'stopped', 'tiny-2-2': 'stopped' });
  await env.action('Start').click();
  await env.expectStates({ 'tiny-2-1': 'running', 'tiny-2-2': 'running' });
});

test('is deleted with its machines, after one question', async ({ tt }) => {
  const window = new TtWindow(tt.page);
  await window.ready();
  await window.newEnv.createByKeyboard({ search: 'tiny', name: 'demo' });
  await window.env('demo').expectStates({ 'tiny-2-1': 'running' });
  await window.env('demo').chooseFromMenu('Delete…');
  await window.dialog('Delete demo?').getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(tt.page.getByRole('heading', { name: 'No ENV yet' })).toBeVisible();
  expect((await tt.agent.client.env.list()).envs).toEqual([]);
});

test('a refusal says what happened, why and what now, and loses nothing that was typed', async ({ tt }) => {
  const window = new TtWindow(tt.page);
  await window.ready();
  const { name, create, failure, dialog } = window.newEnv;
  await tt.page.keyboard.press('n');
  await tt.page.keyboard.type('tiny');
  const memory = dialog.getByRole('textbox', { name: /^Memory of each/ });
  await memory.fill('900000');
  await name.fill('large');
  // What can’t be created is not asked for, by no key.
  await expect(create).toBeDisabled();
  await expect(create).toHaveAccessibleDescription('There is not enough capacity');
  await tt.page.keyboard.press('Control+Enter');
  expect((await tt.agent.client.env.list()).envs).toEqual([]);

  // As YAML nobody adds it up before: the agent refuses, and says why.
  await dialog.getByRole('radio', { name: 'YAML' }).click();
  await expect(dialog.getByRole('textbox', { name: 'YAML of the new ENV' })).toBeVisible();
  await expect(create).toBeEnabled();
  await tt.page.keyboard.press('Control+Enter');
  await expect(failure).toContainText('large was not created');
  await expect(failure).toContainText('Not enough memory');
  await expect(failure).toContainText('Stop or delete VMs');
  await expect(failure.getByText('MEMORY_EXHAUSTED')).toBeVisible();
  await expect(failure.getByRole('button', { name: 'Copy details' })).toBeVisible();

  // It goes when something is put right, and no typing rewrites it before.
  await dialog.getByRole('radio', { name: 'Form' }).click();
  await expect(failure).toBeHidden();
  await expect(name).toHaveValue('large');
  await memory.fill('1 GiB');
  await expect(create).toBeEnabled();
  await name.fill('-bad name-');
  await expect(dialog.getByText(/Letters, digits/)).toBeVisible();
  await expect(create).toBeDisabled();
});

test('a name that is taken is refused, even when the window can not know it yet', { tag: '@deep' }, async ({ tt }) => {
  const window = new TtWindow(tt.page);
  await window.ready();
  await tt.agent.client.env.create({
    operationId: crypto.randomUUID(),
    name: 'taken',
    groups: [{ osPrefix: 'tiny' }],
  });
  await expect(window.board.card('taken')).toBeVisible();
  await tt.page.keyboard.press('n');
  await tt.page.keyboard.type('tiny');
  await window.newEnv.name.fill('taken');
  await expect(window.newEnv.dialog.getByText('There is already an ENV called taken.')).toBeVisible();
  await expect(window.newEnv.create).toBeDisabled();

  // The agent says the same to whoever asks it all the same.
  const refused = tt.agent.client.env.create({
    operationId: crypto.randomUUID(),
    name: 'taken',
    groups: [{ osPrefix: 'tiny' }],
  });
  await expect(refused).rejects.toBeInstanceOf(TtError);
  await expect(refused).rejects.toMatchObject({ code: 'ENV_NAME_TAKEN' });
});

test('what happens elsewhere is seen here at once', async ({ tt }) => {
  const window = new TtWindow(tt.page);
  await window.ready();
  const operationId = crypto.randomUUID();
  await tt.agent.client.env.create({ operationId, name: 'from-cli', groups: [{ osPrefix: 'tiny' }] });
  await expect(window.board.card('from-cli')).toBeVisible();
  await tt.agent.client.env.delete({ name: 'from-cli', operationId: crypto.randomUUID() });
  await expect(window.board.card('from-cli')).toBeHidden();
});

test('what can’t be done now says why, and the keyboard comes to it', async ({ tt }) => {
  await createEnv(tt.agent, 'demo');
  const window = new TtWindow(tt.page);
  await window.board.open('demo');
  await window.env('demo').expectStates({ 'tiny-2-1': 'running' });
  await tt.page.getByRole('button', { name: 'Actions of demo' }).click();
  const start = tt.page.getByRole('menuitem', { name: 'Start', exact: true });
  await expect(start).toBeDisabled();
  await expect(start).toHaveAccessibleDescription('Already running');
  // Up from the first entry to the last (Delete), over Stop to Start.
  for (const _ of [1, 2, 3]) await tt.page.keyboard.press('ArrowUp');
  await expect(start).toBeFocused();
  await tt.page.keyboard.press('Enter');
  await expect(start).toBeVisible();
  await tt.page.keyboard.press('Escape');

  await tt.agent.kill();
  const snapshot = window.env('demo').action('Snapshot');
  await expect(snapshot).toBeDisabled();
  await expect(snapshot).toHaveAccessibleDescription('Not connected to the agent');
  await snapshot.focus();
  await tt.page.keyboard.press('Enter');
  await expect(tt.page.getByRole('dialog')).toBeHidden();
  await tt.agent.start();
  await window.ready();
  await expect(snapshot).toBeEnabled();
});
