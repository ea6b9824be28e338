// NICs on a bridge of the host, on a real kernel: a namespace is the host, another one the company with its DHCP server.
// @module-tag deep
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Plans } from '../contract-harness.ts';
import type { NicRequest } from '../interface.ts';
import { describeNetworkContract } from '../network.contract.ts';
import { TestGuest } from '../test-namespace.ts';
import type { LanNetwork } from './lan-network.ts';
import { BRIDGE, COMPANY, TestCompany } from './test-company.ts';

describeNetworkContract('bridge', async () => {
  const test = await TestCompany.make();
  return {
    network: test.driver(),
    another: ({ agentTag } = {}) => test.driver(agentTag),
    interfaces: () => test.host.interfaces(),
    remove: () => test.remove(),
  };
});

describe('a NIC on a bridge of the host', () => {
  let test: TestCompany;
  let network: LanNetwork;
  let plans: Plans;
  const guests: TestGuest[] = [];

  beforeEach(async () => {
    test = await TestCompany.make();
    network = test.driver();
    plans = new Plans(network);
    await network.init();
  });
  afterEach(async () => {
    for (const guest of guests.splice(0)) await guest.unplug();
    await test.remove();
  });

  const plugIn = async ({ nic }: NicRequest) => {
    const guest = await TestGuest.plugIn(test.host, nic);
    guests.push(guest);
    return guest;
  };
  const bridgeNow = async () => {
    const text = await test.host.exec('ip', '-json', '-details', 'address', 'show', 'dev', BRIDGE);
    const [{ mtu, address, addr_info: addresses }] = JSON.parse(text) as [
      { mtu: number; address: string; addr_info: { local: string; prefixlen: number }[] },
    ];
    return { mtu, address, addresses: addresses.map(({ local, prefixlen }) => `${local}/${prefixlen}`) };
  };

  it('has an address of the company, and sees it and its neighbours; the bridge stays as it was', async () => {
    const before = await bridgeNow();
    const [web, db] = [plans.nic(await plans.env('one'), 'web'), plans.nic(await plans.env('two'), 'db', 50)];
    await network.setNet([web, db]);
    const [one, two] = [await plugIn(web), await plugIn(db)];
    const lease = await one.lease();
    expect(lease).toMatchObject({ server: COMPANY, address: expect.stringMatching(/^198\.51\.100\./) });
    expect(await one.reaches(COMPANY)).toBe(true);
    const other = await two.lease();
    expect(await one.reaches(other?.address ?? '')).toBe(true);
    expect(await bridgeNow()).toEqual(before);
    await network.unsetNet([web, db]);
    expect(await bridgeNow()).toEqual(before);
    expect(await test.host.exec('nft', 'list', 'ruleset')).toBe('');
  });

  it('can’t pose as another: other MACs and what serves the network are dropped', async () => {
    const web = plans.nic(await plans.env('one'), 'web');
    await network.setNet([web]);
    const guest = await plugIn(web);
    const address = (await guest.lease())?.address ?? '';
    expect(await guest.reaches(COMPANY)).toBe(true);
    const { namespace } = guest;
    const mac = (value: string) => namespace.exec('ip', 'link', 'set', 'dev', 'eth0', 'address', value);
    await mac('52:54:00:00:00:99');
    expect(await guest.reaches(COMPANY)).toBe(false);
    await mac(web.nic.mac);
    expect(await guest.reaches(COMPANY)).toBe(true);
    // A DHCP server of its own hears a client on the same bridge, and is not heard.
    await namespace.spawn('dnsmasq', [
      '--keep-in-foreground',
      '--conf-file=/dev/null',
      '--port=0',
      '--no-ping',
      '--interface=eth0',
      '--dhcp-authoritative',
      `--dhcp-range=203.0.113.10,203.0.113.20,255.255.255.0,1h`,
      `--dhcp-leasefile=/dev/null`,
      '--pid-file=',
    ]);
    await namespace.exec('ip', 'address', 'add', '203.0.113.1/24', 'dev', 'eth0');
    const victim = plans.nic(await plans.env('two'), 'victim');
    await network.setNet([victim]);
    const lease = await (await plugIn(victim)).lease();
    expect(lease).toMatchObject({ server: COMPANY });
    expect(lease?.address).not.toBe(address);
  });

  it('of a fenced copy has its neighbours, and nothing of the company', async () => {
    const original = plans.nic(await plans.env('one'), 'web');
    const env = network.planFence(original.env, 'copy', plans.envs);
    plans.envs.push(env);
    const twins = ['web', 'db'].map((hostname) => {
      const twin = network.planTwin(original.nic, { nics: plans.nics, macs: new Set() });
      const nic = hostname === 'web' ? twin : { ...twin, mac: '52:54:00:00:00:77' };
      const request = { env, vmId: hostname, hostname, nic, index: 0, ownerUid: null };
      plans.requests.push(request);
      return request;
    });
    const [web, db] = twins as [NicRequest, NicRequest];
    await network.setNet([original, web, db]);
    expect((await (await plugIn(original)).lease())?.server).toBe(COMPANY);
    const [copy, neighbour] = [await plugIn(web), await plugIn(db)];
    // As they were when they were copied.
    await copy.namespace.exec('ip', 'address', 'add', '198.51.100.60/24', 'dev', 'eth0');
    await neighbour.namespace.exec('ip', 'address', 'add', '198.51.100.61/24', 'dev', 'eth0');
    expect(await copy.reaches('198.51.100.61')).toBe(true);
    expect(await copy.reaches(COMPANY)).toBe(false);
    expect(await copy.lease()).toBeNull();
    await network.unsetNet(twins);
    await network.destroyEnv(env);
    expect(new Set(await test.host.interfaces())).toEqual(new Set(['lo', BRIDGE, original.nic.tap, 'uplink']));
  });

  it('joins a bridge again that was made anew, and says when there is none', async () => {
    const web = plans.nic(await plans.env('one'), 'web');
    await network.setNet([web]);
    const guest = await plugIn(web);
    expect(await guest.lease()).not.toBeNull();
    await test.host.exec('ip', 'link', 'delete', 'dev', BRIDGE);
    expect(await network.repair()).toEqual([expect.stringContaining('br0 is gone')]);
    const late = plans.nic(web.env, 'late');
    await expect(network.setNet([late])).rejects.toMatchObject({ code: 'BRIDGE_MISSING' });
    await expect(test.driver().init()).rejects.toMatchObject({ code: 'BRIDGE_MISSING' });
    await expect(test.driver('a1b2', 'uplink').init()).rejects.toMatchObject({ code: 'BRIDGE_MISSING' });
    await test.host.exec('ip', 'link', 'add', BRIDGE, 'type', 'bridge', 'forward_delay', '0');
    await test.host.exec('ip', 'link', 'set', 'uplink', 'master', BRIDGE);
    await test.host.exec('ip', 'link', 'set', BRIDGE, 'up');
    await test.host.exec('nft', 'flush', 'ruleset');
    expect(await network.repair()).toEqual([
      expect.stringContaining('table bridge tt_a1b2'),
      expect.stringContaining(web.nic.tap ?? ''),
    ]);
    expect(await network.repair()).toEqual([]);
    expect(await guest.reaches(COMPANY)).toBe(true);
  });

  it('survives a restart of the agent with its rules, and is swept when nobody knows it', async () => {
    const [kept, gone] = [plans.nic(await plans.env('one'), 'web'), plans.nic(await plans.env('two'), 'db')];
    await network.setNet([kept, gone]);
    const next = test.driver();
    await next.init();
    // Before it has set up all NICs again, a new one must not take the rules from the others.
    const late = plans.nic(kept.env, 'late');
    await next.setNet([late]);
    for (const { nic } of [kept, gone, late]) expect(await test.host.exec('nft', 'list', 'ruleset')).toContain(nic.mac);
    await next.unsetNet([late]);
    await next.setNet([kept]);
    const told = await next.sweep({ envs: [kept.env], nics: [kept.nic] });
    expect(told).toEqual([`removed the interface ${gone.nic.tap}`]);
    const guest = await plugIn(kept);
    expect(await guest.lease()).not.toBeNull();
    expect(await test.host.exec('nft', 'list', 'ruleset')).toContain(kept.nic.mac);
    await next.sweep({ envs: [], nics: [] });
    expect(await test.host.exec('nft', 'list', 'ruleset')).toBe('');
  });

  it('refuses a NIC that is not of this agent, or is no MAC', async () => {
    const before = await test.host.interfaces();
    const web = plans.nic(await plans.env('one'), 'web');
    for (const odd of [
      { tap: 'eth0' },
      { tap: 'tttbeef1' },
      { mac: '52:54:00:11:22:33 drop' },
      { ip: '198.51.100.9' },
    ]) {
      const set = network.setNet([{ ...web, nic: { ...web.nic, ...odd } }]);
      await expect(set).rejects.toMatchObject({ code: 'OPTION_INVALID' });
    }
    expect(await test.host.interfaces()).toEqual(before);
  });
});
