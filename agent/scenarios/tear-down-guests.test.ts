// An agent that tears everything down when it ends: real guests, DHCP servers, links and rules, on SIGTERM and on SIGKILL.
// @module-tag deep
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { type Lab, makeLab } from '../testing/network-lab/lab.ts';
import { type RealAgent, startRealAgent } from '../testing/real-agent.ts';
import { type HostState, hostStateOf } from '../testing/host-state.ts';

const FLAGS = ['--network', 'nat', '--tear-down-on-exit'];
let lab: Lab;
let agent: RealAgent;
let before: HostState;

beforeAll(async () => {
  lab = await makeLab(['a']);
});
afterAll(() => lab.remove());
beforeEach(async () => {
  before = await hostStateOf(lab.host('a'));
  agent = await startRealAgent({ host: lab.host('a'), flags: FLAGS });
  await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny', copies: 2 }] });
  expect(await agent.guestPids()).toHaveLength(2);
});
afterEach(() => agent.remove());

const states = async () => (await agent.client.env.show({ name: 'demo' })).vms.map(({ state }) => state);
const own = ({ cgroups: _ofOthersToo, ...state }: HostState) => state;

it('on SIGTERM leaves the host as it was, and brings the VMs back when asked', async () => {
  const addresses = (await agent.client.env.show({ name: 'demo' })).vms.map(({ ip, portMap }) => ({ ip, portMap }));
  await agent.kill('SIGTERM');
  await expect.poll(async () => own(await hostStateOf(lab.host('a'))), { timeout: 15_000 }).toEqual(own(before));
  agent = await agent.restart();
  expect(await states()).toEqual(['stopped', 'stopped']);
  const { vms } = await agent.client.env.start({ name: 'demo' });
  expect(vms.map(({ ip, portMap }) => ({ ip, portMap }))).toEqual(addresses);
  expect(await states()).toEqual(['running', 'running']);
});

it('on SIGKILL leaves no process, and its next start removes what it left besides', async () => {
  await agent.kill('SIGKILL');
  await expect
    .poll(async () => (await hostStateOf(lab.host('a'))).processes, { timeout: 15_000 })
    .toEqual(before.processes);
  agent = await agent.restart();
  expect(await states()).toEqual(['failed', 'failed']);
  await agent.client.env.delete({ name: 'demo' });
  await agent.kill('SIGTERM');
  await expect.poll(async () => own(await hostStateOf(lab.host('a'))), { timeout: 15_000 }).toEqual(own(before));
});
