// Templates and the YAML of an ENV in the window, with the fake engine: an ENV is saved as a template, another one starts from it, and
// a text with a fault is corrected, planned and applied.
import { createEnv } from '../fixtures/env.ts';
import { expect, test } from '../fixtures/tt.ts';
import { serious } from '../pages/axe.ts';
import { TtWindow } from '../pages/window.ts';

test('an ENV is saved as a template, and a new ENV starts from it', async ({ tt }) => {
  const { client } = tt.agent;
  await createEnv(tt.agent, 'demo', 2);
  const window = new TtWindow(tt.page);
  await window.board.open('demo');
  await window.env('demo').chooseFromMenu('Save as template…');
  const save = window.dialog('Save as template');
  const text = save.getByRole('textbox', { name: 'YAML of the template' });
  await expect(text).toHaveValue(/^name: demo\n/);
  await save.getByRole('textbox', { name: 'Name' }).fill('pair');
  await save.getByText('Share with everybody').click();
  expect(await serious(tt.page, 'save as template')).toEqual([]);
  await save.getByRole('button', { name: 'Save' }).click();
  await expect(window.message('Template pair saved')).toBeVisible();
  expect((await client.template.list()).templates).toMatchObject([{ name: 'pair', sharedWith: 'everybody' }]);

  await tt.page.keyboard.press('n');
  const sheet = window.newEnv.dialog;
  await sheet.getByRole('button', { name: /Start from$/ }).click();
  await tt.page.getByRole('option', { name: 'pair' }).click();
  await expect(window.newEnv.name).toHaveValue('demo-2');
  await sheet.getByRole('radio', { name: 'YAML' }).click();
  const draft = sheet.getByRole('textbox', { name: 'YAML of the new ENV' });
  await expect(draft).toHaveValue(/name: demo-2\n[\s\S]*copies: 2/);
  await draft.fill((await draft.inputValue()).replace('copies: 2', 'copies: 1'));
  await sheet.getByRole('radio', { name: 'Form' }).click();
  await expect(window.newEnv.create).toHaveText(/Create 1 machine/);
  await tt.page.keyboard.press('Control+Enter');
  await expect(window.message('demo-2 is running')).toBeVisible();
  expect((await client.env.show({ name: 'demo-2' })).vms).toHaveLength(1);

  await window.goTo('Images');
  const list = tt.page.getByRole('region', { name: 'Templates' });
  await expect(list.getByRole('listitem', { name: 'pair' })).toContainText('shared with everybody');
  await list.getByRole('button', { name: 'Actions of pair' }).click();
  await tt.page.getByRole('menuitem', { name: 'Rename…' }).click();
  await window.dialog('Rename pair').getByRole('textbox', { name: 'Name' }).fill('twins');
  await tt.page.keyboard.press('Enter');
  await list.getByRole('button', { name: 'Actions of twins' }).click();
  await tt.page.getByRole('menuitem', { name: 'Delete…' }).click();
  await window.dialog('Delete twins?').getByRole('button', { name: 'Delete' }).click();
  await expect(list.getByRole('listitem')).toHaveCount(0);
});

test('the YAML of an ENV: a fault has its place, a plan is shown, and what deletes needs a tick', async ({ tt }) => {
  const { client } = tt.agent;
  await createEnv(tt.agent, 'demo', 2);
  const window = new TtWindow(tt.page);
  await window.board.open('demo');
  await tt.page.getByRole('tab', { name: 'YAML' }).click();
  const panel = tt.page.getByRole('tabpanel', { name: 'YAML' });
  const text = panel.getByRole('textbox', { name: 'YAML of demo' });
  await expect(text).toHaveValue(/^name: demo\n/);
  const exported = await text.inputValue();
  const look = panel.getByRole('button', { name: 'Show what changes' });
  await expect(look).toHaveAccessibleDescription(/./);

  await text.fill(exported.replace('copies: 2', 'copeis: 1').replace('title: ""', 'title: Shop'));
  const problem = panel.getByRole('list', { name: 'Problems in the text' }).getByRole('listitem');
  await expect(problem).toContainText('“groups[0].copeis” is not a key here; “copies” is');
  await problem.getByRole('button', { name: /^Line \d+, column \d+$/ }).click();
  await expect(text).toBeFocused();
  const atCaret = (area: HTMLTextAreaElement) => area.value.slice(area.selectionStart, area.selectionStart + 6);
  expect(await text.evaluate(atCaret)).toBe('copeis');
  expect(await serious(tt.page, 'YAML with a fault')).toEqual([]);

  await text.fill((await text.inputValue()).replace('copeis', 'copies'));
  await look.click();
  const plan = panel.getByRole('region', { name: 'What changes' });
  await expect(plan.getByRole('listitem')).toHaveText([/demo title: "" → "Shop"/, /demo\/tiny-2-\d is removed/]);
  await expect(plan.getByRole('button', { name: 'Apply 1 change' })).toBeVisible();
  await plan.getByText('Delete machines and disks').click();
  expect(await serious(tt.page, 'plan')).toEqual([]);
  await plan.getByRole('button', { name: 'Apply 2 changes' }).click();
  await expect(window.message('demo is as the text says')).toBeVisible();
  const { env, vms } = await client.env.show({ name: 'demo' });
  expect([env.title, vms.length]).toEqual(['Shop', 1]);
  await expect(text).toHaveValue(/title: Shop\n/);
});
