// The contract suite of switched networks: the fake, the host of switches in the test's own process, and the real process (deep) run it
// with their own harness. It includes the suite for all networks.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatAddress } from '../address-pool.ts';
import { type NetworkHarness, Plans } from '../contract-harness.ts';
import type { EnvNetwork, Network, Nic, NicRequest } from '../interface.ts';
import { describeNetworkContract } from '../network.contract.ts';
import { BROADCAST_MAC } from './frames.ts';
import { switchAddresses } from './switch-addresses.ts';
import { SwitchedGuest, type Wire } from './test-switched-guest.ts';

export interface SwitchedHarness extends NetworkHarness {
  /** A machine with this NIC, as if its QEMU ran. */
  plugIn(request: NicRequest): Promise<Wire>;
  /** Ends the switches as a crash would. */
  kill(): Promise<void>;
  /** Identifies their run; null if they don't run. */
  run(): Promise<string | null>;
  /** The file of the network can't be read from now on, until it is written again. */
  breakFile(network: EnvNetwork): Promise<void>;
  /** A pool that fits exactly one ENV. */
  tinyPool: string;
}

export function describeSwitchedContract(name: string, makeHarness: () => Promise<SwitchedHarness>): void {
  describeNetworkContract(name, makeHarness);

  describe(`switched network contract: ${name}`, () => {
    let harness: SwitchedHarness;
    let network: Network;
    let plans: Plans;
    const guests: SwitchedGuest[] = [];

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

    const plugIn = async (request: NicRequest) => {
      const guest = new SwitchedGuest(request, await harness.plugIn(request));
      guests.push(guest);
      return guest;
    };
    /** Set up and running machines of one ENV. */
    const running = async (env: EnvNetwork, ...names: string[]) => {
      const requests = names.map((hostname) => plans.nic(env, hostname));
      await network.setNet(requests);
      const all = await Promise.all(requests.map(plugIn));
      for (const guest of all) await guest.connected();
      return all as [SwitchedGuest, ...SwitchedGuest[]];
    };
    const gatewayOf = ({ cidr }: EnvNetwork) => formatAddress(switchAddresses(cidr ?? '').gateway);

    it('gives every ENV a block of its own, large enough for 2000 NICs if need be', async () => {
      const small = await plans.env('small');
      const large = await plans.env('large', 2000);
      const prefix = ({ cidr }: EnvNetwork) => Number(cidr?.split('/')[1]);
      expect(prefix(small)).toBeLessThanOrEqual(24);
      expect(prefix(large)).toBeLessThanOrEqual(21);
      expect(large.cidr).not.toBe(small.cidr);
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
      expect(nics).toHaveLength(252);
      expect(new Set(nics.map(({ ip }) => ip)).size).toBe(252);
    });

    it('gives a guest its address, its way out, and its neighbours by name', async () => {
      const env = await plans.env('My Shop_1', 2);
      const [web] = await running(env, 'web-1', 'Db');
      const [webNic, dbNic] = plans.nics;
      const lease = await web.lease();
      expect(lease).toMatchObject({ address: webNic?.ip, gateway: gatewayOf(env) });
      expect(await web.resolve('db')).toBe(dbNic?.ip);
      expect(await web.resolve('web-1.my-shop-1.tt')).toBe(webNic?.ip);
      expect(await web.resolve('nobody')).toBeNull();
      expect(await web.resolve('nobody.my-shop-1.tt')).toBeNull();
      expect(await web.resolve('www.example.org')).toBe('wayOut');
    });

    it('does not confirm an address that the guest had elsewhere', async () => {
      const [web] = await running(await plans.env('shop', 2), 'web', 'db');
      expect(await web.lease('10.0.2.15')).toBe('refused');
      expect(await web.lease(plans.nics[1]?.ip ?? '')).toBe('refused');
      expect(await web.lease(plans.nics[0]?.ip ?? '')).toMatchObject({ address: plans.nics[0]?.ip });
    });

    it('lets machines of one ENV see each other', async () => {
      const [web, db, cache] = await running(await plans.env('shop', 3), 'web', 'db', 'cache');
      if (!db || !cache) throw new Error('three machines run');
      web.say(db.mac, 'for-db');
      web.say(BROADCAST_MAC, 'for-all');
      expect(await db.hears('for-all')).toEqual(['for-db', 'for-all']);
      expect(await cache.hears('for-all')).toEqual(['for-all']);
      db.say(web.mac, 'back');
      expect(await web.hears('back')).toEqual(['back']);
    });

    it('takes frames from the MAC of the NIC only', async () => {
      const [web, db] = await running(await plans.env('shop', 2), 'web', 'db');
      if (!db) throw new Error('two machines run');
      web.say(db.mac, 'stolen', db.mac);
      web.say(db.mac, 'strange', 0x02_00_00_00_00_01);
      web.say(db.mac, 'own');
      expect(await db.hears('own')).toEqual(['own']);
    });

    it('keeps ENVs apart, also one with the same MACs and addresses', async () => {
      const shop = await plans.env('shop', 2);
      const [web, db] = await running(shop, 'web', 'db');
      const fence = network.planFence(shop, 'copy', plans.envs);
      plans.envs.push(fence);
      const twins = plans.requests.slice(0, 2).map((request) => {
        const taken = { nics: plans.nics, macs: new Set(plans.nics.map(({ mac }) => mac)) };
        const nic = network.planTwin(request.nic, taken);
        return { ...request, env: fence, vmId: `copy-${request.vmId}`, nic };
      });
      await network.setNet(twins);
      const [webTwin, dbTwin] = await Promise.all(twins.map(plugIn));
      if (!db || !webTwin || !dbTwin) throw new Error('two machines and their copies run');
      for (const guest of [webTwin, dbTwin]) await guest.connected();
      web.say(db.mac, 'original');
      web.say(BROADCAST_MAC, 'all-originals');
      await db.hears('all-originals');
      webTwin.say(dbTwin.mac, 'copy');
      expect(await dbTwin.hears('copy')).toEqual(['copy']);
      expect(await db.hears('all-originals')).toEqual(['original', 'all-originals']);
      expect(await webTwin.lease()).toMatchObject({ address: twins[0]?.nic.ip });
      expect(await webTwin.resolve('db.copy.tt')).toBe(twins[1]?.nic.ip);
      // Nobody could be asked.
      expect(await webTwin.resolve('www.example.org')).toBeNull();
      expect(await web.resolve('db.copy.tt')).toBe('wayOut');
    });

    it('leads out through the machine’s own QEMU, and from there to nobody else', async () => {
      const env = await plans.env('shop', 2);
      const [web, db] = await running(env, 'web', 'db');
      if (!db) throw new Error('two machines run');
      web.askFor(gatewayOf(env));
      await web.isAsked('wayOut');
      web.askFor(plans.nics[1]?.ip ?? '');
      await db.isAsked('guest');
      expect(db.has('guest')).toBe(1);
      expect(db.has('wayOut')).toBe(0);
      web.sayFromOutside('for-db-from-outside', db.mac);
      web.sayFromOutside('answer');
      await web.hears('answer');
      web.say(db.mac, 'marker');
      await db.hears('marker');
      expect(db.has('guest')).toBe(2);
    });

    it('serves a NIC that came later, and not one that is gone', async () => {
      const env = await plans.env('shop', 2);
      const [web] = await running(env, 'web');
      const [db] = await running(env, 'db');
      const [, request] = plans.requests;
      if (!request) throw new Error('two NICs were planned');
      expect(await db.lease()).toMatchObject({ address: request.nic.ip });
      await network.unsetNet([request]);
      await db.disconnected();
      expect(await db.lease()).toBeNull();
      expect(await web.resolve('db')).toBeNull();
    });

    it('keeps working after a restart of the agent, with the same run', async () => {
      const env = await plans.env('shop', 2);
      const [web] = await running(env, 'web');
      const run = await harness.run();
      const next = harness.another();
      await next.init();
      expect(await next.sweep({ envs: plans.envs, nics: plans.nics })).toEqual([]);
      expect(await next.repair([env])).toEqual([]);
      await next.setNet(plans.requests);
      expect(run).not.toBeNull();
      expect(await harness.run()).toBe(run);
      expect(await web.lease()).toMatchObject({ address: plans.nics[0]?.ip });
    });

    it('comes back after its death, by repair and by setNet; guests need do nothing', async () => {
      const env = await plans.env('shop', 2);
      const [web, db] = await running(env, 'web', 'db');
      if (!db) throw new Error('two machines run');
      const repair = async () => {
        expect(await network.repair([env])).toEqual([expect.stringContaining('shop')]);
      };
      for (const again of [repair, () => network.setNet(plans.requests)]) {
        await harness.kill();
        await web.disconnected();
        expect(await harness.run()).toBeNull();
        await again();
        expect(await network.repair([env])).toEqual([]);
        for (const guest of [web, db]) await guest.connected();
        db.forget();
        web.say(db.mac, 'again');
        expect(await db.hears('again')).toEqual(['again']);
      }
    });

    it('plugs in a machine again that was started anew', async () => {
      const [web, db] = await running(await plans.env('shop', 2), 'web', 'db');
      const [, request] = plans.requests;
      if (!db || !request) throw new Error('two machines run');
      await db.unplug();
      web.say(db.mac, 'lost');
      const anew = await plugIn(request);
      await anew.connected();
      web.say(anew.mac, 'found');
      expect(await anew.hears('found')).toEqual(['found']);
    });

    it('takes back a batch of which one NIC can’t be made', async () => {
      const env = await plans.env('shop', 3);
      const [web] = await running(env, 'web');
      const good = plans.nic(env, 'db');
      const bad = plans.nic(env, 'cache');
      for (const odd of [{ ip: '192.0.2.1' }, { ip: gatewayOf(env) }, { mac: '52:54:00:00:00:0g' }, { tap: 'eth0' }]) {
        const set = network.setNet([good, { ...bad, nic: { ...bad.nic, ...odd } }]);
        await expect(set).rejects.toMatchObject({ code: 'OPTION_INVALID' });
      }
      expect(await web.resolve('db')).toBeNull();
    });

    it('changes others where the file of one can’t be read, and that one’s machines go on', async () => {
      const shop = await plans.env('shop', 2);
      const [web, db] = await running(shop, 'web', 'db');
      if (!db) throw new Error('two machines run');
      await harness.breakFile(shop);
      const [stranger] = await running(await plans.env('other', 1), 'stranger');
      expect(await stranger.lease()).toMatchObject({ address: plans.nics[2]?.ip });
      // The last NIC that can be read.
      await network.unsetNet(plans.requests.slice(2));
      await stranger.disconnected();
      web.say(db.mac, 'still');
      expect(await db.hears('still')).toEqual(['still']);
      await network.setNet(plans.requests.slice(0, 2));
      expect(await web.resolve('db')).toBe(plans.nics[1]?.ip);
    });

    it('sweeps what nobody knows, and ends with the last of it', async () => {
      const known = await plans.env('known', 2);
      const forgotten = await plans.env('forgotten');
      const [web, lost] = await running(known, 'web', 'lost');
      const [gone] = await running(forgotten, 'gone');
      const nics = plans.nics.slice(0, 1);
      const told = await network.sweep({ envs: [known], nics });
      expect(told).toHaveLength(2);
      expect(told.join('\n')).toContain(plans.nics[1]?.mac);
      expect(await network.sweep({ envs: [known], nics })).toEqual([]);
      await lost?.disconnected();
      await gone.disconnected();
      expect(await web.lease()).toMatchObject({ address: nics[0]?.ip });
      expect(await network.sweep({ envs: [], nics: [] })).toHaveLength(1);
      expect(await harness.run()).toBeNull();
    });

    it('ends an ENV with all that is plugged in, and no other', async () => {
      const env = await plans.env('shop', 1);
      const other = await plans.env('other', 1);
      const [web] = await running(env, 'web');
      const [stranger] = await running(other, 'stranger');
      await network.destroyEnv(env);
      await web.disconnected();
      expect(await stranger.lease()).toMatchObject({ address: plans.nics[1]?.ip });
      await network.destroyEnv(other);
      expect(await harness.run()).toBeNull();
    });
  });
}
