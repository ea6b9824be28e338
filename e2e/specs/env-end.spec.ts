// The end of an ENV in an open window: its life passes at once, as the agent's clock was late and is put right.
import { expect, test } from '../fixtures/tt.ts';
import { TtWindow } from '../pages/window.ts';

/** The shortest life there is. */
const LIFETIME_S = 30;

test.use({ lateByS: LIFETIME_S + 1 });

test('stopped at its end it says so, and is extended and started again', { tag: '@deep' }, async ({ tt }) => {
  await tt.agent.client.env.create({
    operationId: crypto.randomUUID(),
    name: 'kept',
    groups: [{ osPrefix: 'tiny' }],
    lifetimeS: LIFETIME_S,
    endPolicy: 'snapshotThenStop',
  });
  const window = new TtWindow(tt.page);
  await window.board.open('kept');
  const env = window.env('kept');
  await env.expectStates({ 'tiny-2-1': 'running' });
  await expect(env.header.getByTitle(/^Expired at/)).toBeHidden();
  tt.agent.passTime();
  await expect(env.header.getByTitle(/^Expired at/)).toBeVisible({ timeout: 20_000 });
  // Said once, with the time beside it.
  await expect(env.header.getByText('expired', { exact: true })).toHaveCount(1);
  await expect(env.header.locator('.lifetime')).toHaveText(/\d\d:\d\d$/);
  await env.expectStates({ 'tiny-2-1': 'stopped' });
  await expect(env.action('Start')).toBeDisabled();
  await expect(window.shelf.pane.getByRole('row', { name: 'Now', exact: true })).toBeVisible();

  // On the board beside the shelf, where cards are narrow, nothing of its card is outside, and no verb covers a fact.
  await tt.page.setViewportSize({ width: 1440, height: 900 });
  await window.goTo('ENVs');
  const card = window.board.card('kept');
  await expect(card.locator('.badge-warning')).toBeVisible();
  await expect(card.getByText('expired', { exact: true })).toHaveCount(1);
  const outside = await card.evaluate((box) => {
    const { right } = box.getBoundingClientRect();
    const facts = [...box.querySelectorAll('.card-facts *')];
    return facts.filter((fact) => fact.getBoundingClientRect().right > right).map(({ className }) => className);
  });
  expect(outside).toEqual([]);
  const facts = await card.locator('.card-systems').boundingBox();
  const verbs = await card.locator('.card-actions').boundingBox();
  expect(verbs?.y).toBeGreaterThanOrEqual((facts?.y ?? Infinity) + (facts?.height ?? 0));

  await window.board.open('kept');
  await env.header.getByRole('button', { name: 'Extend kept by 1 h from now' }).click();
  await expect(env.header.getByTitle(/^Expired at/)).toBeHidden();
  await env.action('Start').click();
  await env.expectStates({ 'tiny-2-1': 'running' });
});
