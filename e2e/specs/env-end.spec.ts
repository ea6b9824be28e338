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
  await env.expectStates({ 'tiny-2-1': 'stopped' });
  await expect(env.action('Start')).toBeDisabled();
  await expect(window.shelf.pane.getByRole('row', { name: 'Now', exact: true })).toBeVisible();
  await env.header.getByRole('button', { name: 'Extend kept by 1 h from now' }).click();
  await expect(env.header.getByTitle(/^Expired at/)).toBeHidden();
  await env.action('Start').click();
  await env.expectStates({ 'tiny-2-1': 'running' });
});
