// The agent of `npm start` as root, in a network namespace: machines see each other and reach out, their ports answer this host only,
// and its end leaves the host as it was, once no guest runs. Real guests.
// @module-tag long
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PRIVATE_AGENT_FLAGS } from '@tt/client/node';
import { type HostState, hostStateOf } from '../testing/host-state.ts';
import { startLabAgent } from '../testing/network-lab/agent.ts';
import { LabGuest } from '../testing/network-lab/guest.ts';
import { type Lab, type LabHost, makeLab } from '../testing/network-lab/lab.ts';
import { LabProbe } from '../testing/network-lab/probe.ts';
import type { RealAgent } from '../testing/real-agent.ts';

const SETTINGS = ['net.ipv4.ip_forward', 'net.ipv4.ip_local_reserved_ports'];

let lab: Lab;
let host: LabHost;
let before: Awaited<ReturnType<typeof networkNow>>;
let settings: string;
let agent: RealAgent;

const settingsNow = () => host.exec('sysctl', SETTINGS);
/** But for groups of VMs, which stay with their VMs. */
async function networkNow(): Promise<Pick<HostState, 'ruleset' | 'links' | 'processes'>> {
  const { ruleset, links, processes } = await hostStateOf(host);
  return { ruleset, links, processes };
}

beforeAll(async () => {
  lab = await makeLab(['a']);
  host = lab.host('a');
  await host.exec('sysctl', ['-w', 'net.ipv4.ip_forward=0']);
  before = await networkNow();
  settings = await settingsNow();
  agent = await startLabAgent(lab, host, PRIVATE_AGENT_FLAGS);
});
afterAll(() => lab?.remove());

it('gives machines a network with neighbours, whose ports answer this host only', async () => {
  const { env, vms } = await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny', copies: 2 }] });
  expect(env.networks).toMatchObject([{ kind: 'nat' }]);
  expect(await settingsNow()).not.toBe(settings);
  const [one, two] = (await LabGuest.loginAll(agent, vms)) as [LabGuest, LabGuest];
  expect(await one.pings(two.ip)).toBe(true);
  expect(await one.ask(two.ip, 22)).toMatch(/^SSH-2\.0-/);
  expect(await one.pings(lab.outside.address)).toBe(true);
  const outside = await LabProbe.start(lab, lab.outside);
  expect(await outside.ask('tcp', host.address, one.hostPort('tcp', 22), 'silence')).toBeNull();
  const target = `TCP:${host.address}:${one.hostPort('tcp', 22)},readbytes=8`;
  expect(await host.exec('socat', ['-T15', '-u', target, 'STDOUT'])).toBe('SSH-2.0-');
});

it('leaves all of it to guests that run on, and undoes it when the next agent ends without any', async () => {
  await agent.kill('SIGTERM');
  const left = await networkNow();
  expect(left.ruleset).toContain('tt_');
  expect(left.links.length).toBeGreaterThan(before.links.length);
  agent = await agent.restart();
  await agent.client.env.stop({ name: 'demo' });
  await agent.kill('SIGTERM');
  expect(await settingsNow()).toBe(settings);
  expect(await networkNow()).toEqual(before);
});

it('makes it again at the next start', async () => {
  agent = await agent.restart();
  await agent.client.env.start({ name: 'demo' });
  const { vms } = await agent.client.env.show({ name: 'demo' });
  const [one, two] = (await LabGuest.loginAll(agent, vms)) as [LabGuest, LabGuest];
  expect(await one.pings(two.ip)).toBe(true);
  await agent.client.env.delete({ name: 'demo' });
  await agent.kill('SIGTERM');
  expect(await settingsNow()).toBe(settings);
  expect(await networkNow()).toEqual(before);
});
