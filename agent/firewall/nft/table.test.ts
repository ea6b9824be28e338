// The nft table in the kernel: drift of every kind is reported and repaired, other tables are untouched, thousands of elements
// fit in one transaction.
// @module-tag real
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { VmRules } from '../interface.ts';
import { NftFirewall } from './nft-firewall.ts';
import { ADDRESSES, CONFINED_UID, TestNetwork } from './test-network.ts';
import { AGENT_TAG, isRoot, makeFirewall, nameIn, rulesOf, TABLE, tcp, udp } from './test-rules.ts';

const OTHER_TABLE = `table ip other {
  chain forward {
    type filter hook forward priority 0; policy accept;
    ip saddr 192.0.2.77 counter drop comment "the admin's own"
  }
}
`;

let network: TestNetwork;
beforeAll(async () => {
  if (isRoot) network = await TestNetwork.make();
});
afterAll(() => network?.remove());

const nft = (...args: string[]) => network.run('host', 'nft', args);
const nftInput = (text: string) => network.run('host', 'nft', ['-f', '-'], text);

describe.skipIf(!isRoot)('the table', () => {
  let firewall: NftFirewall;
  beforeEach(async () => {
    firewall = makeFirewall(network);
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
      delete element inet ${TABLE} nics { "ttbr1" . 10.210.1.2 }
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

  it('takes the place of the table of an older agent, whose set of NICs has another name', async () => {
    const oldName = 'cards';
    const older = (await nft('list', 'table', 'inet', TABLE)).replaceAll(/\bnics\b/g, oldName);
    expect(older).toContain(`set ${oldName} {`);
    await nftInput(`delete table inet ${TABLE}\n${older}`);
    const next = makeFirewall(network);
    const rules = rulesOf('vm1', { forwards: [tcp(40_001)] });
    await next.restore([rules]);
    const listed = await nft('list', 'table', 'inet', TABLE);
    expect(listed).not.toContain(oldName);
    expect(listed).toMatch(/set nics \{[^}]*"ttbr1" \. 10\.210\.1\.2/);
    expect(await next.repair()).toEqual([]);
  });

  it('tells and mends changed rules, chains and flags', async () => {
    await nft('flush', 'chain', 'inet', TABLE, 'output');
    await nft('add', 'rule', 'inet', TABLE, 'forward', 'ip', 'saddr', '192.0.2.1', 'accept');
    await nft('add', 'chain', 'inet', TABLE, 'visitor');
    const words = await firewall.repair();
    expect(words).toEqual([
      'chain forward: "ip saddr 192.0.2.1 accept" was there though it is not ours',
      expect.stringMatching(/^chain output: "meta skuid @confined_uids udp sport 512-1023 accept .*" was missing$/),
      'chain output: "meta skuid @confined_uids reject with icmpx admin-prohibited" was missing',
      'chain visitor was there though it is not ours',
    ]);
    expect(await firewall.repair()).toEqual([]);
    await nftInput(`add table inet ${TABLE} { flags dormant; }\n`);
    expect(await firewall.repair()).toEqual(['table: "flags dormant" was there though it is not ours']);
    expect(await firewall.repair()).toEqual([]);
    expect(nameIn(await network.ask('outside', 'tcp', { address: ADDRESSES.host, port: 40_001 }))).toBe('vm1:22');
  });

  it('comes back whole when it was deleted, by repair and by the next change, which tells it later', async () => {
    await nft('delete', 'table', 'inet', TABLE);
    expect(await firewall.repair()).toEqual([`the whole table inet ${TABLE} was missing`]);
    await nft('delete', 'table', 'inet', TABLE);
    await firewall.setForwards('vm1', [tcp(40_002)]);
    expect(nameIn(await network.ask('outside', 'tcp', { address: ADDRESSES.host, port: 40_002 }))).toBe('vm1:22');
    expect(await firewall.repair()).toEqual([`the whole table inet ${TABLE} was missing`]);
    await nft('delete', 'table', 'inet', TABLE);
    await firewall.unsetVms(['vm1']);
    expect(await firewall.show()).not.toContain('40002');
  });

  it('survives a restart of the agent: restored in place of the old one', async () => {
    const again = makeFirewall(network);
    await again.init();
    await again.restore([rulesOf('vm1', { forwards: [tcp(40_005)] })]);
    const at = (port: number) => network.ask('outside', 'tcp', { address: ADDRESSES.host, port });
    expect([nameIn(await at(40_005)), await at(40_001)]).toEqual(['vm1:22', null]);
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

  it('refuses names that nft would read as its own, and VMs without a NIC', async () => {
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
