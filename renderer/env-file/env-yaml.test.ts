// The YAML of an ENV in the window: read, edited, planned, applied; nothing is deleted or restarted without a tick, and somebody
// else's change makes a new plan.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { translate } from '../i18n/index.ts';
import { startTestStores, type TestStores } from '../testing/test-stores.ts';
import { EnvYaml } from './env-yaml.ts';
import { planLines, undoneLines } from './plan-lines.ts';

let world: TestStores;
let yaml: EnvYaml;
beforeAll(async () => {
  world = await startTestStores({ empty: true });
}, 30_000);
afterAll(() => world.stop());
beforeEach(async () => {
  await world.link.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny', copies: 2 }] });
  await world.settle();
  yaml = new EnvYaml(world.stores.bridge, 'demo');
  await yaml.load();
});
afterEach(async () => {
  yaml.text.stop();
  const { client } = world.link;
  for (const { name } of (await client.env.list()).envs) await client.env.delete({ name });
});

const show = () => world.link.client.env.show({ name: 'demo' });
async function planned(from: string | RegExp, to: string): Promise<string[]> {
  yaml.text.type(yaml.text.text.replace(from, to));
  await yaml.makePlan();
  return planLines(yaml.steps, translate, 'en').map(({ sign, subject, what }) => `${sign} ${subject} ${what}`);
}

test('is what tt exports; unchanged it plans nothing', async () => {
  expect(yaml.exported).toMatch(/^name: demo\n/);
  expect([yaml.isEdited, yaml.text.problems]).toEqual([false, []]);
  await yaml.makePlan();
  expect([yaml.steps, yaml.shownPlan?.file.name]).toEqual([[], 'demo']);
});

test('a fault has its place and plans nothing', async () => {
  expect(await planned('copies: 2', 'copeis: 2')).toEqual([]);
  expect([yaml.shownPlan, yaml.text.problems.map(({ reason }) => reason.code)]).toEqual([null, ['keyUnknownNear']]);
  expect(await planned('copeis: 2', 'copies: 2')).toEqual([]);
  expect(await planned('name: demo', 'name: other')).toEqual([]);
  expect(yaml.text.problems).toMatchObject([{ line: 1, column: 7, reason: { code: 'nameOther' } }]);
});

test('a change is applied, and the text is read again', async () => {
  expect(await planned('title: ""', 'title: Shop')).toEqual(['~ demo title: "" → "Shop"']);
  expect(await yaml.apply()).toBe(true);
  expect((await show()).env.title).toBe('Shop');
  expect([yaml.isEdited, yaml.plan, yaml.failure]).toEqual([false, null, null]);
  // Typing on makes a plan one of another text.
  await planned('title: Shop', 'title: Shop 2');
  yaml.text.type(yaml.text.text.replace('Shop 2', 'Shop 3'));
  expect([yaml.shownPlan, await yaml.apply()]).toEqual([null, false]);
  expect((await show()).env.title).toBe('Shop');
});

test('what deletes needs a tick', async () => {
  const [vm] = (await show()).vms;
  await planned('copies: 2', 'copies: 1');
  expect([yaml.needsLoss, yaml.needsRestart, yaml.doableCount]).toEqual([true, false, 0]);
  expect(await yaml.apply()).toBe(false);
  expect(undoneLines(yaml.results, translate, 'en')).toEqual([
    expect.stringMatching(/: it deletes data$|– it deletes data$/),
  ]);
  expect((await show()).vms).toHaveLength(2);
  await yaml.makePlan();
  yaml.allow({ loss: true });
  expect(yaml.doableCount).toBe(1);
  expect(await yaml.apply()).toBe(true);
  expect((await show()).vms).toHaveLength(1);
  expect(vm).toBeDefined();
});

test('what restarts needs a tick', async () => {
  await planned(/memoryMiB: \d+/, 'memoryMiB: 200');
  expect([yaml.needsLoss, yaml.needsRestart]).toEqual([false, true]);
  expect(await yaml.apply()).toBe(false);
  await yaml.makePlan();
  yaml.allow({ restart: true });
  expect(await yaml.apply()).toBe(true);
  expect((await show()).vms.map(({ spec, state }) => [spec.memoryMiB, state])).toEqual([
    [200, 'running'],
    [200, 'running'],
  ]);
});

test('somebody else’s change meanwhile makes a new plan, and nothing more is done', async () => {
  await planned('title: ""', 'title: Mine');
  await world.link.client.env.update({ name: 'demo', title: 'Theirs' });
  expect(await yaml.apply()).toBe(false);
  expect([yaml.isReplanned, yaml.failure, yaml.steps.map(({ changes }) => changes)]).toEqual([
    true,
    null,
    [[{ field: 'title', from: 'Theirs', to: 'Mine' }]],
  ]);
  expect((await show()).env.title).toBe('Theirs');
  expect(await yaml.apply()).toBe(true);
  expect((await show()).env.title).toBe('Mine');
});

test('an ENV that was deleted meanwhile is not created anew', async () => {
  yaml.text.type(yaml.text.text.replace('title: ""', 'title: Mine'));
  await world.link.client.env.delete({ name: 'demo' });
  await yaml.makePlan();
  expect([yaml.shownPlan, yaml.failure?.code]).toEqual([null, 'ENV_NOT_FOUND']);
});
