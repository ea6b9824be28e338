// The agent is killed by SIGKILL at the named steps of warming an image, of waking VMs from it and of cooling it, on each storage.
// The image is warm or it is not: no guest, disk or memory of a half-made instant remains, and what is warm still wakes.
// @module-tag long
import { expect } from 'vitest';
import { type CrashScene, describeCrashes } from '../testing/crash-scenes.ts';
import type { RealAgent } from '../testing/real-agent.ts';
import { describeOn, startAgentOn } from '../testing/storage-fixtures.ts';

const IMAGE = 'qemu:tiny-2:default';
const create = ({ client }: RealAgent, name: string, copies: number) =>
  client.env.create({ name, groups: [{ osPrefix: 'tiny', copies }] });
const warm = ({ client }: RealAgent) => client.image.warm({ name: IMAGE });
const isWarm = async ({ client }: RealAgent) => (await client.image.show({ name: IMAGE })).image.warm !== null;

/** What is there of the instant is of use; then it is removed, for the sake of what must be left of all. */
async function wakesOrBoots(agent: RealAgent): Promise<void> {
  const how = (await isWarm(agent)) ? 'woken' : 'booted';
  const { vms } = await create(agent, 'next', 1);
  expect(vms.map(({ origin }) => origin?.how)).toEqual([how]);
  await agent.client.image.cool({ name: IMAGE });
  expect(await isWarm(agent)).toBe(false);
}

const scenes: readonly CrashScene[] = [
  {
    what: 'warming an image',
    steps: ['reserved', 'disk', 'spawned', 'guest is quiet', 'save begun', 'state saved', 'guest ended', 'warm'],
    act: warm,
    envs: {},
    after: wakesOrBoots,
  },
  {
    what: 'waking from it',
    steps: ['reserved', 'copied', 'copied:2', 'spawned', 'woken', 'identity', 'ready'],
    before: warm,
    act: (agent) => create(agent, 'demo', 2),
    envs: { demo: [0, 2] },
    after: async (agent) => {
      expect(await isWarm(agent)).toBe(true);
      await wakesOrBoots(agent);
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
      await wakesOrBoots(agent);
    },
  },
];

/** Where the storage itself is at work. */
const STORAGE_STEPS = new Set(['disk', 'state saved', 'warm', 'copied', 'copied:2', 'woken', 'warm removed']);

describeOn(['qcow2', 'reflink', 'zfs'], (storage) => {
  const chosen = scenes.map((scene) => ({
    ...scene,
    steps: storage === 'qcow2' ? scene.steps : scene.steps.filter((step) => STORAGE_STEPS.has(step)),
  }));
  describeCrashes(chosen, (options) => startAgentOn(storage, options));
});
