// The contract suite for networks where guests are on a bridge of the host and get their addresses from it (nat and flat; the
// fake passes it too). It includes the suite for all networks.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeNetworkContract } from './network.contract.ts';
import { type BridgedHarness, type Guest, Plans } from './contract-harness.ts';
import type { EnvNetwork, Network, Nic, NicRequest } from './interface.ts';

/** The suite for networks where guests are on a bridge of the host and get their addresses from it. */
export function describeBridgedContract(name: string, makeHarness: () => Promise<BridgedHarness>): void {
  describeNetworkContract(name, makeHarness);

  describe(`bridged network contract: ${name}`, () => {
    let harness: BridgedHarness;
    let network: Network;
    let plans: Plans;
    const guests: Guest[] = [];

    beforeEach(async () => {
      harness = await makeHarness();
      network = harness.network;
      plans = new Plans(network);
      await network.init();
    });
    afterEach(async () => {
      for (const guest of guests.splice(0)) await guest.unplug();
      await harness.remove();
    });

    const plugIn = async ({ nic }: NicRequest) => {
      const guest = await harness.plugIn(nic);
      guests.push(guest);
      return guest;
    };
    const addressOf = async (guest: Guest) => (await guest.lease())?.address ?? null;

    it('gives every ENV a block of its own, with room for 2000 NICs if need be', async () => {
      const small = await plans.env('small');
      const large = await plans.env('large', 2000);
      const prefix = ({ cidr }: EnvNetwork) => Number(cidr?.split('/')[1]);
      expect(prefix(small)).toBeLessThanOrEqual(24);
      expect(prefix(large)).toBeLessThanOrEqual(21);
      expect(large.cidr).not.toBe(small.cidr);
      for (let i = 0; i < 2000; i++) plans.nic(large, `vm-${i}`);
      expect(new Set(plans.nics.map(({ ip }) => ip)).size).toBe(2000);
    });

    it('says so when the pool or a network is full', async () => {
      const tiny = harness.another({ pool: harness.tinyPool });
      const first = await tiny.planEnv({ envName: 'first', nicCount: 1 }, []);
      const second = tiny.planEnv({ envName: 'second', nicCount: 1 }, [first]);
      await expect(second).rejects.toMatchObject({ code: 'POOL_EXHAUSTED' });
      const nics: Nic[] = [];
      const fill = () => {
        for (;;) nics.push(tiny.planNic(first, { bandwidthMbps: null }, { nics, macs: new Set() }));
      };
      expect(fill).toThrow(expect.objectContaining({ code: 'NETWORK_FULL' }));
      expect(nics.length).toBeGreaterThanOrEqual(250);
    });

    it('gives a guest its address, and its neighbours by name', async () => {
      const env = await plans.env('My Shop_1', 2);
      const requests = [plans.nic(env, 'web-1'), plans.nic(env, 'Db')];
      const [web, db] = requests;
      await network.setNet(requests);
      await network.setNet(requests);
      if (!web || !db) throw new Error('two NICs were planned');
      const guest = await plugIn(web);
      expect(await addressOf(guest)).toBe(web.nic.ip);
      expect(await guest.resolve('db')).toBe(db.nic.ip);
      expect(await guest.resolve('web-1.my-shop-1.tt')).toBe(web.nic.ip);
      expect(await guest.resolve('nobody')).toBeNull();
      expect(await guest.resolve('nobody.my-shop-1.tt')).toBeNull();
    });

    it('answers a NIC that came later, and not one that is gone', async () => {
      const env = await plans.env('shop', 2);
      const web = plans.nic(env, 'web');
      const db = plans.nic(env, 'db');
      await network.setNet([web]);
      const guest = await plugIn(web);
      expect(await addressOf(guest)).toBe(web.nic.ip);
      await network.setNet([db]);
      expect(await addressOf(await plugIn(db))).toBe(db.nic.ip);
      await network.unsetNet([db]);
      expect(await guest.resolve('db')).toBeNull();
      expect(await addressOf(guest)).toBe(web.nic.ip);
    });

    it('gives an address to its next owner although the last one never gave it back', async () => {
      const env = await plans.env('shop', 2);
      const old = plans.nic(env, 'web');
      const other = plans.nic(env, 'db');
      await network.setNet([old, other]);
      expect(await addressOf(await plugIn(old))).toBe(old.nic.ip);
      await network.unsetNet([old]);
      const heir = { ...plans.nic(env, 'heir') };
      heir.nic = { ...heir.nic, ip: old.nic.ip };
      await network.setNet([heir]);
      expect(await addressOf(await plugIn(heir))).toBe(old.nic.ip);
    });

    it('keeps ENVs apart: the server of one does not know the NICs of another', async () => {
      const web = plans.nic(await plans.env('one'), 'web');
      const db = plans.nic(await plans.env('two'), 'db');
      await network.setNet([web, db]);
      const guest = await plugIn(web);
      expect(await addressOf(guest)).toBe(web.nic.ip);
      expect(await guest.resolve('db')).toBeNull();
    });

    it('goes on after a restart of the agent, with the same server', async () => {
      const env = await plans.env('shop');
      const web = plans.nic(env, 'web');
      await network.setNet([web]);
      const run = await harness.serverRun(env);
      const next = harness.another();
      await next.init();
      expect(await next.sweep({ envs: plans.envs, nics: plans.nics })).toEqual([]);
      expect(await next.repair([env])).toEqual([]);
      await next.setNet([web]);
      expect(run).not.toBeNull();
      expect(await harness.serverRun(env)).toBe(run);
      expect(await addressOf(await plugIn(web))).toBe(web.nic.ip);
    });

    it('mends a server that died, by repair and by setNet', async () => {
      const env = await plans.env('shop');
      const web = plans.nic(env, 'web');
      await network.setNet([web]);
      const guest = await plugIn(web);
      await harness.killServer(env);
      expect(await harness.serverRun(env)).toBeNull();
      expect(await network.repair([env])).toEqual([expect.stringContaining('shop')]);
      expect(await network.repair([env])).toEqual([]);
      expect(await addressOf(guest)).toBe(web.nic.ip);
      await harness.killServer(env);
      await network.setNet([web]);
      expect(await network.repair([env])).toEqual([]);
      expect(await addressOf(guest)).toBe(web.nic.ip);
    });

    it('takes back a batch of which one NIC can’t be made', async () => {
      const env = await plans.env('shop', 2);
      const other = plans.nic(await plans.env('other', 2), 'other');
      await network.setNet([other]);
      const before = await harness.interfaces();
      const good = plans.nic(env, 'web');
      const neighbour = plans.nic(other.env, 'neighbour');
      const bad = plans.nic(env, 'db');
      // More than tc can count: found out when interfaces are there already.
      const impossible = { ...bad, nic: { ...bad.nic, bandwidthMbps: 1e15 } };
      const batch = network.setNet([neighbour, good, impossible]);
      await expect(batch).rejects.toMatchObject({ code: 'COMMAND_FAILED' });
      expect(await harness.interfaces()).toEqual(before);
      expect(await harness.serverRun(env)).toBeNull();
      const guest = await plugIn(other);
      expect(await addressOf(guest)).toBe(other.nic.ip);
      expect(await guest.resolve('neighbour')).toBeNull();
    });

    it('sweeps what nobody knows, also of a dead server, and nothing of another agent', async () => {
      const before = await harness.interfaces();
      const foreign = harness.another({ agentTag: 'beef' });
      await foreign.init();
      const known = await plans.env('known', 2);
      const forgotten = await plans.env('forgotten');
      const theirs = await plans.env('theirs');
      const kept = plans.nic(known, 'kept', 50);
      const lost = plans.nic(known, 'lost', 50);
      const gone = plans.nic(forgotten, 'gone');
      await network.setNet([kept, lost, gone]);
      const foreignNic = foreign.planNic(theirs, { bandwidthMbps: null }, { nics: [], macs: new Set() });
      const foreignRequest = { ...gone, env: theirs, nic: foreignNic };
      await foreign.setNet([foreignRequest]);
      await harness.killServer(forgotten);
      const all = await harness.interfaces();

      const told = await network.sweep({ envs: [known], nics: [kept.nic] });
      expect(told.join('\n')).toContain(network.bridgeOf(forgotten));
      expect(told.join('\n')).toContain(lost.nic.tap);
      expect(await network.sweep({ envs: [known], nics: [kept.nic] })).toEqual([]);
      const left = await harness.interfaces();
      expect(left).toEqual(expect.arrayContaining([network.bridgeOf(known), kept.nic.tap, foreignNic.tap]));
      expect(left).not.toContain(lost.nic.tap);
      expect(left.length).toBeLessThan(all.length);
      expect(await addressOf(await plugIn(kept))).toBe(kept.nic.ip);

      expect(await foreign.sweep({ envs: [theirs], nics: [foreignNic] })).toEqual([]);
      await network.sweep({ envs: [], nics: [] });
      expect(await harness.serverRun(known)).toBeNull();
      expect(await foreign.repair([theirs])).toEqual([]);
      await foreign.sweep({ envs: [], nics: [] });
      expect(await harness.interfaces()).toEqual(before);
    });

    it('refuses a NIC that is not of this agent, or not of the ENV', async () => {
      const before = await harness.interfaces();
      const web = plans.nic(await plans.env('shop'), 'web');
      for (const odd of [{ tap: 'eth0' }, { tap: 'tttbeef1' }, { tap: `${web.nic.tap}\nlink` }, { ip: '192.0.2.1' }]) {
        const set = network.setNet([{ ...web, nic: { ...web.nic, ...odd } }]);
        await expect(set).rejects.toMatchObject({ code: 'OPTION_INVALID' });
      }
      // ip(8) would cut this to 32 bits: root.
      const nobody = network.setNet([{ ...web, ownerUid: 2 ** 32 }]);
      await expect(nobody).rejects.toMatchObject({ code: 'OPTION_INVALID' });
      expect(await harness.interfaces()).toEqual(before);
    });

    it('ends an ENV with all that is still plugged in', async () => {
      const before = await harness.interfaces();
      const env = await plans.env('shop', 2);
      const other = plans.nic(await plans.env('other'), 'other');
      await network.setNet([plans.nic(env, 'web', 100), plans.nic(env, 'db'), other]);
      await network.destroyEnv(env);
      expect(await harness.serverRun(env)).toBeNull();
      expect(await harness.serverRun(other.env)).not.toBeNull();
      await network.unsetNet([other]);
      await network.destroyEnv(other.env);
      expect(await harness.interfaces()).toEqual(before);
    });

    it('counts what goes through a NIC, as the guest sees it', async () => {
      const env = await plans.env('shop', 2);
      const web = plans.nic(env, 'web');
      const idle = plans.nic(env, 'idle');
      await network.setNet([web, idle]);
      const taps = [web.nic.tap ?? '', idle.nic.tap ?? '', 'tttffff0'];
      await addressOf(await plugIn(web));
      const counters = await network.counters(taps);
      expect([...counters.keys()]).toEqual(taps.slice(0, 2));
      expect(counters.get(taps[0] ?? '')?.sentBytes).toBeGreaterThan(300);
      expect(counters.get(taps[0] ?? '')?.receivedBytes).toBeGreaterThan(300);
      expect(counters.get(taps[1] ?? '')?.sentBytes).toBe(0);
    });
  });
}
