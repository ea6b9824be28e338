// Words that are longer by two fifths, as in another language, can be read on every page and in every dialog, in a small window, too.
import { createEnv } from '../fixtures/env.ts';
import { expect, test } from '../fixtures/tt.ts';
import { everywhere } from '../pages/everywhere.ts';
import { cutOff } from '../pages/long-words.ts';

for (const viewport of [
  { width: 1280, height: 800 },
  { width: 760, height: 520 },
]) {
  test.describe(`${viewport.width} x ${viewport.height}`, { tag: ['@deep'] }, () => {
    test.use({ viewport });

    test('no word is cut off', async ({ tt }) => {
      test.setTimeout(300_000);
      const [vm] = await createEnv(tt.agent, 'demo', 2);
      await tt.agent.client.snapshot.create({ operationId: crypto.randomUUID(), envName: 'demo', name: 'clean' });
      const found: string[] = [];
      await everywhere(tt.page, vm, async (name) => void found.push(...(await cutOff(tt.page, name))));
      expect(found).toEqual([]);
    });
  });
}
