// A host port that another program took while its VM was stopped: an error of its own, and a change that fixes it.
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startTestAgent, type TestAgent } from '../../testing/in-process-agent.ts';

let agent: TestAgent;
let other: Server;
beforeEach(async () => {
  agent = await startTestAgent();
  other = createServer();
});
afterEach(async () => {
  other.close();
  await agent.stop();
});

it('is told with the address, and other ports are one change away', async () => {
  const request = {
    name: 'demo',
    groups: [{ osPrefix: 'tiny', ports: [{ protocol: 'tcp' as const, guestPort: 80 }] }],
  };
  const vm = (await agent.client.env.create(request)).vms[0];
  const [ssh, web] = vm?.portMap ?? [];
  if (!vm || !ssh || !web) throw new Error('it has no ports');
  const vmId = vm.id;
  await agent.client.vm.stop({ vmId, graceS: 0 });
  await once(other.listen(web.hostPort, web.hostAddress), 'listening');
  const { protocol, hostAddress, hostPort } = web;
  const taken = { code: 'HOST_PORT_TAKEN', data: { vmName: vm.name, protocol, hostAddress, hostPort, guestPort: 80 } };
  await expect(agent.client.vm.start({ vmId })).rejects.toMatchObject(taken);
  await expect(agent.client.env.start({ name: 'demo' })).rejects.toMatchObject(taken);
  expect((await agent.client.vm.show({ vmId })).state).toBe('stopped');

  const { portMap } = await agent.client.vm.update({ vmId, newHostPorts: true });
  expect(portMap.map(({ guestPort }) => guestPort)).toEqual([22, 80]);
  const before = new Set([ssh.hostPort, web.hostPort]);
  expect(portMap.filter((port) => before.has(port.hostPort))).toEqual([]);
  expect(await agent.client.vm.start({ vmId })).toMatchObject({ state: 'running', portMap });
  // What was given back can be had again, but for what another program has.
  expect((await agent.client.host.show()).ports.used).toBe(2);
});

it('of a running VM changes while it runs', async () => {
  const vm = (await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny' }] })).vms[0];
  const { portMap } = await agent.client.vm.update({ vmId: vm?.id ?? '', newHostPorts: true });
  const machine = [...agent.fakeHost.values()].find(({ spec }) => spec.id === vm?.id);
  expect(portMap[0]?.hostPort).not.toBe(vm?.portMap[0]?.hostPort);
  expect(machine?.forwards.get(0)).toMatchObject([{ guestPort: 22, hostPort: portMap[0]?.hostPort }]);
});
