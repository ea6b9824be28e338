// Messages at the foot: failures of one kind are one card with all of them in it, everything can be closed, and the ends of several
// ENVs are one line.
import type { Page } from '@playwright/test';
import { bringEndNear, createEnv } from '../fixtures/env.ts';
import { expect, test } from '../fixtures/tt.ts';
import { serious } from '../pages/axe.ts';
import { EndingWarnings } from '../pages/endings.ts';
import { TtWindow } from '../pages/window.ts';

/** As long as an ENV may live: an hour more is refused. */
const MOST_S = 21_600;

async function runCommand(page: Page, words: string): Promise<void> {
  const palette = new TtWindow(page).dialog('Search or command');
  await page.keyboard.press('Control+k');
  await expect(palette.getByRole('searchbox')).toBeFocused();
  await page.keyboard.type(words);
  await page.keyboard.press('Enter');
  await expect(palette).toBeHidden();
}

test('failures of one kind stand together, and are closed together', { tag: '@deep' }, async ({ tt }) => {
  const { page, agent } = tt;
  const window = new TtWindow(page);
  for (const name of ['one', 'two', 'three']) {
    await createEnv(agent, name);
    await agent.client.env.update({ name, lifetimeS: MOST_S });
  }
  await expect(window.board.card('three')).toBeVisible();
  for (const name of ['one', 'two', 'three']) {
    await runCommand(page, `1 h ${name} extend`);
    await expect(window.message(`The lifetime of ${name} was not changed`)).toBeVisible();
  }
  const messages = page.getByRole('region', { name: 'Messages' });
  const group = messages.getByRole('group', { name: '3 failures alike' });
  await expect(group).toBeVisible();
  await expect(group.getByText('The lifetime of one was not changed')).toHaveCount(0);
  await group.getByRole('button', { name: 'and 2 more alike' }).click();
  await expect(group.getByText('The lifetime of one was not changed')).toBeVisible();
  expect(await serious(page, 'grouped messages')).toEqual([]);
  await group.getByRole('button', { name: 'Close all 3' }).click();
  await expect(messages.getByText(/was not changed/)).toHaveCount(0);
});

test('ends of several ENVs are one line, and are put off or put aside together', { tag: '@deep' }, async ({ tt }) => {
  const { page, agent } = tt;
  const window = new TtWindow(page);
  const names = ['one', 'two', 'three'];
  for (const name of names) await createEnv(agent, name);
  await expect(window.board.card('three')).toBeVisible();
  await bringEndNear(agent, ...names);
  const warnings = new EndingWarnings(page);
  const messages = page.getByRole('region', { name: 'Messages' });
  await expect(messages.getByRole('button', { name: 'and 2 more' })).toBeVisible({ timeout: 20_000 });
  await expect(warnings.list.getByRole('listitem')).toHaveCount(1);
  // One line: as high as a button, not two lines of text.
  const box = await warnings.list.getByRole('listitem').boundingBox();
  expect(box?.height ?? 0).toBeLessThan(60);
  await messages.getByRole('button', { name: '+ 1 h for all 3' }).click();
  await expect(warnings.list).toHaveCount(0);
  const ends = await Promise.all(names.map(async (name) => (await agent.client.env.show({ name })).env.endAt));
  for (const end of ends) expect(Date.parse(end) - Date.now()).toBeGreaterThan(3_000_000);
});

test('in a small window no message lies over the verbs of a dialog', { tag: '@deep' }, async ({ tt }, info) => {
  const { page, agent } = tt;
  const window = new TtWindow(page);
  await createEnv(agent, 'one');
  await agent.client.env.update({ name: 'one', lifetimeS: MOST_S });
  await expect(window.board.card('one')).toBeVisible();
  await page.setViewportSize({ width: 760, height: 520 });
  await runCommand(page, '1 h one extend');
  await expect(window.message('The lifetime of one was not changed')).toBeVisible();
  const dialogs = [
    { open: 'Import an image', verbs: ['Cancel', 'Import'] },
    { open: 'New ENV', verbs: ['Create'] },
  ];
  for (const { open, verbs } of dialogs) {
    await runCommand(page, open);
    const dialog = page.getByRole('dialog').last();
    for (const verb of verbs) {
      const button = dialog.getByRole('button', { name: verb }).last();
      await button.scrollIntoViewIfNeeded();
      const whatIsThere = () =>
        button.evaluate((element) => {
          const { left, right, top, bottom } = element.getBoundingClientRect();
          const places = [left + 2, (left + right) / 2, right - 2];
          const found = places.map((x) => document.elementFromPoint(x, (top + bottom) / 2));
          return found.map((one) => (element.contains(one) ? 'the verb' : (one?.className ?? 'nothing')));
        });
      await expect.poll(whatIsThere, `${verb} of ${open}`).toEqual(['the verb', 'the verb', 'the verb']);
      await page.screenshot({ path: info.outputPath(`${open}.png`) });
    }
    await page.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
  }
});
