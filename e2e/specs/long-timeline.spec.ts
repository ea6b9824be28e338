// A timeline with more snapshots than the shelf draws at once begins at its end, and stays there while more are taken.
import { createEnv } from '../fixtures/env.ts';
import { expect, test } from '../fixtures/tt.ts';

test('a long timeline shows the present, until somebody scrolls up', async ({ tt }) => {
  await createEnv(tt.agent, 'many-snapshots');
  const take = async (from: number, to: number) => {
    for (let number = from; number <= to; number++) {
      const request = { operationId: crypto.randomUUID(), envName: 'many-snapshots', name: `after-${number}` };
      await tt.agent.client.snapshot.create(request);
    }
  };
  await tt.page.getByText('many-snapshots', { exact: true }).first().click();
  await take(1, 60);
  const shelf = tt.page.getByRole('grid', { name: 'Snapshots of many-snapshots' });
  const now = shelf.getByRole('row', { name: 'Now' });
  await expect(now).toBeInViewport();
  await tt.page.reload();
  await expect(now).toBeInViewport();
  await expect(shelf.getByRole('row', { name: 'after-60' })).toBeInViewport();
  // Who looks at an older one keeps it in sight.
  await shelf.hover();
  await tt.page.mouse.wheel(0, -1500);
  await expect(now).not.toBeInViewport();
  await take(61, 62);
  await expect(now).not.toBeInViewport();
});
