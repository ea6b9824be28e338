// Deaths around warm images, on each storage: the agent is killed by SIGKILL at the named steps of warming an image, of waking VMs
// from it and of cooling it; the guest is killed while its image is warmed. The image is warm or it is not: no guest, disk or memory
// of a half-made instant remains, what is warm still wakes, and what is not can be warmed again.
// @module-tag long
import type { TtError } from '@tt/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CrashScene, describeCrashes } from '../testing/crash-scenes.ts';
import { killProcess } from '../testing/kill-process.ts';
import { NO_LEFTOVERS, type RealAgent } from '../testing/real-agent.ts';
import { describeOn, type FixtureAgent, startAgentOn, type StorageFixtureName } from '../testing/storage-fixtures.ts';

const IMAGE = 'qemu:tiny-2:default';
const create = ({ client }: RealAgent, name: string, copies: number) =>
  client.env.create({ name, groups: [{ osPrefix: 'tiny', copies }] });
const warm = ({ client }: RealAgent) => client.image.warm({ name: IMAGE });
const isWarm = async ({ client }: RealAgent) =>
  (await client.image.show({ name: IMAGE })).image.warm?.state === 'ready';

/** Warmed again unless it is warm; a VM wakes from it; then it is cooled, for the sake of what must be left of all. */
async function wakes(agent: RealAgent): Promise<void> {
  if (!(await isWarm(agent))) await warm(agent);
  const { vms } = await create(agent, 'next', 1);
  expect(vms.map(({ origin }) => [origin?.how, origin?.reason])).toEqual([['woken', null]]);
  await agent.client.image.cool({ name: IMAGE });
  expect(await isWarm(agent)).toBe(false);
}

const scenes: readonly CrashScene[] = [
  {
    what: 'warming an image',
    steps: [
      'reserved',
      'disk',
      'cgroup',
      'spawned',
      'answers',
      'guest is quiet',
      'save begun',
      'state saved',
      'guest ended',
      'warm',
    ],
    act: warm,
    envs: {},
    after: wakes,
  },
  {
    what: 'waking from it',
    steps: ['reserved', 'copied', 'copied:2', 'spawned', 'woken', 'identity', 'ready'],
    before: warm,
    act: (agent) => create(agent, 'demo', 2),
    envs: { demo: [0, 2] },
    after: async (agent) => {
      expect(await isWarm(agent)).toBe(true);
      await wakes(agent);
    },
  },
  {
    what: 'cooling it',
    steps: ['warm set aside', 'guest ended', 'warm removed'],
    before: warm,
    act: ({ client }) => client.image.cool({ name: IMAGE }),
    envs: {},
    after: async (agent) => {
      expect(await isWarm(agent)).toBe(false);
      await wakes(agent);
    },
  },
];

/** Where the storage itself is at work. */
const STORAGE_STEPS = new Set(['disk', 'state saved', 'warm', 'copied', 'copied:2', 'woken', 'warm removed']);

/** Those at which there is a guest. */
const GUEST_STEPS = ['spawned', 'answers', 'guest is quiet', 'save begun', 'state saved'];

describeOn(['qcow2', 'reflink', 'zfs'], (storage) => {
  const chosen = scenes.map((scene) => ({ ...scene, steps: stepsOn(storage, scene.steps) }));
  describeCrashes(chosen, (options) => startAgentOn(storage, options));

  describe('a guest killed while its image is warmed', () => {
    let agent: FixtureAgent;
    beforeAll(async () => {
      agent = await startAgentOn(storage);
    });
    afterAll(() => agent?.remove());
    const nothingIsLeft = () => expect.poll(() => agent.leftovers(), { timeout: 120_000 }).toEqual(NO_LEFTOVERS);

    it.each(stepsOn(storage, GUEST_STEPS))('at “%s” leaves nothing half made', async (step) => {
      await agent.kill('SIGTERM');
      agent = await agent.restart({ waitAt: step });
      await agent.arm();
      const answer = warm(agent).then(
        () => 'warm',
        ({ code }: TtError) => code,
      );
      await agent.waits();
      const guests = await agent.guestPids();
      expect(guests).toHaveLength(1);
      await killProcess(guests[0] ?? 0);
      await agent.goOn();
      // Once its state is complete it is needed no more.
      const answers = step === 'state saved' ? ['warm', 'IMAGE_WARM_FAILED'] : ['VM_START_FAILED', 'IMAGE_WARM_FAILED'];
      const said = await answer;
      expect(answers).toContain(said);
      expect(await isWarm(agent)).toBe(said === 'warm');
      if (said !== 'warm') await nothingIsLeft();
      await wakes(agent);
      await agent.client.env.delete({ name: 'next' });
      await nothingIsLeft();
    });
  });
});

function stepsOn(storage: StorageFixtureName, steps: readonly string[]): readonly string[] {
  return storage === 'qcow2' ? steps : steps.filter((step) => STORAGE_STEPS.has(step));
}
