// Fifty machines in one call wake from one warm image, with the fake engine.
// @module-tag long
import { expect, it } from 'vitest';
import { FakeCgroups } from '../../cgroups/fake-cgroups.ts';
import { TINY_IMAGE } from '../../testing/image-folder.ts';
import { startTestAgent } from '../../testing/in-process-agent.ts';

it('wakes fifty machines, each with an address of its own', async () => {
  const config = { memoryTotalMiB: 16_384, network: 'nat' as const };
  const agent = await startTestAgent({ config, cgroups: new FakeCgroups({ now: () => 0 }) });
  await agent.client.image.warm({ name: TINY_IMAGE });
  const { vms } = await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny', copies: 50 }] });
  expect(vms.filter(({ origin }) => origin?.how === 'woken')).toHaveLength(50);
  for (const of of [vms.map(({ mac }) => mac), vms.map(({ ip }) => ip)]) expect(new Set(of).size).toBe(50);
  await agent.stop();
});
