// nat on a real kernel with real dnsmasq, in a network namespace: the contract, and what a guest sees and measures.
// @module-tag deep
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeBridgedContract } from '../bridged.contract.ts';
import type { EnvNetwork, Nic, NicRequest } from '../interface.ts';
import { makeBridgedHarness } from '../test-bridged-harness.ts';
import { endProcess, TestGuest, TestNamespace } from '../test-namespace.ts';
import { NatNetwork } from './nat-network.ts';

describeBridgedContract('nat', () =>
  makeBridgedHarness(({ pool, ...options }) => new NatNetwork({ ...options, ...(pool === undefined ? {} : { pool }) })),
);

describe('a nat network', () => {
  let host: TestNamespace;
  let directory: string;
  let network: NatNetwork;
  let env: EnvNetwork;
  const guests: TestGuest[] = [];
  const nics: Nic[] = [];

  beforeEach(async () => {
    host = await TestNamespace.make({ resolvers: 'nameserver 127.0.0.1\n' });
    directory = await mkdtemp(path.join(tmpdir(), 'tt-nat-'));
    network = new NatNetwork({ agentTag: 'a1b2', stateDirectory: path.join(directory, 'net'), run: host.run });
    // Other users may look into the folder itself, so that dnsmasq can read what is below.
    await host.exec('chmod', '755', directory);
    await network.init();
    env = await network.planEnv({ envName: 'shop', nicCount: 2 }, []);
    nics.length = 0;
  });
  afterEach(async () => {
    for (const guest of guests.splice(0)) await guest.unplug();
    await host.remove();
    await rm(directory, { recursive: true, force: true });
  });

  function nic(hostname: string, bandwidthMbps: number | null = null): NicRequest {
    const nic = network.planNic(env, { bandwidthMbps }, { nics, macs: new Set(nics.map(({ mac }) => mac)) });
    nics.push(nic);
    return { env, vmId: hostname, hostname, nic, index: 0, ownerUid: null };
  }
  async function plugIn({ nic }: NicRequest): Promise<TestGuest> {
    const guest = await TestGuest.plugIn(host, nic);
    guests.push(guest);
    return guest;
  }

  it('tells a guest its name, its way out, and names of the world outside', async () => {
    const upstream = await host.spawn('dnsmasq', [
      '--keep-in-foreground',
      '--conf-file=/dev/null',
      '--no-resolv',
      '--no-hosts',
      '--interface=lo',
      '--bind-interfaces',
      '--address=/world.example/192.0.2.77',
      `--pid-file=${path.join(directory, 'upstream')}`,
    ]);
    const web = nic('Web_1');
    await network.setNet([web]);
    const guest = await plugIn(web);
    const gateway = env.cidr?.replace('.0/24', '.1') ?? '';
    expect(await guest.lease()).toEqual({
      address: web.nic.ip,
      netmask: '255.255.255.0',
      router: gateway,
      dns: gateway,
      server: gateway,
      hostname: 'web-1',
      domain: 'shop.tt',
      mtu: null,
    });
    expect(await guest.resolve('world.example')).toBe('192.0.2.77');
    expect(await guest.reaches(gateway)).toBe(true);
    if (upstream.pid !== undefined) await endProcess(upstream.pid);
  });

  it('routes what a guest sends, and gives IPv6 and foreign source addresses no chance', async () => {
    const outside = await TestNamespace.make();
    try {
      await host.exec('ip', 'link', 'add', 'up0', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', outside.name);
      await host.exec('ip', 'address', 'add', '192.0.2.1/24', 'dev', 'up0');
      await host.exec('ip', 'link', 'set', 'up0', 'up');
      await outside.exec('ip', 'address', 'add', '192.0.2.2/24', 'dev', 'eth0');
      await outside.exec('ip', 'link', 'set', 'eth0', 'up');
      await outside.exec('ip', 'route', 'add', 'default', 'via', '192.0.2.1');
      const web = nic('web');
      await network.setNet([web]);
      const guest = await plugIn(web);
      await guest.lease();
      expect(await guest.reaches('192.0.2.2')).toBe(true);
      await guest.namespace.exec('ip', 'address', 'add', '198.51.100.9/32', 'dev', 'lo');
      const arrived = async () => {
        const [, ...rows] = (await outside.exec('cat', '/proc/net/snmp')).match(/^Tcp: .*$/gm) ?? [];
        return Number(rows[0]?.split(' ')[10]);
      };
      const before = await arrived();
      expect(before).toBeGreaterThan(0);
      expect(await guest.reaches('192.0.2.2', '198.51.100.9')).toBe(false);
      expect(await arrived()).toBe(before);
      const ipv6 = await host.exec('ip', '-6', '-json', 'address', 'show', 'scope', 'link');
      expect(ipv6).not.toContain(network.bridgeOf(env));
      expect(ipv6).not.toContain(web.nic.tap);
    } finally {
      await outside.remove();
    }
  });

  it('lets nobody but its owner open a tap, and gives it to the next owner', async () => {
    const web = nic('web');
    const ownerOf = (tap: string | null) => host.exec('cat', `/sys/class/net/${tap}/owner`).then(Number);
    await network.setNet([web]);
    expect(await ownerOf(web.nic.tap)).toBe(0);
    await network.setNet([{ ...web, ownerUid: 54_321 }]);
    expect(await ownerOf(web.nic.tap)).toBe(54_321);
    const before = await host.exec('cat', `/sys/class/net/${web.nic.tap}/ifindex`);
    await network.setNet([{ ...web, ownerUid: 54_321 }]);
    expect(await host.exec('cat', `/sys/class/net/${web.nic.tap}/ifindex`)).toBe(before);
  });

  it('repairs a bridge that was removed and a tap that was unplugged', async () => {
    const web = nic('web', 100);
    await network.setNet([web]);
    const guest = await plugIn(web);
    await host.exec('ip', 'link', 'set', 'dev', web.nic.tap ?? '', 'nomaster');
    expect(await guest.lease()).toBeNull();
    await network.setNet([web]);
    expect(await guest.lease()).toMatchObject({ address: web.nic.ip });
    await host.exec('ip', 'link', 'delete', 'dev', network.bridgeOf(env));
    expect(await guest.lease()).toBeNull();
    await network.setNet([web]);
    expect(await guest.lease()).toMatchObject({ address: web.nic.ip });
  });

  it('runs dnsmasq without privileges to speak of, and out of the agent’s hands', async () => {
    await network.setNet([nic('web')]);
    const pid = (await readFile(path.join(directory, 'net', network.bridgeOf(env), 'pid'), 'utf8')).trim();
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    expect(/^Uid:\t(\d+)/m.exec(status)?.[1]).not.toBe('0');
    expect(/^PPid:\t(\d+)/m.exec(status)?.[1]).not.toBe(String(process.pid));
    const session = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(' ')[5];
    const own = (await readFile(`/proc/${process.pid}/stat`, 'utf8')).split(' ')[5];
    expect(session).not.toBe(own);
  });

  it('starts a server anew that an agent with other settings left, or that lost its pid file', async () => {
    const web = nic('web');
    await network.setNet([web]);
    const guest = await plugIn(web);
    expect(await guest.lease()).toMatchObject({ mtu: null });
    const stateDirectory = path.join(directory, 'net');
    const next = new NatNetwork({ agentTag: 'a1b2', stateDirectory, mtu: 1400, run: host.run });
    await rm(path.join(stateDirectory, next.bridgeOf(env), 'pid'));
    await next.setNet([web]);
    expect(await guest.lease()).toMatchObject({ address: web.nic.ip, mtu: 1400 });
    const servers = (await host.exec('ss', '-Hlnup')).split('\n').filter((line) => line.includes(':67 '));
    expect(servers).toHaveLength(1);
  });

  it('keeps clear of blocks the host has routes to', async () => {
    await host.exec('ip', 'link', 'add', 'up0', 'type', 'bridge');
    await host.exec('ip', 'link', 'set', 'up0', 'up');
    await host.exec('ip', 'route', 'add', '10.210.0.0/23', 'dev', 'up0');
    await host.exec('ip', 'route', 'add', '10.210.3.7', 'dev', 'up0', 'table', '77');
    const taken: EnvNetwork[] = [];
    for (const envName of ['one', 'two']) taken.push(await network.planEnv({ envName, nicCount: 1 }, taken));
    expect(taken.map(({ cidr }) => cidr)).toEqual(['10.210.2.0/24', '10.210.4.0/24']);
  });

  it('holds a guest to its limit, both ways, and lets go of it', async () => {
    const limited = nic('limited', 10);
    const free = nic('free');
    const port = 5001;
    await network.setNet([limited, free]);
    const [one, other] = [await plugIn(limited), await plugIn(free)];
    await one.lease();
    await other.lease();
    await one.listen(port);
    await other.listen(port);
    const speeds = {
      towards: await other.speedTo(limited.nic.ip ?? '', port, 2_500),
      from: await one.speedTo(free.nic.ip ?? '', port, 2_500),
    };
    await network.setNet([{ ...limited, nic: { ...limited.nic, bandwidthMbps: null } }]);
    const unlimited = {
      towards: await other.speedTo(limited.nic.ip ?? '', port, 1_500),
      from: await one.speedTo(free.nic.ip ?? '', port, 1_500),
    };
    console.log('Mbit/s with a limit of 10:', speeds, 'without:', unlimited);
    for (const speed of Object.values(speeds)) {
      expect(speed).toBeGreaterThan(5);
      expect(speed).toBeLessThan(15);
    }
    for (const speed of Object.values(unlimited)) expect(speed).toBeGreaterThan(30);
    expect((await host.interfaces()).filter((name) => name.startsWith('tti'))).toEqual([]);
  });

  it('makes 200 NICs in one batch, and 2000 on more than one bridge', async () => {
    const took = async (work: () => Promise<void>) => {
      const startedAt = performance.now();
      await work();
      return Math.round(performance.now() - startedAt);
    };
    env = await network.planEnv({ envName: 'large', nicCount: 2000 }, []);
    const nics = Array.from({ length: 2000 }, (_, index) => nic(`vm-${index}`, index < 200 ? 100 : null));
    const first = nics.slice(0, 200);
    const times = {
      make200limited: await took(() => network.setNet(first)),
      again200: await took(() => network.setNet(first)),
      make1800: await took(() => network.setNet(nics.slice(200))),
      again2000: await took(() => network.setNet(nics)),
    };
    const [near, far] = [await plugIn(nics[0] as NicRequest), await plugIn(nics[1999] as NicRequest)];
    expect(await near.lease()).toMatchObject({ address: nics[0]?.nic.ip });
    expect(await far.lease()).toMatchObject({ address: nics[1999]?.nic.ip });
    expect(await near.reaches(nics[1999]?.nic.ip ?? '')).toBe(true);
    const removal = {
      remove200: await took(() => network.unsetNet(first)),
      destroy: await took(() => network.destroyEnv(env)),
    };
    console.log('milliseconds:', { ...times, ...removal });
    expect(await host.interfaces()).toEqual(['lo']);
    expect(times.make200limited).toBeLessThan(20_000);
  });
});
