// The largest number of copies in one call, on the fake engine: an address, a port and a record for each, and all of it removed
// again.
// @module-tag deep
import { expect, it } from 'vitest';
import { startTestAgent } from '../../testing/in-process-agent.ts';

it('two thousand copies and the first are made, changed and taken away in one call each', async () => {
  const firstPort = 30_000;
  const agent = await startTestAgent({
    config: {
      network: 'nat',
      cpuTotal: 5_000,
      memoryTotalMiB: 1_000_000,
      diskTotalMiB: 100_000_000,
      firstPort,
      lastPort: firstPort + 4_999,
    },
  });
  const { env, vms } = await agent.client.env.create({ name: 'many', groups: [{ osPrefix: 'tiny', copies: 2_001 }] });
  expect(vms).toHaveLength(2_001);
  // One network with room for all of them, an address and a port for each.
  expect(env.networks).toEqual([{ kind: 'nat', cidr: expect.stringMatching(/\/21$/), vni: null }]);
  expect(new Set(vms.map(({ ip }) => ip)).size).toBe(2_001);
  expect(new Set(vms.map(({ portMap }) => portMap[0]?.hostPort)).size).toBe(2_001);
  await agent.client.env.update({ name: 'many', denyOutgoing: true });
  await agent.client.env.delete({ name: 'many' });
  expect((await agent.client.host.show()).ports.used).toBe(0);
  await agent.stop();
});
