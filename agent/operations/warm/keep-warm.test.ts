// The background task that keeps the most used images warm, with the fake engine: what is used is warmed as it was asked for, what people
// warmed stays, and what fails is not tried every time.
import { afterEach, expect, it } from 'vitest';
import { FakeCgroups } from '../../cgroups/fake-cgroups.ts';
import { DEBIAN_IMAGE, TINY_IMAGE } from '../../testing/image-folder.ts';
import { startTestAgent, type TestAgent } from '../../testing/in-process-agent.ts';
import { until } from '../../testing/until.ts';

let agent: TestAgent;
afterEach(() => agent.stop());

const budget = { count: 1, diskMiB: 4096, memoryMiB: 512 };
async function begin(warmImages = budget): Promise<void> {
  const config = { memoryTotalMiB: 4096, network: 'user' as const, warmImages };
  agent = await startTestAgent({ config, cgroups: new FakeCgroups({ now: () => 0 }), warmTaskMs: 10 });
}
const create = (name: string, group: object) =>
  agent.client.env.create({ name, groups: [{ osPrefix: 'tiny', ...group }] });
const warmOf = async (name: string) => (await agent.client.image.show({ name })).image.warm;
const ready = (name: string) => until(`${name} is warm`, async () => (await warmOf(name))?.state === 'ready');

it('warms the most used image as it was asked for, and lets it go for another', async () => {
  await begin();
  await create('one', { memoryMiB: 256 });
  await ready(TINY_IMAGE);
  expect(await warmOf(TINY_IMAGE)).toMatchObject({ memoryMiB: 256, nicCount: 1 });
  const { vms } = await create('two', { memoryMiB: 256 });
  expect(vms[0]?.origin).toMatchObject({ how: 'woken' });
  await create('three', { osPrefix: 'debian', copies: 5 });
  await ready(DEBIAN_IMAGE);
  await until('the other is gone', async () => (await warmOf(TINY_IMAGE)) === null);
  expect((await agent.client.host.tasks()).tasks.find(({ name }) => name === 'warm-images')).toMatchObject({
    failureCount: 0,
  });
  await agent.configure({ warmImages: { ...budget, count: 0 } });
  await until('it is switched off', async () => (await warmOf(DEBIAN_IMAGE)) === null);
});

it('leaves what people warmed, and tries what failed not again at once', async () => {
  await begin();
  await agent.client.image.warm({ name: DEBIAN_IMAGE });
  let starts = 0;
  agent.engine.onCall((method) => {
    if (method === 'beginSave') starts++;
  });
  agent.engine.failNext('beginSave', 'COMMAND_FAILED');
  await create('one', { copies: 2 });
  await until('it failed', () => agent.log.some(({ msg }) => msg === 'could not warm an image'));
  const runs = async () =>
    (await agent.client.host.tasks()).tasks.find(({ name }) => name === 'warm-images')?.lastSuccessAt;
  const before = await runs();
  await until('the task ran again', async () => (await runs()) !== before);
  expect(starts).toBe(1);
  expect(await warmOf(TINY_IMAGE)).toBe(null);
  expect((await warmOf(DEBIAN_IMAGE))?.state).toBe('ready');
  expect(agent.takeFaults().map(({ msg }) => msg)).toEqual(['could not warm an image']);
});
