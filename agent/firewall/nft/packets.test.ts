// Properties of the nft table that only packets can prove: which flows pass, from where to where, and with which address.
// @module-tag deep
import { existsSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { NftFirewall } from './nft-firewall.ts';
import { ADDRESSES, type Place, TestNetwork } from './test-network.ts';
import { AGENT_TAG, isRoot, makeFirewall, nameIn, rulesOf, tcp, udp } from './test-rules.ts';

const hasIpv6 = existsSync('/proc/net/if_inet6');

let network: TestNetwork;
beforeAll(async () => {
  if (isRoot) network = await TestNetwork.make();
});
afterAll(() => network?.remove());

const nft = (...args: string[]) => network.run('host', 'nft', args);
const nftInput = (text: string) => network.run('host', 'nft', ['-f', '-'], text);

describe.skipIf(!isRoot)('packets', () => {
  let firewall: NftFirewall;
  beforeEach(async () => {
    firewall = makeFirewall(network);
    await firewall.init();
    await firewall.restore([rulesOf('vm1', { forwards: [tcp(40_001), udp(40_001)] }), rulesOf('vm2'), rulesOf('vm3')]);
  });
  afterEach(() => firewall.destroy());

  const at = (port: number, address: string = ADDRESSES.host) => ({ address, port });

  it('go out with the address of the host, and come in with that of the client', async () => {
    expect(await network.ask('vm1', 'tcp', at(7000, ADDRESSES.outside))).toBe(`outside:7000 ${ADDRESSES.host}`);
    expect(await network.ask('vm1', 'udp', at(7000, ADDRESSES.outside))).toBe(`outside:7000 ${ADDRESSES.host}`);
    expect(await network.ask('outside', 'tcp', at(40_001))).toBe(`vm1:22 ${ADDRESSES.outside}`);
    expect(await network.ask('outside', 'udp', at(40_001))).toBe(`vm1:22 ${ADDRESSES.outside}`);
  });

  it('of guests reach public ports of others and of neighbours, also with br_netfilter', async () => {
    await firewall.setVms([rulesOf('vm2', { forwards: [tcp(40_002), udp(40_002)] })]);
    const bridgeFilter = (value: 0 | 1) =>
      network.run('host', 'sysctl', ['-w', `net.bridge.bridge-nf-call-iptables=${value}`]);
    try {
      for (const value of [0, 1] as const) {
        await bridgeFilter(value);
        for (const protocol of ['tcp', 'udp'] as const) {
          expect(nameIn(await network.ask('vm3', protocol, at(40_001)))).toBe('vm1:22');
          expect(nameIn(await network.ask('vm1', protocol, at(40_002)))).toBe('vm2:22');
          expect(nameIn(await network.ask('vm1', protocol, at(22, ADDRESSES.vm2)))).toBe('vm2:22');
          expect(await network.ask('vm1', protocol, at(22, ADDRESSES.vm3), 'silence')).toBeNull();
        }
      }
    } finally {
      await bridgeFilter(0);
    }
  });

  it('to ports of other hosts, or to 127.0.0.1, are left alone', async () => {
    await network.send('outside', { kind: 'listen', protocol: 'tcp', port: 40_001, name: 'outside' });
    expect(nameIn(await network.ask('vm3', 'tcp', at(40_001, ADDRESSES.outside)))).toBe('outside:40001');
    expect(nameIn(await network.ask('host', 'tcp', at(40_001, ADDRESSES.outside)))).toBe('outside:40001');
    const address = '127.0.0.1';
    await network.send('host', { kind: 'listen', protocol: 'tcp', port: 40_001, name: 'host', address });
    expect(nameIn(await network.ask('host', 'tcp', at(40_001, address)))).toBe('host:40001');
    expect(nameIn(await network.ask('host', 'tcp', at(40_001)))).toBe('vm1:22');
  });

  it('that another table drops are told, and pass with the command that is given', async () => {
    const out = (expected?: 'silence') => network.ask('vm1', 'tcp', at(7000, ADDRESSES.outside), expected);
    await nftInput(`table ip filter {
      chain FORWARD {
        type filter hook forward priority 0; policy drop;
        ct state established,related accept
        iifname "docker0" accept
      }
      chain INPUT {
        type filter hook input priority 0; policy accept;
        iifname "lo" accept
        udp dport 68 accept
        counter drop
      }
    }`);
    try {
      expect(await out('silence')).toBeNull();
      const drops = await firewall.foreignDrops();
      expect(drops).toMatchObject([
        { table: 'ip filter', chain: 'FORWARD', hook: 'forward' },
        { table: 'ip filter', chain: 'INPUT', hook: 'input' },
      ]);
      // As somebody types it, in a shell.
      for (const { command } of drops) await network.run('host', 'sh', ['-c', command]);
      expect(nameIn(await out())).toBe('outside:7000');
      expect(nameIn(await network.ask('outside', 'tcp', at(40_001)))).toBe('vm1:22');
      expect(await firewall.foreignDrops()).toEqual([]);
    } finally {
      await nft('delete', 'table', 'ip', 'filter');
    }
  });

  it('of open connections go on after a deny, and new ones by public ports still come in', async () => {
    const open = (place: Place, address: string, port: number) =>
      network.send(place, { kind: 'open', id: 'kept', address, port, timeoutMs: 5_000 });
    const say = (place: Place) => network.send(place, { kind: 'say', id: 'kept', timeoutMs: 5_000 });
    expect(nameIn(await open('outside', ADDRESSES.host, 40_001))).toBe('vm1:22');
    expect(nameIn(await open('vm1', ADDRESSES.outside, 7000))).toBe('outside:7000');
    await firewall.denyOutgoing(['vm1']);
    expect(nameIn(await say('outside'))).toBe('vm1:22');
    expect(nameIn(await say('vm1'))).toBe('outside:7000');
    for (const protocol of ['tcp', 'udp'] as const) {
      expect(await network.ask('vm1', protocol, at(7000, ADDRESSES.outside), 'silence')).toBeNull();
      expect(await network.ask('outside', protocol, at(40_001))).toBe(`vm1:22 ${ADDRESSES.outside}`);
    }
    // Nor by way of another ENV's public port.
    await firewall.setForwards('vm3', [tcp(40_003)]);
    expect(await network.ask('vm1', 'tcp', at(40_003), 'silence')).toBeNull();
    expect(nameIn(await network.ask('vm2', 'tcp', at(40_003)))).toBe('vm3:22');
    expect(nameIn(await network.ask('vm1', 'udp', at(53, ADDRESSES.bridge1)))).toBe('host:53');
  });

  it('to blacklisted blocks stop, others pass, and public ports of a blacklisted host stop too', async () => {
    await firewall.setForwards('vm3', [tcp(40_003)]);
    await firewall.setBlacklist('vm1', ['198.51.100.128/25', '198.51.100.130', `${ADDRESSES.host}/32`]);
    expect(await network.ask('vm1', 'tcp', at(7000, ADDRESSES.outside2), 'silence')).toBeNull();
    expect(nameIn(await network.ask('vm1', 'udp', at(7000, ADDRESSES.outside)))).toBe('outside:7000');
    expect(await network.ask('vm1', 'tcp', at(40_003), 'silence')).toBeNull();
    // Also by the address behind the port.
    await firewall.setBlacklist('vm1', [`${ADDRESSES.vm3}/31`]);
    expect(await network.ask('vm1', 'tcp', at(40_003), 'silence')).toBeNull();
    await firewall.setBlacklist('vm1', ['198.51.100.0/24']);
    expect(await network.ask('vm1', 'udp', at(7000, ADDRESSES.outside), 'silence')).toBeNull();
    expect(nameIn(await network.ask('outside', 'udp', at(40_001)))).toBe('vm1:22');
    await firewall.setBlacklist('vm1', []);
    expect(nameIn(await network.ask('vm1', 'tcp', at(7000, ADDRESSES.outside2)))).toBe('outside:7000');
    expect(nameIn(await network.ask('vm1', 'tcp', at(40_003)))).toBe('vm3:22');
  });

  it('from outside reach guests by public ports only', async () => {
    expect(await network.ask('outside', 'tcp', at(22, ADDRESSES.vm1), 'silence')).toBeNull();
    expect(await network.ask('outside', 'udp', at(22, ADDRESSES.vm1), 'silence')).toBeNull();
    // The host itself may: the agent talks to its guests.
    expect(nameIn(await network.ask('host', 'tcp', at(22, ADDRESSES.vm1)))).toBe('vm1:22');
  });

  it('of guests reach DHCP, DNS and ping of their own bridge, and no other service of the host', async () => {
    expect(nameIn(await network.ask('vm1', 'udp', at(67, ADDRESSES.bridge1)))).toBe('host:67');
    expect(nameIn(await network.ask('vm1', 'udp', at(53, ADDRESSES.bridge1)))).toBe('host:53');
    expect(nameIn(await network.ask('vm1', 'tcp', at(53, ADDRESSES.bridge1)))).toBe('host:53');
    expect(await ping('vm1', ADDRESSES.bridge1)).toBe(true);
    expect(await ping('vm1', ADDRESSES.host)).toBe(false);
    for (const address of [ADDRESSES.bridge1, ADDRESSES.bridge2, ADDRESSES.host]) {
      expect(await network.ask('vm1', 'tcp', at(2222, address), 'silence')).toBeNull();
      expect(await network.ask('vm1', 'udp', at(2222, address), 'silence')).toBeNull();
    }
    expect(await network.ask('vm1', 'udp', at(53, ADDRESSES.bridge2), 'silence')).toBeNull();
    expect(await network.ask('vm1', 'tcp', at(53, ADDRESSES.bridge2), 'silence')).toBeNull();
    expect(nameIn(await network.ask('outside', 'tcp', at(2222)))).toBe('host:2222');
  });

  it.skipIf(!hasIpv6)('of IPv6 end at the bridge, which guests share with their ENV', async () => {
    const lines = (link: string, subnet: number, host: number) =>
      `addr add fd00:${subnet}::${host}/64 dev ${link} nodad\n`;
    await network.run('host', 'sysctl', ['-w', 'net.ipv6.conf.all.forwarding=1', 'net.ipv6.conf.all.disable_ipv6=0']);
    await network.run('host', 'ip', ['-6', '-batch', '-'], lines('ttbr1', 1, 1) + lines('wan', 9, 1));
    await network.run(
      'outside',
      'ip',
      ['-6', '-batch', '-'],
      `${lines('eth0', 9, 2)}route add default via fd00:9::1\n`,
    );
    await network.run('vm1', 'ip', ['-6', '-batch', '-'], `${lines('eth0', 1, 2)}route add default via fd00:1::1\n`);
    await network.run('vm2', 'ip', ['-6', '-batch', '-'], lines('eth0', 1, 3));
    // Known to each other without asking: the host hears no question of a guest, and a guest may know anyway.
    const macOf = async (place: 'host' | 'vm1', link: string) =>
      (JSON.parse(await network.run(place, 'ip', ['-j', 'link', 'show', link])) as { address: string }[])[0]?.address;
    const knows = async (place: 'host' | 'vm1', address: string, mac: string | undefined, link: string) =>
      network.run(place, 'ip', ['neigh', 'replace', address, 'lladdr', `${mac}`, 'dev', link]);
    await knows('vm1', 'fd00:1::1', await macOf('host', 'ttbr1'), 'eth0');
    await knows('host', 'fd00:1::2', await macOf('vm1', 'eth0'), 'ttbr1');
    const listen = { kind: 'listen', protocol: 'tcp', port: 6000, address: '::' } as const;
    for (const place of ['host', 'outside', 'vm2'] as const) await network.send(place, { ...listen, name: place });
    const ask = (place: Place, address: string, expected: 'answer' | 'silence') =>
      network.ask(place, 'tcp', { address, port: 6000 }, expected);
    expect(nameIn(await ask('outside', 'fd00:9::1', 'answer'))).toBe('host:6000');
    expect(nameIn(await ask('vm1', 'fd00:1::3', 'answer'))).toBe('vm2:6000');
    expect(await ask('vm1', 'fd00:9::2', 'silence')).toBeNull();
    expect(await ask('vm1', 'fd00:1::1', 'silence')).toBeNull();
    expect(await ask('outside', 'fd00:1::3', 'silence')).toBeNull();
    // Without the table both would answer.
    await firewall.destroy();
    expect(nameIn(await ask('vm1', 'fd00:9::2', 'answer'))).toBe('outside:6000');
    expect(nameIn(await ask('vm1', 'fd00:1::1', 'answer'))).toBe('host:6000');
  });

  it('with an address that is not the ENV’s go nowhere', async () => {
    const asks = (source: string) =>
      network.ask(
        'vm1',
        'udp',
        { ...at(7000, ADDRESSES.outside), source },
        source === ADDRESSES.vm1 ? 'answer' : 'silence',
      );
    const strangers = [ADDRESSES.vm3, '10.210.1.99', '192.0.2.5'];
    const addresses = strangers.map((address) => `addr add ${address}/32 dev lo`).join('\n');
    await network.run('vm1', 'ip', ['-batch', '-'], `${addresses}\n`);
    // Counts what gets through to the outside, whether answered or not.
    await nftInput(
      'table ip spy { chain c { type filter hook postrouting priority 300; oifname "wan" udp dport 7000 counter; }\n}\n',
    );
    try {
      for (const source of strangers) expect(await asks(source)).toBeNull();
      expect(await nft('list', 'table', 'ip', 'spy')).toContain('packets 0 bytes');
      expect(nameIn(await asks(ADDRESSES.vm1))).toBe('outside:7000');
      expect(await nft('list', 'table', 'ip', 'spy')).not.toContain('packets 0 bytes');
    } finally {
      await nft('delete', 'table', 'ip', 'spy');
      await network.run('vm1', 'ip', ['-batch', '-'], `${addresses.replaceAll('add ', 'del ')}\n`);
    }
  });

  it('of a confined QEMU process go nowhere, of other processes everywhere', async () => {
    for (const address of [ADDRESSES.outside, ADDRESSES.vm1]) {
      const port = address === ADDRESSES.vm1 ? 22 : 7000;
      expect(await network.ask('confined', 'tcp', at(port, address), 'silence')).toBeNull();
      expect(await network.ask('confined', 'udp', at(port, address), 'silence')).toBeNull();
      expect(await network.ask('host', 'tcp', at(port, address))).not.toBeNull();
    }
    expect(await network.ask('confined', 'tcp', at(2222, '127.0.0.1'), 'silence')).toBeNull();
    const unconfined = new NftFirewall({ agentTag: AGENT_TAG, confinedUids: null, run: network.tool });
    await unconfined.restore([]);
    expect(nameIn(await network.ask('confined', 'tcp', at(7000, ADDRESSES.outside)))).toBe('outside:7000');
  });

  it('of a second NIC are guarded and let out like the first', async () => {
    const otherNics = [{ bridge: 'ttbr2', address: '10.210.2.77' }];
    await firewall.unsetVms(['vm3']);
    expect(nameIn(await network.ask('vm3', 'tcp', at(2222, ADDRESSES.bridge2)))).toBe('host:2222');
    await firewall.setVms([rulesOf('vm1', { otherNics })]);
    expect(await network.ask('vm3', 'tcp', at(2222, ADDRESSES.bridge2), 'silence')).toBeNull();
    await network.run('vm3', 'ip', ['addr', 'add', '10.210.2.77/24', 'dev', 'eth0']);
    const ask = (expected: 'answer' | 'silence') =>
      network.ask('vm3', 'udp', { ...at(7000, ADDRESSES.outside), source: '10.210.2.77' }, expected);
    try {
      expect((await ask('answer'))?.split(' ')[1]).toBe(ADDRESSES.host);
      await firewall.denyOutgoing(['vm1']);
      expect(await ask('silence')).toBeNull();
    } finally {
      await network.run('vm3', 'ip', ['addr', 'del', '10.210.2.77/24', 'dev', 'eth0']);
    }
  });
});

/** An ICMP echo request (RFC 792; id and number such that its checksum is plain ASCII too) and whether anything comes back. */
async function ping(place: 'vm1', address: string): Promise<boolean> {
  const request = Buffer.from('08007070447f4310', 'hex').toString('latin1');
  const args = ['-T', '1', '-t', '1', '-', `IP4-DATAGRAM:${address}:1`];
  return (await network.run(place, 'socat', args, request)).length > 0;
}
