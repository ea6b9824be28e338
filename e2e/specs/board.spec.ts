// The board: filters that combine and are remembered, tags and notes where they stand, several ENVs at once, and the bin.
import { createEnv } from '../fixtures/env.ts';
import { expect, test } from '../fixtures/tt.ts';
import { TtWindow } from '../pages/window.ts';

test.use({ agentFlags: ['--keep-deleted=3600'] });

test('the second click of a double click on a card presses nothing on the page that the first has opened', async ({
  tt,
}) => {
  const { page } = tt;
  const window = new TtWindow(page);
  await createEnv(tt.agent, 'demo');
  const dialogs = page.getByRole('dialog').or(page.getByRole('textbox', { name: 'New tag' }));
  const addTag = page.getByRole('button', { name: 'Add tag' });
  await window.board.card('demo').getByText('demo', { exact: true }).dblclick();
  await expect(addTag).toBeVisible();
  await expect(dialogs).toHaveCount(0);
  // Quick hands that mean it are taken at their word: each is a click of its own.
  await page.goBack();
  const name = window.board.card('demo').getByText('demo', { exact: true });
  await expect(name).toBeVisible();
  const box = await name.boundingBox();
  if (!box) throw new Error('the card is not drawn');
  await page.mouse.click(box.x + 5, box.y + 5);
  await expect(addTag).toBeVisible();
  await addTag.click();
  await expect(
    page.getByRole('combobox', { name: 'New tag' }).or(page.getByRole('textbox', { name: 'New tag' })),
  ).toBeVisible();
});

test.describe('the board', { tag: '@deep' }, () => {
  test('filters combine, and are there again after the window was opened anew', async ({ tt }) => {
    await createEnv(tt.agent, 'web');
    await createEnv(tt.agent, 'db');
    await createEnv(tt.agent, 'old');
    await tt.agent.client.env.update({ name: 'web', tags: ['nightly'] });
    await tt.agent.client.env.update({ name: 'old', tags: ['nightly'] });
    await tt.agent.client.env.stop({ name: 'old', graceS: 0 });
    const window = new TtWindow(tt.page);
    await window.ready();
    await window.board.card('web').getByRole('button', { name: 'Show only ENVs with the tag nightly' }).click();
    await expect(window.board.card('db')).toBeHidden();
    await expect(window.board.card('old')).toBeVisible();
    await tt.page.getByRole('radiogroup', { name: 'Show only' }).getByRole('radio', { name: 'Running' }).click();
    await expect(window.board.card('old')).toBeHidden();
    await expect(window.board.card('web')).toBeVisible();

    await tt.page.reload();
    await expect(window.board.card('web')).toBeVisible();
    await expect(window.board.card('old')).toBeHidden();
    await tt.page.getByRole('button', { name: 'Show all' }).click();
    await expect(window.board.card('old')).toBeVisible();
    await expect(window.board.card('db')).toBeVisible();
  });

  test('tags and notes are seen and changed where they stand; HTML in notes is text', async ({ tt }) => {
    await createEnv(tt.agent, 'demo');
    const window = new TtWindow(tt.page);
    await window.board.open('demo');
    await tt.page.getByRole('button', { name: 'Add tag' }).click();
    await tt.page
      .getByRole('combobox', { name: 'New tag' })
      .or(tt.page.getByRole('textbox', { name: 'New tag' }))
      .fill('red, blue');
    await tt.page.keyboard.press('Enter');
    const tags = tt.page.getByRole('grid', { name: 'Tags' });
    await expect(tags.getByRole('row')).toHaveCount(2);
    await tags.getByRole('button', { name: 'Remove the tag red' }).click();
    await expect(tags.getByRole('row')).toHaveCount(1);
    await expect.poll(async () => (await tt.agent.client.env.show({ name: 'demo' })).env.tags).toEqual(['blue']);

    await tt.page.getByRole('button', { name: 'Notes', exact: true }).click();
    await tt.page.getByRole('button', { name: 'Edit the notes' }).click();
    const notes = tt.page.getByRole('textbox', { name: 'Notes' });
    await notes.fill('# Login\n\n**root** <img src=x onerror="document.title=1">\n\n[docs](javascript:alert)');
    // A text that was changed is not lost by one key.
    await notes.press('Escape');
    await expect(notes).toBeVisible();
    await notes.press('Control+Enter');
    await expect(tt.page.getByRole('heading', { name: 'Login' })).toBeVisible();
    await expect(tt.page.locator('.markdown strong')).toHaveText('root');
    await expect(tt.page.locator('.markdown')).toContainText('<img src=x');
    expect(await tt.page.locator('.markdown img, .markdown a').count()).toBe(0);

    // Somebody else was faster: nothing is replaced without a word.
    await tt.page.getByRole('button', { name: 'Edit the notes' }).click();
    await notes.fill('mine');
    await tt.agent.client.env.update({ name: 'demo', notes: 'theirs' });
    await expect(tt.page.getByRole('alert')).toContainText('Somebody has changed the notes');
    await tt.page.getByRole('button', { name: 'Take theirs' }).click();
    await expect(notes).toHaveValue('theirs');
  });

  test('notes of any length leave the machines in sight', async ({ tt }) => {
    await createEnv(tt.agent, 'demo');
    await tt.agent.client.env.update({ name: 'demo', notes: 'word\n\n'.repeat(600) });
    const window = new TtWindow(tt.page);
    await window.board.open('demo');
    await expect(tt.page.locator('.notes-text')).toContainText('word');
    await expect(window.env('demo').machine('tiny-2-1').getByRole('img').first()).toBeInViewport();
  });

  test('several are extended, saved and deleted at once; the bin has them, and gives them back', async ({ tt }) => {
    await createEnv(tt.agent, 'one');
    await createEnv(tt.agent, 'two');
    const window = new TtWindow(tt.page);
    await window.ready();
    const ends = async () =>
      Promise.all(['one', 'two'].map(async (name) => Date.parse((await tt.agent.client.env.show({ name })).env.endAt)));
    const before = await ends();
    const place = await window.board.card('two').boundingBox();
    for (const name of ['one', 'two']) {
      await window.board.card(name).focus();
      await tt.page.keyboard.press('Space');
    }
    const selection = tt.page.getByRole('group', { name: '2 selected' });
    await expect(selection).toBeVisible();
    expect(await window.board.card('two').boundingBox()).toEqual(place);
    await selection.getByRole('button', { name: '+1 h' }).click();
    await expect.poll(ends).toEqual(before.map((end) => end + 3_600_000));
    await selection.getByRole('button', { name: 'Snapshot' }).click();
    await window.dialog('Snapshot of 2 ENVs').getByRole('button', { name: 'Take snapshot' }).click();
    for (const name of ['one', 'two']) {
      await expect.poll(async () => (await tt.agent.client.snapshot.list({ envName: name })).snapshots.length).toBe(1);
    }

    // Not by Enter alone: the name of the first has to be typed.
    await selection.getByRole('button', { name: 'Delete…' }).click();
    const dialog = window.dialog('Delete 2 ENVs?');
    await expect(dialog).toContainText('Goes to the bin');
    await tt.page.keyboard.press('Enter');
    await expect(dialog).toBeVisible();
    // And Esc in the field leaves, whatever is in it.
    await dialog.getByRole('textbox').fill('on');
    await tt.page.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
    await selection.getByRole('button', { name: 'Delete…' }).click();
    await dialog.getByRole('textbox').fill('one');
    await tt.page.keyboard.press('Enter');
    await expect(window.board.card('one')).toBeHidden();
    await tt.page.getByRole('button', { name: 'Bin (2)' }).click();
    await expect(tt.page.getByRole('button', { name: 'Restore one' })).toBeVisible();
    await tt.page.getByRole('button', { name: 'Restore one' }).click();
    await expect(window.message('one restored')).toBeVisible();
    await tt.page.getByRole('button', { name: 'Delete for ever: two' }).click();
    const forEver = window.dialog('Delete two for ever?');
    // Whoever presses Enter without having read deletes nothing.
    await expect(forEver.getByRole('button', { name: 'Cancel' })).toBeFocused();
    await forEver.getByRole('button', { name: 'Delete for ever' }).click();
    await expect(tt.page.getByRole('heading', { name: 'The bin is empty' })).toBeVisible();
    await tt.page.getByRole('button', { name: 'All ENVs' }).click();
    await expect(window.board.card('one')).toBeVisible();
    expect((await tt.agent.client.env.show({ name: 'one' })).snapshots).toHaveLength(1);
  });

  test('a deleted ENV comes back by Undo', async ({ tt }) => {
    await createEnv(tt.agent, 'demo');
    const window = new TtWindow(tt.page);
    await window.board.card('demo').focus();
    await tt.page.keyboard.press('Delete');
    await window.dialog('Delete demo?').getByRole('button', { name: 'Delete', exact: true }).click();
    await expect(window.board.card('demo')).toBeHidden();
    await window.undo();
    await expect(window.board.card('demo')).toBeVisible();
    expect((await tt.agent.client.env.show({ name: 'demo' })).env.state).toBe('stopped');
  });

  test('what was composed survives Esc, and its name is never cut off', async ({ tt }) => {
    const window = new TtWindow(tt.page);
    await window.ready();
    await tt.page.keyboard.press('n');
    await tt.page.keyboard.type('tiny');
    await window.newEnv.name.fill('half-done');
    await tt.page.keyboard.press('Escape');
    await expect(window.newEnv.dialog).toBeHidden();
    await tt.page.keyboard.press('n');
    await expect(window.newEnv.name).toHaveValue('half-done');
    await expect(window.newEnv.search).toHaveValue('tiny');

    // As wide as a small window, and as a window at 200 %.
    for (const size of [
      { width: 760, height: 520 },
      { width: 640, height: 400 },
    ]) {
      await tt.page.setViewportSize(size);
      await window.newEnv.name.scrollIntoViewIfNeeded();
      const [field, dialog] = [await window.newEnv.name.boundingBox(), await window.newEnv.dialog.boundingBox()];
      if (!field || !dialog) throw new Error('the name is not shown');
      expect(field.x).toBeGreaterThanOrEqual(dialog.x);
      expect(field.x + field.width).toBeLessThanOrEqual(dialog.x + dialog.width);
      expect(field.width).toBeGreaterThan(100);
      await expect(window.newEnv.name).toBeInViewport({ ratio: 1 });
      await window.newEnv.create.scrollIntoViewIfNeeded();
      await expect(window.newEnv.create).toBeInViewport({ ratio: 1 });
    }
    await window.newEnv.dialog.getByRole('button', { name: 'Start over' }).click();
    await expect(window.newEnv.search).toHaveValue('');
  });
});
