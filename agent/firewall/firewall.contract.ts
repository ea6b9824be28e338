// The contract suite for all firewalls: `fake-firewall.test.ts`, `hostfwd/hostfwd.test.ts` and `nft/nft.test.ts` run it with
// their own harness. Probes check what each feature promises; the nft harness answers with real packets.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Firewall, FirewallFeature, Forward, VmRules } from './interface.ts';

/** vm1 and vm2 are in one ENV, vm3 in another. All listen on tcp and udp 22 and 80. */
export type VmName = 'vm1' | 'vm2' | 'vm3';

export interface FirewallHarness {
  firewall: Firewall;
  /** Rules of a VM without ports. */
  vm(name: VmName): VmRules;
  /** Called when VMs with rules start. */
  boot(names: readonly VmName[]): Promise<void>;
  /** What answers at a port of the host, e.g. `vm1:22`; null: nothing. `host` is a program on the host itself. */
  connect(from: 'outside' | 'host', protocol: 'tcp' | 'udp', hostPort: number): Promise<string | null>;
  /** Whether a VM gets an answer to something new it opens: to a host elsewhere (or its second address), a VM, or the host. */
  reaches(from: VmName, to: 'outside' | 'outside2' | 'host' | VmName): Promise<boolean>;
  /** Addresses of `outside` and `outside2`, and a CIDR with both in it. */
  outside: { address: string; address2: string; cidr: string };
  /** Changes the rules in force for vm1 without the firewall's knowledge; null if it has no rules on the host. */
  damage: (() => Promise<void>) | null;
  remove(): Promise<void>;
}

const tcp = (hostPort: number, guestPort = 22): Forward => ({ protocol: 'tcp', hostPort, guestPort });
const udp = (hostPort: number, guestPort = 22): Forward => ({ protocol: 'udp', hostPort, guestPort });

export function describeFirewallContract(
  name: string,
  features: readonly FirewallFeature[],
  makeHarness: () => Promise<FirewallHarness>,
): void {
  describe(`firewall contract: ${name}`, () => {
    let harness: FirewallHarness;
    let firewall: Firewall;

    beforeEach(async () => {
      harness = await makeHarness();
      firewall = harness.firewall;
      await firewall.init();
      await firewall.restore([]);
    });
    afterEach(() => harness.remove());

    const has = (feature: FirewallFeature) => features.includes(feature);
    const rules = (vmName: VmName, forwards: readonly Forward[]) => ({ ...harness.vm(vmName), forwards });
    async function start(...vms: VmRules[]): Promise<void> {
      await firewall.setVms(vms);
      await harness.boot(vms.map(({ vmId }) => vmId as VmName));
    }
    const atPorts = (...ports: number[]) => Promise.all(ports.map((port) => harness.connect('outside', 'tcp', port)));

    it('finds nothing that others drop where nobody else has rules', async () => {
      expect(await firewall.foreignDrops()).toEqual([]);
    });

    it('names the features it lacks', () => {
      const known = ['tcp', 'udp', 'liveChange', 'denyOutgoing', 'blacklist', 'isolation', 'bulk'] as const;
      expect(firewall.checkFeatures([...known, 'teleport'])).toEqual([
        ...known.filter((feature) => !has(feature)),
        'teleport',
      ]);
    });

    it('makes ports of guests reachable, tcp and udp, from elsewhere and from the host, and takes that back', async () => {
      await start(rules('vm1', [tcp(40_001), udp(40_001, 80)]), rules('vm2', [tcp(40_002, 80)]));
      for (const from of ['outside', 'host'] as const) {
        expect(await harness.connect(from, 'tcp', 40_001)).toBe('vm1:22');
        expect(await harness.connect(from, 'udp', 40_001)).toBe('vm1:80');
        expect(await harness.connect(from, 'tcp', 40_002)).toBe('vm2:80');
      }
      await firewall.unsetVms(['vm1', 'vm3']);
      await firewall.unsetVms(['vm1', 'vm1']);
      expect(await atPorts(40_001, 40_002)).toEqual([null, 'vm2:80']);
      expect(await harness.connect('host', 'udp', 40_001)).toBeNull();
    });

    it('replaces the forwards of a VM', async () => {
      await start(rules('vm1', [tcp(40_001), tcp(40_002)]));
      await firewall.setForwards('vm1', [tcp(40_002, 80), tcp(40_003)]);
      expect(await atPorts(40_001, 40_002, 40_003)).toEqual([null, 'vm1:80', 'vm1:22']);
      await firewall.setForwards('vm1', []);
      expect(await atPorts(40_002, 40_003)).toEqual([null, null]);
    });

    it('replaces all rules of VMs at once, also when they swap ports', async () => {
      await start(rules('vm1', [tcp(40_001)]), rules('vm2', [tcp(40_002)]));
      await firewall.setVms([rules('vm1', [tcp(40_002)]), rules('vm2', [tcp(40_001)])]);
      expect(await atPorts(40_001, 40_002)).toEqual(['vm2:22', 'vm1:22']);
    });

    it('refuses contradictions and nonsense, and changes nothing then', async () => {
      await start(rules('vm1', [tcp(40_001)]));
      const refused = { name: 'FirewallError', code: 'RULE_REFUSED' };
      const vm2 = rules('vm2', [tcp(40_002)]);
      await expect(firewall.setVms([vm2, rules('vm3', [tcp(40_001)])])).rejects.toMatchObject(refused);
      await expect(firewall.setVms([vm2, rules('vm3', [tcp(0)])])).rejects.toMatchObject(refused);
      await expect(firewall.setForwards('vm1', [tcp(40_003), tcp(40_003, 80)])).rejects.toMatchObject(refused);
      await expect(firewall.setForwards('vm2', [])).rejects.toMatchObject(refused);
      await expect(firewall.denyOutgoing(['vm1', 'vm2'])).rejects.toMatchObject(refused);
      expect(await atPorts(40_001, 40_002, 40_003)).toEqual(['vm1:22', null, null]);
    });

    it('takes many changes at once; one that is refused takes no other with it', async () => {
      await start(rules('vm1', []), rules('vm2', []));
      const results = await Promise.allSettled([
        firewall.setForwards('vm1', [tcp(40_001)]),
        firewall.setForwards('vm2', [tcp(40_001)]),
        firewall.setForwards('vm3', []),
        firewall.setForwards('vm2', [tcp(40_002)]),
        firewall.setForwards('vm1', [tcp(40_001), tcp(40_003)]),
      ]);
      const statuses = results.map(({ status }) => status);
      expect(statuses).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled', 'fulfilled']);
      expect(await atPorts(40_001, 40_002, 40_003)).toEqual(['vm1:22', 'vm2:22', 'vm1:22']);
    });

    it('has exactly the restored rules', async () => {
      await start(rules('vm1', [tcp(40_001)]), rules('vm2', [tcp(40_002)]));
      await harness.boot(['vm1']);
      const kept = rules('vm1', [tcp(40_001)]);
      await expect(firewall.restore([kept, rules('vm2', [tcp(40_001)])])).rejects.toMatchObject({
        code: 'RULE_REFUSED',
      });
      await firewall.restore([kept]);
      expect(await atPorts(40_001)).toEqual(['vm1:22']);
      await expect(firewall.setForwards('vm2', [])).rejects.toMatchObject({ code: 'RULE_REFUSED' });
      await firewall.setForwards('vm1', [tcp(40_002)]);
      expect(await atPorts(40_001, 40_002)).toEqual([null, 'vm1:22']);
    });

    it('has nothing to mend when nothing was damaged, and mends and tells what was', async () => {
      await start({ ...rules('vm1', [tcp(40_001)]), denyOutgoing: true }, rules('vm2', [tcp(40_002)]));
      expect(await firewall.repair()).toEqual([]);
      if (!harness.damage) return;
      await harness.damage();
      expect(await atPorts(40_001)).toEqual([null]);
      const words = await firewall.repair();
      expect(words.length).toBeGreaterThan(0);
      expect(await atPorts(40_001, 40_002)).toEqual(['vm1:22', 'vm2:22']);
      expect(await firewall.repair()).toEqual([]);
    });

    it('shows what is in force, with words', async () => {
      await start(rules('vm1', [tcp(40_017, 80)]));
      const text = await firewall.show();
      expect(text).toMatch(/^# \w/);
      expect(text).toContain('40017');
      await firewall.unsetVms(['vm1']);
      expect(await firewall.show()).not.toContain('40017');
    });

    it('removes all of its own, twice if asked, and can begin again', async () => {
      await start({ ...rules('vm1', [tcp(40_001)]), denyOutgoing: true });
      await firewall.destroy();
      await firewall.destroy();
      expect(await atPorts(40_001)).toEqual([null]);
      await start(rules('vm2', [tcp(40_001)]));
      expect(await atPorts(40_001)).toEqual(['vm2:22']);
    });

    it('refuses destinations that are none', async () => {
      await start(rules('vm1', []));
      const bad = { code: 'BAD_DESTINATION' };
      await expect(firewall.setBlacklist('vm1', ['example.com'])).rejects.toMatchObject(bad);
      await expect(firewall.setVms([{ ...rules('vm2', []), blacklist: ['10.0.0.0/99'] }])).rejects.toMatchObject(bad);
      await firewall.setBlacklist('vm1', []);
    });

    it.runIf(!has('blacklist'))('refuses a blacklist', async () => {
      await start(rules('vm1', [tcp(40_001)]));
      const unsupported = { code: 'FEATURE_UNSUPPORTED' };
      const { address } = harness.outside;
      await expect(firewall.setBlacklist('vm1', [address])).rejects.toMatchObject(unsupported);
      await expect(firewall.setVms([{ ...rules('vm1', []), blacklist: [address] }])).rejects.toMatchObject(unsupported);
      expect(await atPorts(40_001)).toEqual(['vm1:22']);
    });

    it.runIf(has('liveChange'))('denies outgoing connections while ports of the VM still answer', async () => {
      await start(rules('vm1', [tcp(40_001), udp(40_001)]), rules('vm2', []));
      expect(await harness.reaches('vm1', 'outside')).toBe(true);
      await firewall.denyOutgoing(['vm1']);
      expect(await harness.reaches('vm1', 'outside')).toBe(false);
      expect(await harness.reaches('vm2', 'outside')).toBe(true);
      expect(await harness.reaches('vm1', 'vm2')).toBe(true);
      expect(await harness.connect('outside', 'tcp', 40_001)).toBe('vm1:22');
      expect(await harness.connect('outside', 'udp', 40_001)).toBe('vm1:22');
      await firewall.allowOutgoing(['vm1', 'vm2']);
      expect(await harness.reaches('vm1', 'outside')).toBe(true);
    });

    it.runIf(has('blacklist'))('stops destinations by address and by CIDR, for that VM only', async () => {
      const { address, cidr } = harness.outside;
      await start({ ...rules('vm1', []), blacklist: [address] }, rules('vm2', []));
      expect(await harness.reaches('vm1', 'outside')).toBe(false);
      expect(await harness.reaches('vm1', 'outside2')).toBe(true);
      expect(await harness.reaches('vm2', 'outside')).toBe(true);
      await firewall.setBlacklist('vm1', [cidr, address]);
      expect(await harness.reaches('vm1', 'outside2')).toBe(false);
      await firewall.setBlacklist('vm1', []);
      expect(await harness.reaches('vm1', 'outside')).toBe(true);
    });

    it.runIf(has('isolation'))('keeps guests from other ENVs and from services of the host', async () => {
      await start(rules('vm1', []), rules('vm2', []), rules('vm3', []));
      expect(await harness.reaches('vm1', 'vm2')).toBe(true);
      expect(await harness.reaches('vm1', 'vm3')).toBe(false);
      expect(await harness.reaches('vm3', 'vm1')).toBe(false);
      expect(await harness.reaches('vm1', 'host')).toBe(false);
    });
  });
}
