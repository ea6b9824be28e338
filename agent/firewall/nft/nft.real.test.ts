// The nft firewall with real packets between network namespaces: the contract, and what only packets can show.
import { existsSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { describeFirewallContract, type VmName } from '../contract.ts';
import type { Forward, VmRules } from '../interface.ts';
import { NftFirewall } from './nft-firewall.ts';
import { ADDRESSES, BRIDGES, CONFINED_UID, type Place, TestNetwork } from './test-network.ts';

const AGENT_TAG = '0a1b';
const TABLE = `tt_${AGENT_TAG}`;
const OTHER_TABLE = `table ip other {
  chain forward {
    type filter hook forward priority 0; policy accept;
    ip saddr 192.0.2.77 counter drop comment "the admin's own"
  }
}
`;
const tcp = (hostPort: number, guestPort = 22): Forward => ({ protocol: 'tcp', hostPort, guestPort });
const udp = (hostPort: number, guestPort = 22): Forward => ({ protocol: 'udp', hostPort, guestPort });

const isRoot = process.getuid?.() === 0;
const hasIpv6 = existsSync('/proc/net/if_inet6');

let network: TestNetwork;
beforeAll(async () => {
  if (isRoot) network = await TestNetwork.make();
});
afterAll(() => network?.remove());

function makeFirewall(): NftFirewall {
  const confinedUids = { firstUid: CONFINED_UID - 20, count: 100 };
  return new NftFirewall({ agentTag: AGENT_TAG, confinedUids, run: network.tool });
}

function rulesOf(name: VmName, changes: Partial<VmRules> = {}): VmRules {
  const place = { envName: name === 'vm3' ? 'two' : 'one', bridge: BRIDGES[name], address: ADDRESSES[name] };
  return { vmId: name, ...place, forwards: [], denyOutgoing: false, blacklist: [], ...changes };
}

const nft = (...args: string[]) => network.run('host', 'nft', args);
const nftInput = (text: string) => network.run('host', 'nft', ['-f', '-'], text);
/** Who answers, without where the question came from. */
const name = (answer: string | null) => answer?.split(' ')[0] ?? null;
const from = (answer: string | null) => answer?.split(' ')[1] ?? null;

async function makeHarness() {
  const firewall = makeFirewall();
  const targets = {
    outside: { address: ADDRESSES.outside, port: 7000 },
    outside2: { address: ADDRESSES.outside2, port: 7000 },
    host: { address: ADDRESSES.bridge1, port: 2222 },
    vm1: { address: ADDRESSES.vm1, port: 22 },
    vm2: { address: ADDRESSES.vm2, port: 22 },
    vm3: { address: ADDRESSES.vm3, port: 22 },
  };
  return {
    firewall,
    outside: { address: ADDRESSES.outside, address2: ADDRESSES.outside2, cidr: '198.51.100.0/24' },
    vm: (vmName: VmName) => rulesOf(vmName),
    boot: async () => {},
    // A port that leads nowhere is refused at once, so waiting long costs nothing.
    connect: async (place: 'outside' | 'host', protocol: 'tcp' | 'udp', port: number) =>
      name(await network.ask(place, protocol, { address: ADDRESSES.host, port })),
    reaches: async (place: VmName, to: keyof typeof targets) =>
      (await network.ask(place, 'tcp', targets[to], 'silence')) !== null,
    damage: async () => {
      await nft('flush', 'map', 'inet', TABLE, 'forwards');
      await nft('delete', 'element', 'inet', TABLE, 'denied', `{ ${ADDRESSES.vm1} }`);
    },
    remove: () => firewall.destroy(),
  };
}

describe.skipIf(!isRoot)(isRoot ? 'as root' : '(skipped: network namespaces need root)', () => {
  describeFirewallContract(
    'nft',
    ['tcp', 'udp', 'liveChange', 'denyOutgoing', 'blacklist', 'isolation', 'bulk'],
    makeHarness,
  );
});

describe.skipIf(!isRoot)('packets', () => {
  let firewall: NftFirewall;
  beforeEach(async () => {
    firewall = makeFirewall();
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
          expect(name(await network.ask('vm3', protocol, at(40_001)))).toBe('vm1:22');
          expect(name(await network.ask('vm1', protocol, at(40_002)))).toBe('vm2:22');
          expect(name(await network.ask('vm1', protocol, at(22, ADDRESSES.vm2)))).toBe('vm2:22');
          expect(await network.ask('vm1', protocol, at(22, ADDRESSES.vm3), 'silence')).toBeNull();
        }
      }
    } finally {
      await bridgeFilter(0);
    }
  });

  it('to ports of other hosts, or to 127.0.0.1, are left alone', async () => {
    await network.send('outside', { kind: 'listen', protocol: 'tcp', port: 40_001, name: 'outside' });
    expect(name(await network.ask('vm3', 'tcp', at(40_001, ADDRESSES.outside)))).toBe('outside:40001');
    expect(name(await network.ask('host', 'tcp', at(40_001, ADDRESSES.outside)))).toBe('outside:40001');
    expect(await network.ask('host', 'tcp', at(40_001, '127.0.0.1'))).toBeNull();
    expect(name(await network.ask('host', 'tcp', at(40_001)))).toBe('vm1:22');
  });

  it('of open connections go on after a deny, and new ones by public ports still come in', async () => {
    const open = (place: Place, address: string, port: number) =>
      network.send(place, { kind: 'open', id: 'kept', address, port, timeoutMs: 5_000 });
    const say = (place: Place) => network.send(place, { kind: 'say', id: 'kept', timeoutMs: 5_000 });
    expect(name(await open('outside', ADDRESSES.host, 40_001))).toBe('vm1:22');
    expect(name(await open('vm1', ADDRESSES.outside, 7000))).toBe('outside:7000');
    await firewall.denyOutgoing(['vm1']);
    expect(name(await say('outside'))).toBe('vm1:22');
    expect(name(await say('vm1'))).toBe('outside:7000');
    for (const protocol of ['tcp', 'udp'] as const) {
      expect(await network.ask('vm1', protocol, at(7000, ADDRESSES.outside), 'silence')).toBeNull();
      expect(await network.ask('outside', protocol, at(40_001))).toBe(`vm1:22 ${ADDRESSES.outside}`);
    }
    // Nor by way of another ENV's public port.
    await firewall.setForwards('vm3', [tcp(40_003)]);
    expect(await network.ask('vm1', 'tcp', at(40_003), 'silence')).toBeNull();
    expect(name(await network.ask('vm2', 'tcp', at(40_003)))).toBe('vm3:22');
    expect(name(await network.ask('vm1', 'udp', at(53, ADDRESSES.bridge1)))).toBe('host:53');
  });

  it('to blacklisted blocks stop, others pass, and public ports of a blacklisted host stop too', async () => {
    await firewall.setForwards('vm3', [tcp(40_003)]);
    await firewall.setBlacklist('vm1', ['198.51.100.128/25', '198.51.100.130', `${ADDRESSES.host}/32`]);
    expect(await network.ask('vm1', 'tcp', at(7000, ADDRESSES.outside2), 'silence')).toBeNull();
    expect(name(await network.ask('vm1', 'udp', at(7000, ADDRESSES.outside)))).toBe('outside:7000');
    expect(await network.ask('vm1', 'tcp', at(40_003), 'silence')).toBeNull();
    // Also by the address behind the port.
    await firewall.setBlacklist('vm1', [`${ADDRESSES.vm3}/31`]);
    expect(await network.ask('vm1', 'tcp', at(40_003), 'silence')).toBeNull();
    await firewall.setBlacklist('vm1', ['198.51.100.0/24']);
    expect(await network.ask('vm1', 'udp', at(7000, ADDRESSES.outside), 'silence')).toBeNull();
    expect(name(await network.ask('outside', 'udp', at(40_001)))).toBe('vm1:22');
    await firewall.setBlacklist('vm1', []);
    expect(name(await network.ask('vm1', 'tcp', at(7000, ADDRESSES.outside2)))).toBe('outside:7000');
    expect(name(await network.ask('vm1', 'tcp', at(40_003)))).toBe('vm3:22');
  });

  it('from outside reach guests by public ports only', async () => {
    expect(await network.ask('outside', 'tcp', at(22, ADDRESSES.vm1), 'silence')).toBeNull();
    expect(await network.ask('outside', 'udp', at(22, ADDRESSES.vm1), 'silence')).toBeNull();
    // The host itself may: the agent talks to its guests.
    expect(name(await network.ask('host', 'tcp', at(22, ADDRESSES.vm1)))).toBe('vm1:22');
  });

  it('of guests reach DHCP, DNS and ping of their own bridge, and no other service of the host', async () => {
    expect(name(await network.ask('vm1', 'udp', at(67, ADDRESSES.bridge1)))).toBe('host:67');
    expect(name(await network.ask('vm1', 'udp', at(53, ADDRESSES.bridge1)))).toBe('host:53');
    expect(name(await network.ask('vm1', 'tcp', at(53, ADDRESSES.bridge1)))).toBe('host:53');
    expect(await ping('vm1', ADDRESSES.bridge1)).toBe(true);
    expect(await ping('vm1', ADDRESSES.host)).toBe(false);
    for (const address of [ADDRESSES.bridge1, ADDRESSES.bridge2, ADDRESSES.host]) {
      expect(await network.ask('vm1', 'tcp', at(2222, address), 'silence')).toBeNull();
      expect(await network.ask('vm1', 'udp', at(2222, address), 'silence')).toBeNull();
    }
    expect(await network.ask('vm1', 'udp', at(53, ADDRESSES.bridge2), 'silence')).toBeNull();
    expect(name(await network.ask('outside', 'tcp', at(2222)))).toBe('host:2222');
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
    const listen = { kind: 'listen', protocol: 'tcp', port: 6000, address: '::' } as const;
    for (const place of ['host', 'outside', 'vm2'] as const) await network.send(place, { ...listen, name: place });
    const ask = (place: Place, address: string, expected: 'answer' | 'silence') =>
      network.ask(place, 'tcp', { address, port: 6000 }, expected);
    expect(name(await ask('outside', 'fd00:9::1', 'answer'))).toBe('host:6000');
    expect(name(await ask('vm1', 'fd00:1::3', 'answer'))).toBe('vm2:6000');
    expect(await ask('vm1', 'fd00:9::2', 'silence')).toBeNull();
    expect(await ask('vm1', 'fd00:1::1', 'silence')).toBeNull();
    expect(await ask('outside', 'fd00:1::3', 'silence')).toBeNull();
    // Without the table both would answer.
    await firewall.destroy();
    expect(name(await ask('vm1', 'fd00:9::2', 'answer'))).toBe('outside:6000');
    expect(name(await ask('vm1', 'fd00:1::1', 'answer'))).toBe('host:6000');
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
      expect(name(await asks(ADDRESSES.vm1))).toBe('outside:7000');
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
    expect(name(await network.ask('confined', 'tcp', at(7000, ADDRESSES.outside)))).toBe('outside:7000');
  });

  it('of a second card are guarded and let out like the first', async () => {
    const otherCards = [{ bridge: 'ttbr2', address: '10.210.2.77' }];
    await firewall.unsetVms(['vm3']);
    expect(name(await network.ask('vm3', 'tcp', at(2222, ADDRESSES.bridge2)))).toBe('host:2222');
    await firewall.setVms([rulesOf('vm1', { otherCards })]);
    expect(await network.ask('vm3', 'tcp', at(2222, ADDRESSES.bridge2), 'silence')).toBeNull();
    await network.run('vm3', 'ip', ['addr', 'add', '10.210.2.77/24', 'dev', 'eth0']);
    const ask = (expected: 'answer' | 'silence') =>
      network.ask('vm3', 'udp', { ...at(7000, ADDRESSES.outside), source: '10.210.2.77' }, expected);
    try {
      expect(from(await ask('answer'))).toBe(ADDRESSES.host);
      await firewall.denyOutgoing(['vm1']);
      expect(await ask('silence')).toBeNull();
    } finally {
      await network.run('vm3', 'ip', ['addr', 'del', '10.210.2.77/24', 'dev', 'eth0']);
    }
  });
});

describe.skipIf(!isRoot)('the table', () => {
  let firewall: NftFirewall;
  beforeEach(async () => {
    firewall = makeFirewall();
    await firewall.init();
    await firewall.restore([
      rulesOf('vm1', { forwards: [tcp(40_001)], denyOutgoing: true, blacklist: ['192.0.2.0/24'] }),
    ]);
  });
  afterEach(() => firewall.destroy());

  it('tells every kind of drift, and mends it', async () => {
    await nftInput(`
      delete element inet ${TABLE} forwards { tcp . 40001 }
      add element inet ${TABLE} forwards { tcp . 40001 : 10.9.9.9 . 22, udp . 9 : 10.9.9.9 . 9 }
      delete element inet ${TABLE} blacklist { 10.210.1.2 . 192.0.2.0/24 }
      add element inet ${TABLE} blacklist { 10.210.1.2 . 203.0.113.0/24 }
      delete element inet ${TABLE} denied { 10.210.1.2 }
      add element inet ${TABLE} denied { 10.210.1.9 comment "mine, not yours" }
      delete element inet ${TABLE} cards { "ttbr1" . 10.210.1.2 }
      flush set inet ${TABLE} confined_uids
      flush set inet ${TABLE} bridges
    `);
    const told = await firewall.repair();
    expect(told.sort()).toEqual(
      [
        'port 40001/tcp led to 10.9.9.9:22 instead of 10.210.1.2:22',
        "port 9/udp to 10.9.9.9:9 was open though it is no VM's",
        '10.210.1.2 to 192.0.2.0/24 was allowed though it is blacklisted',
        '10.210.1.2 to 203.0.113.0/24 was stopped though it is not blacklisted',
        '10.210.1.2 could open outgoing connections though that is denied',
        '10.210.1.9 could not open outgoing connections though that is allowed',
        'guest 10.210.1.2 on ttbr1 was not let out',
        `processes of user ids ${CONFINED_UID - 20}-${CONFINED_UID + 79} could use the network`,
        'bridge ttbr1 was not guarded',
      ].sort(),
    );
    expect(await firewall.repair()).toEqual([]);
    await nft('delete', 'element', 'inet', TABLE, 'forwards', '{ tcp . 40001 }');
    expect(await firewall.repair()).toEqual(['port 40001/tcp to 10.210.1.2:22 was missing']);
  });

  it('tells and mends changed rules, chains and flags', async () => {
    await nft('flush', 'chain', 'inet', TABLE, 'output');
    await nft('add', 'rule', 'inet', TABLE, 'forward', 'ip', 'saddr', '192.0.2.1', 'accept');
    await nft('add', 'chain', 'inet', TABLE, 'visitor');
    const words = await firewall.repair();
    expect(words).toEqual([
      'chain forward: "ip saddr 192.0.2.1 accept" was there though it is not ours',
      'chain output: "meta skuid @confined_uids reject with icmpx admin-prohibited" was missing',
      'chain visitor was there though it is not ours',
    ]);
    expect(await firewall.repair()).toEqual([]);
    await nftInput(`add table inet ${TABLE} { flags dormant; }\n`);
    expect(await firewall.repair()).toEqual(['table: "flags dormant" was there though it is not ours']);
    expect(await firewall.repair()).toEqual([]);
    expect(name(await network.ask('outside', 'tcp', { address: ADDRESSES.host, port: 40_001 }))).toBe('vm1:22');
  });

  it('comes back whole when it was deleted, by repair and by the next change, which tells it later', async () => {
    await nft('delete', 'table', 'inet', TABLE);
    expect(await firewall.repair()).toEqual([`the whole table inet ${TABLE} was missing`]);
    await nft('delete', 'table', 'inet', TABLE);
    await firewall.setForwards('vm1', [tcp(40_002)]);
    expect(name(await network.ask('outside', 'tcp', { address: ADDRESSES.host, port: 40_002 }))).toBe('vm1:22');
    expect(await firewall.repair()).toEqual([`the whole table inet ${TABLE} was missing`]);
    await nft('delete', 'table', 'inet', TABLE);
    await firewall.unsetVms(['vm1']);
    expect(await firewall.show()).not.toContain('40002');
  });

  it('survives a restart of the agent: restored in place of the old one', async () => {
    const again = makeFirewall();
    await again.init();
    await again.restore([rulesOf('vm1', { forwards: [tcp(40_005)] })]);
    const at = (port: number) => network.ask('outside', 'tcp', { address: ADDRESSES.host, port });
    expect([name(await at(40_005)), await at(40_001)]).toEqual(['vm1:22', null]);
    expect(await again.repair()).toEqual([]);
  });

  it('touches no other table, nor that of another agent', async () => {
    await firewall.destroy();
    await nftInput(OTHER_TABLE);
    const neighbour = new NftFirewall({ agentTag: 'ffff', confinedUids: null, run: network.tool });
    try {
      await neighbour.restore([{ ...rulesOf('vm3', { forwards: [tcp(40_009)] }) }]);
      const before = await nft('list', 'ruleset');
      await firewall.restore([rulesOf('vm1', { forwards: [tcp(40_001)] })]);
      await firewall.setForwards('vm1', [tcp(40_002)]);
      await nft('flush', 'map', 'inet', TABLE, 'forwards');
      await firewall.repair();
      expect(await nft('list', 'ruleset')).not.toBe(before);
      await firewall.destroy();
      expect(await nft('list', 'ruleset')).toBe(before);
    } finally {
      await neighbour.destroy();
      await nft('delete', 'table', 'ip', 'other');
    }
    expect(await nft('list', 'ruleset')).toBe('');
  });

  it('takes thousands of ports in one transaction, or none of them', async () => {
    const many = Array.from({ length: 1_500 }, (_, index): VmRules => {
      const place = {
        vmId: `vm-${index}`,
        bridge: `ttbig${index >> 8}`,
        address: `10.220.${index >> 8}.${index & 255}`,
      };
      const forwards = [tcp(41_000 + index), udp(41_000 + index)];
      return { ...rulesOf('vm1'), ...place, forwards, denyOutgoing: index % 2 === 0, blacklist: ['192.0.2.0/24'] };
    });
    let runs = 0;
    const counting = new NftFirewall({
      agentTag: AGENT_TAG,
      confinedUids: null,
      run: (command, args, input) => {
        runs++;
        return network.tool(command, args, input);
      },
    });
    await counting.restore([]);
    runs = 0;
    await counting.setVms(many);
    expect(runs).toBe(1);
    const size = async () =>
      (await nft('list', 'map', 'inet', TABLE, 'forwards')).match(/10\.220\.\d+\.\d+ \. 22/g)?.length;
    expect(await size()).toBe(3_000);
    expect(await counting.repair()).toEqual([]);
    const bad = { ...rulesOf('vm2'), forwards: [tcp(41_000)] };
    const moved = many.map((vm) => ({ ...vm, forwards: [] }));
    await expect(counting.setVms([...moved.slice(1), bad])).rejects.toMatchObject({ code: 'RULE_REFUSED' });
    expect(await size()).toBe(3_000);
    runs = 0;
    await Promise.all(many.map(({ vmId }) => counting.unsetVms([vmId])));
    // The first goes alone; those that waited meanwhile are one transaction.
    expect(runs).toBe(2);
    expect(await size()).toBeUndefined();
  });

  it('refuses names that nft would read as its own, and VMs without a card', async () => {
    const refused = { code: 'RULE_REFUSED' };
    for (const bridge of ['br" }', 'a b', 'much-too-long-a-name', '', null]) {
      await expect(firewall.setVms([{ ...rulesOf('vm2'), bridge }])).rejects.toMatchObject(refused);
    }
    for (const address of ['10.0.0.1; flush ruleset', '10.0.0', '10.0.0.0/8', null]) {
      await expect(firewall.setVms([{ ...rulesOf('vm2'), address }])).rejects.toMatchObject(refused);
    }
    expect(() => new NftFirewall({ agentTag: 'x; }', confinedUids: null })).toThrow('not an agent tag');
  });

  it('explains itself', async () => {
    const text = await firewall.show();
    expect(text).toContain(`"inet ${TABLE}"`);
    expect(text).toContain('tcp . 40001 : 10.210.1.2 . 22');
    expect(text).toContain('comment "outgoing denied"');
    expect(text).toContain('ip_forward');
    await nft('delete', 'table', 'inet', TABLE);
    expect(await firewall.show()).toContain('NOT IN FORCE');
  });
});

/** An ICMP echo request (RFC 792; id and number such that its checksum is plain ASCII too) and whether anything comes back. */
async function ping(place: 'vm1', address: string): Promise<boolean> {
  const request = Buffer.from('08007070447f4310', 'hex').toString('latin1');
  const args = ['-T', '1', '-t', '1', '-', `IP4-DATAGRAM:${address}:1`];
  return (await network.run(place, 'socat', args, request)).length > 0;
}
