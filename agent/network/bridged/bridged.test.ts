// The pure parts of nat and flat: input for ip, tc and dnsmasq, and what `init` finds missing.
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { RunError } from '../../host/run-command.ts';
import { parseCidr } from '../address-pool.ts';
import { guestAddress, slicesOf } from '../flat/flat-addresses.ts';
import { FlatNetwork } from '../flat/flat-network.ts';
import { loadNetwork } from '../load.ts';
import { NatNetwork } from '../nat/nat-network.ts';
import { planLimits } from './bandwidth.ts';
import { formatNics, readNics, servedNic, serverArguments } from './dhcp-files.ts';
import type { HostLink, Run } from './host-links.ts';
import { type BridgeSpec, planLinks } from './link-plan.ts';
import { Mutex } from '../../host/mutex.ts';

const bridge: BridgeSpec = {
  name: 'ttba1b21',
  number: 1,
  address: '10.210.0.1',
  prefixLength: 24,
  keepAddress: (address) => address === '10.210.0.1',
  mtu: null,
  forwarding: true,
  vxlan: null,
};
const tap = (n: number) => ({ name: `ttta1b2${n}`, bridge: bridge.name, owner: 'root', ownerUid: 0 });
function link(name: string, more: Partial<HostLink> = {}): HostLink {
  const kind = name.startsWith('ttb') ? 'bridge' : 'tun';
  const nothing = { master: null, isUp: true, hasCarrier: false, mtu: 1500, owner: null, vxlan: null, addresses: [] };
  return { name, kind, ...nothing, ...more };
}
const present = (...links: HostLink[]) => new Map(links.map((one) => [one.name, one]));
const readyBridge = link(bridge.name, { addresses: [{ local: '10.210.0.1', prefixLength: 24 }] });
const readyTap = (n: number) => link(tap(n).name, { master: bridge.name, owner: 'root' });

describe('the plan of interfaces', () => {
  it('makes all of it on an empty host, settings before anything is up', () => {
    const plan = planLinks('a1b2', present(), [bridge], [tap(1)]);
    expect(plan.make).toEqual([
      expect.stringMatching(/^link add name ttba1b21 address 02(:[0-9a-f]{2}){5} type bridge /),
      'tuntap add dev ttta1b21 mode tap user 0',
    ]);
    expect(plan.settings).toContain('net.ipv6.conf.ttba1b21.disable_ipv6=1');
    expect(plan.settings).toContain('net.ipv6.conf.ttta1b21.disable_ipv6=1');
    expect(plan.raise).toEqual([
      'address add 10.210.0.1/24 dev ttba1b21',
      'link set dev ttba1b21 up',
      'link set dev ttta1b21 master ttba1b21',
      'link set dev ttta1b21 up',
    ]);
    expect([plan.made, plan.madeBridges]).toEqual([['ttba1b21', 'ttta1b21'], ['ttba1b21']]);
  });

  it('does nothing where all is right', () => {
    const plan = planLinks('a1b2', present(readyBridge, readyTap(1)), [bridge], [tap(1)]);
    expect(plan).toEqual({ make: [], settings: [], raise: [], made: [], madeBridges: [] });
  });

  it('mends just what is wrong', () => {
    const strayBridge = link(bridge.name, { isUp: false, addresses: [{ local: '192.0.2.9', prefixLength: 32 }] });
    const foreignTap = link(tap(1).name, { master: bridge.name, owner: 'eve', isUp: false });
    const busyTap = link(tap(2).name, { owner: 'eve', hasCarrier: true });
    const plan = planLinks('a1b2', present(strayBridge, foreignTap, busyTap), [bridge], [tap(1), tap(2)]);
    expect(plan.make).toEqual(['link delete dev ttta1b21', 'tuntap add dev ttta1b21 mode tap user 0']);
    expect(plan.raise).toEqual([
      'address delete 192.0.2.9/32 dev ttba1b21',
      'address add 10.210.0.1/24 dev ttba1b21',
      'link set dev ttba1b21 up',
      'link set dev ttta1b21 master ttba1b21',
      'link set dev ttta1b21 up',
      'link set dev ttta1b22 master ttba1b21',
    ]);
  });

  it('takes further bridges when the first is full, and keeps those on them where they are', () => {
    const full = Array.from({ length: 1000 }, (_, n) => link(`ttta1b2x${n.toString(36)}`, { master: bridge.name }));
    const first = planLinks('a1b2', present(readyBridge, ...full), [bridge], [tap(1), tap(2)]);
    expect(first.made).toEqual(['ttta1b21', 'ttsa1b21-1', 'ttpa1b21-1', 'ttta1b22']);
    expect(first.raise).toContain('link set dev ttpa1b21-1 master ttba1b21');
    expect(first.raise).toContain('link set dev ttqa1b21-1 master ttsa1b21-1');
    expect(first.raise).toContain('link set dev ttta1b22 master ttsa1b21-1');
    const there = link(tap(1).name, { master: 'ttsa1b21-1', owner: 'root' });
    const again = planLinks(
      'a1b2',
      present(readyBridge, there, link('ttsa1b21-1'), ...full),
      [bridge],
      [tap(1), tap(2)],
    );
    expect(again.made).toEqual(['ttta1b22']);
    expect(again.raise).toEqual(['link set dev ttta1b22 master ttsa1b21-1', 'link set dev ttta1b22 up']);
  });
});

describe('the plan of limits', () => {
  const qdisc = (device: string, kind: string, rateBytes: number | null = null) => ({ device, kind, rateBytes });
  const limited = [
    qdisc('ttta1b21', 'ingress'),
    qdisc('ttta1b21', 'tbf', 1_250_000),
    qdisc('ttia1b21', 'tbf', 1_250_000),
  ];
  const devices = present(readyTap(1), link('ttia1b21'));
  const plan = (spec: number | null, has: typeof limited, links = devices) =>
    planLimits('a1b2', links, has, [{ tap: 'ttta1b21', bandwidthMbps: spec }]);

  it('is empty when it is kept already, or there is none', () => {
    const nothing = { ip: [], tc: [], remove: [], made: [] };
    expect(plan(10, limited)).toEqual(nothing);
    expect(plan(null, [], present(readyTap(1)))).toEqual(nothing);
  });

  it('sets the bucket of the ifb last, since it stands for all before it', () => {
    const { tc, made } = plan(10, [], present(readyTap(1)));
    expect(made).toEqual(['ttia1b21']);
    expect(tc.at(-1)).toBe('qdisc replace dev ttia1b21 root tbf rate 1250000bps burst 65536 latency 50ms');
    expect(tc).toHaveLength(4);
  });

  it('begins anew when a part is missing, and changes a rate', () => {
    expect(plan(10, limited.slice(1)).tc[0]).toBe('qdisc add dev ttta1b21 ingress');
    expect(plan(20, limited).tc[0]).toBe('qdisc delete dev ttta1b21 ingress');
    expect(plan(20, limited).tc.at(-1)).toContain('rate 2500000bps');
  });

  it('is taken off', () => {
    expect(plan(null, limited)).toMatchObject({
      tc: ['qdisc delete dev ttta1b21 ingress', 'qdisc delete dev ttta1b21 root'],
      remove: ['ttia1b21'],
    });
  });
});

describe('what dnsmasq is told', () => {
  const spec = { directory: '/run/x', bridge: 'ttba1b21', fence: null, domain: 'shop.tt', mtu: null, user: 'nobody' };
  it('lets it forward only where the host is the way out', () => {
    const nat = serverArguments({ ...spec, block: parseCidr('10.210.0.0/21'), isGateway: true });
    expect(nat).not.toContain('--no-resolv');
    expect(nat).toContain('--dhcp-lease-max=2048');
    expect(nat).toContain('--dhcp-range=10.210.0.0,static,255.255.248.0,3600');
    const flat = serverArguments({ ...spec, mtu: 1450, block: parseCidr('10.200.0.0/20'), isGateway: false });
    expect(flat).toEqual(expect.arrayContaining(['--no-resolv', '--dhcp-option=3', '--dhcp-option=26,1450']));
    const fenced = serverArguments({ ...spec, fence: 'ttna1b21', block: parseCidr('10.210.0.0/24'), isGateway: true });
    expect([fenced.includes('--no-resolv'), fenced.includes('--dhcp-option=3')]).toEqual([true, false]);
  });

  it('survives a round trip, and no name adds a line', () => {
    const nics = [servedNic('52:54:00:00:00:01', '10.210.0.2', 'web,x\n52:54:00:00:00:02')];
    expect(readNics(formatNics(nics))).toEqual(nics);
    expect(formatNics(nics).trim().split('\n')).toHaveLength(1);
    expect(() => servedNic('52:54:00:00:00:01,x', '10.210.0.2', 'web')).toThrow(/not a MAC/);
    expect(() => servedNic('52:54:00:00:00:01', '10.210.0.2\n', 'web')).toThrow(/not an IPv4/);
    expect(() => readNics('half a line')).toThrow(/not a line/);
  });
});

describe('slices of a flat network', () => {
  const block = parseCidr('10.200.0.0/29');
  const hosts = ['192.0.2.10', '192.0.2.9'];
  it('are the same whatever the order of the hosts, and apart', () => {
    expect(slicesOf(block, hosts)).toEqual(slicesOf(block, hosts.toReversed()));
    expect([...slicesOf(block, hosts).values()]).toEqual([
      { first: block.base + 1, size: 3 },
      { first: block.base + 4, size: 3 },
    ]);
  });

  it('fill up, then go over to the others’, and never to a host’s own address', () => {
    const taken = new Set<number>();
    const slices = slicesOf(block, hosts);
    const next = () => {
      const address = guestAddress(block, slices, '192.0.2.10', '52:54:00:00:00:01', (one) => taken.has(one));
      if (address !== null) taken.add(address);
      return address === null ? null : address - block.base;
    };
    expect(new Set([next(), next()])).toEqual(new Set([5, 6]));
    expect(new Set([next(), next()])).toEqual(new Set([2, 3]));
    expect(next()).toBeNull();
  });
});

it('does one thing at a time, also after a failure', async () => {
  const changes = new Mutex();
  const first = Promise.withResolvers<void>();
  const order: string[] = [];
  const failing = changes.run(() => first.promise);
  const second = changes.run(async () => order.push('second'));
  await Promise.resolve();
  expect(order).toEqual([]);
  first.reject(new Error('no'));
  await expect(failing).rejects.toThrow('no');
  await second;
  expect(order).toEqual(['second']);
});

describe('init', () => {
  afterEach(() => vi.restoreAllMocks());
  const works: Run = async () => ({ exitCode: 0, stdout: '', stderr: '' });
  const make = (run: Run, stateDirectory = '/nowhere') => new NatNetwork({ agentTag: 'a1b2', stateDirectory, run });

  it('refuses without root, and without a tool', async () => {
    const user = vi.spyOn(process, 'getuid').mockReturnValue(1000);
    await expect(make(works).init()).rejects.toMatchObject({ code: 'NOT_ROOT' });
    user.mockReturnValue(0);
    const run: Run = async (command, args) => {
      if (command !== 'dnsmasq') return await works(command, args, { timeoutMs: 1 });
      throw new RunError({ command, args, exitCode: null, stderr: '', notFound: true });
    };
    await expect(make(run).init()).rejects.toMatchObject({
      code: 'TOOL_MISSING',
      message: expect.stringContaining('dnsmasq-base'),
    });
  });

  it('refuses a folder dnsmasq could not read', async () => {
    vi.spyOn(process, 'getuid').mockReturnValue(0);
    const folder = await mkdtemp(path.join(tmpdir(), 'tt-closed-'));
    try {
      const init = make(works, path.join(folder, 'net')).init();
      // Where there is no tun either, that is said first.
      await expect(init).rejects.toMatchObject({ code: expect.stringMatching(/^(OPTION_INVALID|TOOL_MISSING)$/) });
      await chmod(folder, 0o755);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('loads each by name, and refuses odd options', () => {
    const stateDirectory = '/nowhere';
    const flat = { agentTag: 'a1b2', stateDirectory, localAddress: '192.0.2.1', peers: [] };
    const kinds = [
      loadNetwork({ kind: 'user' }),
      loadNetwork({ kind: 'nat', options: { agentTag: 'a1b2', stateDirectory } }),
      loadNetwork({ kind: 'flat', options: flat }),
      loadNetwork({ kind: 'fake', options: { agentTag: 'a1b2' } }),
    ].map(({ kind }) => kind);
    expect(kinds).toEqual(['user', 'nat', 'flat', 'nat']);
    const invalid = expect.objectContaining({ code: 'OPTION_INVALID' });
    expect(() => new NatNetwork({ agentTag: 'nope!', stateDirectory })).toThrow(invalid);
    expect(() => new NatNetwork({ agentTag: 'a1b2', stateDirectory, pool: '10.0.0.1/16' })).toThrow(invalid);
    expect(() => new FlatNetwork({ ...flat, localAddress: 'here' })).toThrow(invalid);
    expect(() => new FlatNetwork({ ...flat, blockPrefixLength: 8 })).toThrow(invalid);
    expect(() => new FlatNetwork({ ...flat, mtu: 100 })).toThrow(invalid);
  });
});
