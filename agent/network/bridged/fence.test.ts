// A fenced network beside the one whose addresses it has, on one real kernel with real dnsmasq: both guests have the same MAC
// and address, each reaches its own gateway and neighbour, and there is no path from one to the other, to the host or outside.
// @module-tag real
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ChildProcess } from 'node:child_process';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runCommand } from '../../host/run-command.ts';
import type { EnvNetwork, Nic, NicRequest } from '../interface.ts';
import { NatNetwork } from '../nat/nat-network.ts';
import { endProcess, TestGuest, TestNamespace } from '../test-namespace.ts';
import type { Run } from './host-links.ts';

let host: TestNamespace;
let holder: ChildProcess;
let directory: string;
let network: NatNetwork;
const guests: TestGuest[] = [];

beforeEach(async () => {
  host = await TestNamespace.make();
  // Namespaces made by the network are mounts: they need a host whose mounts outlive one command.
  holder = await host.spawn('sleep', ['600']);
  directory = await mkdtemp(path.join(tmpdir(), 'tt-fence-'));
  await runCommand('chmod', ['755', directory], { timeoutMs: 5000 });
  network = driver();
  await network.init();
});
afterEach(async () => {
  for (const guest of guests.splice(0)) await guest.unplug();
  await endProcess(holder.pid ?? 0);
  await host.remove();
  await rm(directory, { recursive: true, force: true });
});

function driver(): NatNetwork {
  const run: Run = (command, args, options) =>
    runCommand('nsenter', ['--target', String(holder.pid), '--mount', '--net', command, ...args], options);
  return new NatNetwork({ agentTag: 'fe9c', stateDirectory: path.join(directory, 'net'), run });
}
const inHost = async (...words: string[]) => {
  const args = ['--target', String(holder.pid), '--mount', '--net', ...words];
  return (await runCommand('nsenter', args, { timeoutMs: 10_000 })).stdout;
};
const ours = async () => ({
  links: (await host.interfaces()).filter((name) => name.startsWith('tt')),
  namespaces: (await inHost('ip', 'netns', 'list')).split('\n').filter((line) => line.startsWith('ttnfe9c')),
});
async function plugIn({ nic }: NicRequest): Promise<TestGuest> {
  const guest = await TestGuest.plugIn(host, nic);
  guests.push(guest);
  return guest;
}

it('gives twins the addresses of the originals in a network of their own, and all of it goes again', async () => {
  const nothing = await ours();
  const env = await network.planEnv({ envName: 'shop', nicCount: 2 }, []);
  const nics: Nic[] = [];
  const request = (hostname: string, of: EnvNetwork, nic: Nic): NicRequest => {
    nics.push(nic);
    return { env: of, vmId: `${of.envName}-${hostname}`, hostname, nic, index: 0, ownerUid: null };
  };
  const macs = () => new Set(nics.map(({ mac }) => mac));
  const web = request('web', env, network.planNic(env, { bandwidthMbps: null }, { nics, macs: macs() }));
  const db = request('db', env, network.planNic(env, { bandwidthMbps: null }, { nics, macs: macs() }));
  const fence = network.planFence(env, 'shop-copy', [env]);
  const twins = [web, db].map(({ hostname, nic }) =>
    request(hostname, fence, network.planTwin(nic, { nics, macs: macs() })),
  );
  expect(fence).toMatchObject({ cidr: env.cidr, fenced: true, number: 2 });
  const twinOfTwin = network.planFence(fence, 'shop-copy-2', [env, fence]);
  expect(twinOfTwin).toMatchObject({ number: 3, gatewayMac: fence.gatewayMac });
  expect(twins.map(({ nic }) => [nic.mac, nic.ip])).toEqual([web, db].map(({ nic }) => [nic.mac, nic.ip]));
  expect(new Set(nics.map(({ tap }) => tap)).size).toBe(4);

  await network.setNet([web, db]);
  await network.setNet(twins);
  const made = await ours();
  // Again, and by the next agent: nothing new.
  await network.setNet(twins);
  await driver().setNet(twins);
  expect(await ours()).toEqual(made);
  expect(await inHost('ip', '-4', 'address', 'show', 'dev', network.bridgeOf(fence))).not.toContain('inet');

  const [original, neighbour, twin] = [await plugIn(web), await plugIn(db), await plugIn(twins[0] ?? web)];
  const gateway = (env.cidr ?? '').replace(/\.0\/.*/, '.1');
  await inHost('ip', 'address', 'add', '192.0.2.1/32', 'dev', 'lo');
  const leases = [await original.lease(), await neighbour.lease(), await twin.lease()];
  expect(leases.map((lease) => lease?.address)).toEqual([web.nic.ip, db.nic.ip, web.nic.ip]);
  expect(leases.map((lease) => lease?.router)).toEqual([gateway, gateway, gateway]);
  expect(await twin.resolve('db.shop-copy.tt')).toBe(db.nic.ip);
  // A guest whose memory goes on sends to the gateway it knows, without asking who that is.
  const [bridge] = JSON.parse(await inHost('ip', '-json', 'link', 'show', 'dev', network.bridgeOf(env)));
  const known = ['lladdr', bridge.address, 'nud', 'permanent'];
  await twin.namespace.exec('ip', 'neighbour', 'replace', gateway, ...known, 'dev', 'eth0');
  const reached = async (guest: TestGuest, address: string) => guest.reaches(address);
  // Each has its own gateway; the host's other address is reached by the original only; the twin's neighbour is not there.
  expect([await reached(original, gateway), await reached(twin, gateway)]).toEqual([true, true]);
  expect([await reached(original, '192.0.2.1'), await reached(twin, '192.0.2.1')]).toEqual([true, false]);
  expect([await reached(original, db.nic.ip ?? ''), await reached(twin, db.nic.ip ?? '')]).toEqual([true, false]);

  await network.unsetNet(twins);
  await network.destroyEnv(fence);
  await network.destroyEnv(fence);
  const left = await ours();
  expect(left.namespaces).toEqual([]);
  expect(left.links).not.toContain(network.bridgeOf(fence));
  // What an agent left that died is swept.
  await network.setNet(twins);
  const swept = await network.sweep({ envs: [env], nics: [web.nic, db.nic] });
  expect(swept.join('\n')).toMatch(/removed the network namespace ttnfe9c2/);
  expect(await ours()).toEqual(left);
  await network.destroyEnv(env);
  expect(await ours()).toEqual(nothing);
});
