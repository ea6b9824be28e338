// flat on real kernels, each host a network namespace: the contract, and two connected hosts that share ENVs.
// @module-tag deep
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeBridgedContract } from '../bridged.contract.ts';
import type { EnvNetwork, Nic, NicRequest } from '../interface.ts';
import { makeBridgedHarness } from '../test-bridged-harness.ts';
import { TestGuest, TestNamespace } from '../test-namespace.ts';
import { FlatNetwork } from './flat-network.ts';

describeBridgedContract('flat', async () => ({
  ...(await makeBridgedHarness(({ pool, ...options }) => {
    const small = pool === undefined ? {} : { pool, blockPrefixLength: 24 };
    return new FlatNetwork({ ...options, ...small, localAddress: '127.0.0.1', peers: [] });
  })),
  // 1500 less what VXLAN puts around a frame (RFC 7348, section 4.3).
  nicMtu: 1450,
}));

interface Host {
  namespace: TestNamespace;
  network: FlatNetwork;
  nics: Nic[];
}

describe('flat networks over two hosts', () => {
  const addresses = ['192.0.2.1', '192.0.2.2'] as const;
  /** What each host has at the moment. */
  let hostAddresses: [string, string];
  let directory: string;
  let left: Host;
  let right: Host;
  const namespaces: TestNamespace[] = [];
  const guests: TestGuest[] = [];

  async function makeHost(index: 0 | 1): Promise<Host> {
    const namespace = await TestNamespace.make();
    namespaces.push(namespace);
    const stateDirectory = path.join(directory, `host-${index}`);
    const [localAddress, peer] = [() => hostAddresses[index], addresses[index === 0 ? 1 : 0]];
    const agentTag = `aaa${index}`;
    const network = new FlatNetwork({ agentTag, stateDirectory, localAddress, peers: [peer], run: namespace.run });
    await network.init();
    return { namespace, network, nics: [] };
  }

  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'tt-flat-'));
    await chmod(directory, 0o755);
    hostAddresses = [...addresses];
    left = await makeHost(0);
    right = await makeHost(1);
    const [one, other] = [left.namespace, right.namespace];
    await one.exec('ip', 'link', 'add', 'wire', 'type', 'veth', 'peer', 'name', 'wire', 'netns', other.name);
    for (const [index, { namespace }] of [left, right].entries()) {
      await namespace.exec('ip', 'address', 'add', `${addresses[index]}/24`, 'dev', 'wire');
      await namespace.exec('ip', 'link', 'set', 'wire', 'up');
    }
  });
  afterEach(async () => {
    for (const guest of guests.splice(0)) await guest.unplug();
    for (const namespace of namespaces.splice(0)) await namespace.remove();
    await rm(directory, { recursive: true, force: true });
  });

  async function plugIn(host: Host, env: EnvNetwork, hostname: string): Promise<{ guest: TestGuest; nic: Nic }> {
    const taken = { nics: host.nics, macs: new Set(host.nics.map(({ mac }) => mac)) };
    const nic = host.network.planNic(env, { bandwidthMbps: null }, taken);
    host.nics.push(nic);
    const request: NicRequest = { env, vmId: hostname, hostname, nic, index: 0, ownerUid: null };
    await host.network.setNet([request]);
    const guest = await TestGuest.plugIn(host.namespace, nic);
    guests.push(guest);
    return { guest, nic };
  }
  /** The same ENV on both: the first host chooses, the second is told. */
  async function share(envName: string, taken: { left: EnvNetwork[]; right: EnvNetwork[] }) {
    const onLeft = await left.network.planEnv({ envName, nicCount: 2 }, taken.left);
    const vni = onLeft.vni ?? 0;
    const onRight = await right.network.planEnv({ envName, nicCount: 2, vni }, taken.right);
    taken.left.push(onLeft);
    taken.right.push(onRight);
    return { left: onLeft, right: onRight };
  }

  it('choose the same network for an ENV, and different addresses', async () => {
    const env = await share('lab', { left: [], right: [] });
    expect(env.right).toEqual(env.left);
    expect(await right.network.planEnv({ envName: 'lab', nicCount: 1 }, [])).toEqual(env.left);
    const plan = ({ network }: Host) => {
      const nics: Nic[] = [];
      for (let i = 0; i < 1000; i++)
        nics.push(network.planNic(env.left, { bandwidthMbps: null }, { nics, macs: new Set() }));
      return nics.map(({ ip }) => ip);
    };
    expect(new Set([...plan(left), ...plan(right)]).size).toBe(2000);
    const again = right.network.planEnv({ envName: 'other', nicCount: 1, vni: env.left.vni ?? 0 }, [env.right]);
    await expect(again).rejects.toMatchObject({ code: 'POOL_EXHAUSTED' });
  });

  it('are one Ethernet: TCP goes between guests of two hosts, at full size, and each host answers its own', async () => {
    const env = await share('lab', { left: [], right: [] });
    const one = await plugIn(left, env.left, 'one');
    const other = await plugIn(right, env.right, 'other');
    const lease = await one.guest.lease();
    expect(lease).toMatchObject({
      address: one.nic.ip,
      netmask: '255.255.240.0',
      router: null,
      mtu: 1450,
      domain: 'lab.tt',
    });
    const otherLease = await other.guest.lease();
    expect(otherLease).toMatchObject({ address: other.nic.ip, router: null });
    expect(otherLease?.['server']).not.toBe(lease?.['server']);
    expect(await one.guest.resolve('one')).toBe(one.nic.ip);
    expect(await one.guest.resolve('world.example')).toBeNull();
    await other.guest.listen(5001);
    const speed = await one.guest.speedTo(other.nic.ip ?? '', 5001, 1_000);
    console.log('Mbit/s between two hosts:', speed);
    // Frames that are too large for the tunnel would stall it altogether.
    expect(speed).toBeGreaterThan(5);
    // Both servers hear a rebooted guest: its own says yes, and the other not no.
    expect(await one.guest.confirm(one.nic.ip ?? '')).toEqual([5]);
    // The other host's server is a neighbour too.
    expect(await one.guest.reaches(String(otherLease?.['server']))).toBe(true);
  });

  it('do not mix: a guest of one VNI does not see one of another, though it pretends to be in its block', async () => {
    const taken = { left: [], right: [] };
    const [lab, shop] = [await share('lab', taken), await share('shop', taken)];
    expect(shop.left.vni).not.toBe(lab.left.vni);
    const one = await plugIn(left, lab.left, 'one');
    const same = await plugIn(right, lab.right, 'same');
    const stranger = await plugIn(right, shop.right, 'stranger');
    for (const { guest } of [one, same, stranger]) expect(await guest.lease()).not.toBeNull();
    expect(await one.guest.reaches(same.nic.ip ?? '')).toBe(true);
    const pretended = `${one.nic.ip?.split('.').slice(0, 3).join('.')}.250/20`;
    await stranger.guest.namespace.exec('ip', 'address', 'add', pretended, 'dev', 'eth0');
    expect(await stranger.guest.reaches(one.nic.ip ?? '')).toBe(false);
    expect(await one.guest.reaches(stranger.nic.ip ?? '')).toBe(false);
  });

  it('learn of hosts that come and go', async () => {
    const env = await share('lab', { left: [], right: [] });
    const one = await plugIn(left, env.left, 'one');
    const other = await plugIn(right, env.right, 'other');
    await one.guest.lease();
    await other.guest.lease();
    await left.network.setPeers([], [env.left]);
    await right.network.setPeers([], [env.right]);
    // What the kernels have learned in the meantime would still do.
    for (const { namespace } of [left, right]) await namespace.exec('ip', 'link', 'set', 'dev', 'wire', 'down');
    for (const { namespace, network } of [left, right]) {
      const vxlan = network.bridgeOf(env.left).replace(/^ttb/, 'ttx');
      await namespace.exec('ip', 'link', 'set', 'dev', vxlan, 'down');
      await namespace.exec('ip', 'link', 'set', 'dev', vxlan, 'up');
      await namespace.exec('ip', 'link', 'set', 'dev', 'wire', 'up');
    }
    expect(await one.guest.reaches(other.nic.ip ?? '')).toBe(false);
    await left.network.setPeers([...addresses], [env.left]);
    await right.network.setPeers([...addresses], [env.right]);
    expect(await one.guest.reaches(other.nic.ip ?? '')).toBe(true);
  });

  it('follow the address of their host', async () => {
    const env = await share('lab', { left: [], right: [] });
    const one = await plugIn(left, env.left, 'one');
    const other = await plugIn(right, env.right, 'other');
    const lease = await one.guest.lease();
    await other.guest.lease();
    expect(await left.network.repair([env.left])).toEqual([]);
    // It has got another one, and the other host has been told.
    hostAddresses[0] = '192.0.2.9';
    await left.namespace.exec('ip', 'address', 'delete', `${addresses[0]}/24`, 'dev', 'wire');
    await left.namespace.exec('ip', 'address', 'add', '192.0.2.9/24', 'dev', 'wire');
    await right.network.setPeers(['192.0.2.9'], [env.right]);
    expect(await one.guest.reaches(other.nic.ip ?? '')).toBe(false);
    expect(await left.network.repair([env.left])).toEqual([expect.stringContaining('from 192.0.2.1 to 192.0.2.9')]);
    expect(await one.guest.reaches(other.nic.ip ?? '')).toBe(true);
    // Guests know the address of their host in the network: it stays, and the next repair has nothing to do.
    expect((await one.guest.lease())?.['server']).toBe(lease?.['server']);
    hostAddresses[0] = '127.0.0.1';
    expect(await left.network.repair([env.left])).toEqual([]);
  });

  it('repair a list of peers and a tunnel of another address', async () => {
    const env = await share('lab', { left: [], right: [] });
    const one = await plugIn(left, env.left, 'one');
    const other = await plugIn(right, env.right, 'other');
    await one.guest.lease();
    await other.guest.lease();
    const vxlan = left.network.bridgeOf(env.left).replace(/^ttb/, 'ttx');
    await left.namespace.exec('ip', 'link', 'delete', 'dev', vxlan);
    const wrong = ['type', 'vxlan', 'id', '77', 'local', addresses[0], 'dstport', '4789'];
    await left.namespace.exec('ip', 'link', 'add', vxlan, ...wrong);
    expect(await one.guest.reaches(other.nic.ip ?? '')).toBe(false);
    const request = { env: env.left, vmId: 'one', hostname: 'one', nic: one.nic, index: 0, ownerUid: null };
    await left.network.setNet([request]);
    expect(await one.guest.reaches(other.nic.ip ?? '')).toBe(true);
  });
});
