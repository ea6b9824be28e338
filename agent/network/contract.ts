// The one suite every network passes: fake, user (unit tests), nat and flat (real ones, in network namespaces) call it with
// their own harness. What is plugged into a card's place is the harness's business; here it only asks for an address.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EnvNetwork, Network, Nic, NicRequest } from './interface.ts';

/** What stands in a VM's place. */
export interface Guest {
  /** Asks for an address by DHCP; null when nobody answers. */
  lease(): Promise<GuestLease | null>;
  /** Asks the server that gave the lease for the address of a name; null when there is none. */
  resolve(name: string): Promise<string | null>;
  unplug(): Promise<void>;
}

export interface GuestLease {
  address: string;
  /** The way out; null when the server names none. */
  router: string | null;
  mtu: number | null;
}

export interface NetworkHarness {
  network: Network;
  /** Another driver on the same host, as after a restart of the agent, or that of another agent or with another pool. */
  another(options?: { agentTag?: string; pool?: string }): Network;
  /** MTU that the network's cards are told of, when it carries less than 1500 bytes. */
  cardMtu?: number;
  /** Names of all interfaces of the host, sorted. */
  interfaces(): Promise<string[]>;
  remove(): Promise<void>;
}

/** The rest of it, where there is something to plug into. */
export interface BridgedHarness extends NetworkHarness {
  plugIn(nic: Nic): Promise<Guest>;
  /** Ends the ENV's DHCP server as a crash would. */
  killServer(env: EnvNetwork): Promise<void>;
  /** Which run of the ENV's DHCP server it is; null when none runs. */
  serverRun(env: EnvNetwork): Promise<string | null>;
  /** A pool with room for just one ENV. */
  tinyPool: string;
}

/** Plans ENVs and cards as the operations do: all that was planned counts as taken. */
class Plans {
  readonly envs: EnvNetwork[] = [];
  readonly requests: NicRequest[] = [];
  readonly #network: Network;

  constructor(network: Network) {
    this.#network = network;
  }

  get nics(): Nic[] {
    return this.requests.map(({ nic }) => nic);
  }

  async env(envName: string, nicCount = 1): Promise<EnvNetwork> {
    const env = await this.#network.planEnv({ envName, nicCount }, this.envs);
    this.envs.push(env);
    return env;
  }

  card(env: EnvNetwork, hostname: string, bandwidthMbps: number | null = null): NicRequest {
    const taken = { nics: this.nics, macs: new Set(this.nics.map(({ mac }) => mac)) };
    const nic = this.#network.planNic(env, { bandwidthMbps }, taken);
    const request = { env, vmId: `vm-${hostname}`, hostname, nic, ownerUid: null };
    this.requests.push(request);
    return request;
  }
}

/** What holds for every network, also for one that makes nothing on the host. */
export function describeNetworkContract(name: string, makeHarness: () => Promise<NetworkHarness>): void {
  describe(`network contract: ${name}`, () => {
    let harness: NetworkHarness;
    let network: Network;
    let plans: Plans;

    beforeEach(async () => {
      harness = await makeHarness();
      network = harness.network;
      plans = new Plans(network);
      await network.init();
    });
    afterEach(() => harness.remove());

    it('asks for features by name', () => {
      expect(network.checkFeatures(['severalNics', 'teleport'])).toEqual(['teleport']);
    });

    it('plans without touching the host: numbers, MACs, interface names are each there once', async () => {
      const before = await harness.interfaces();
      const envs = [await plans.env('one'), await plans.env('two'), await plans.env('three')];
      for (const env of envs) for (let i = 0; i < 40; i++) plans.card(env, `vm-${i}`);
      expect(envs.map(({ kind, envName }) => [kind, envName])).toEqual(
        ['one', 'two', 'three'].map((envName) => [network.kind, envName]),
      );
      expect(envs.map(({ number }) => number)).toEqual([1, 2, 3]);
      expect(await plans.env('four')).toMatchObject({ number: 4 });
      expect(new Set(plans.nics.map(({ mac }) => mac)).size).toBe(120);
      for (const { mac } of plans.nics) expect(mac).toMatch(/^52:54:00(:[0-9a-f]{2}){3}$/);
      const names = [...envs.map((env) => network.bridgeOf(env)), ...plans.nics.map(({ tap }) => tap)];
      const planned = names.filter((planned) => planned !== null);
      expect(new Set(planned).size).toBe(planned.length);
      for (const one of planned) expect(one).toMatch(/^tt[a-z0-9]{1,13}$/);
      expect(await harness.interfaces()).toEqual(before);
    });

    it('makes and removes, each also twice, and leaves the host as it was', async () => {
      const before = await harness.interfaces();
      const env = await plans.env('shop', 2);
      const requests = [plans.card(env, 'web'), plans.card(env, 'db')];
      await network.setNet(requests);
      const made = await harness.interfaces();
      await network.setNet(requests);
      await network.setNet(requests.slice(1));
      expect(await harness.interfaces()).toEqual(made);
      expect(made).toEqual(
        [...before, network.bridgeOf(env), ...plans.nics.map(({ tap }) => tap), ...extras(made, before, network, plans)]
          .filter((name) => name !== null)
          .sort(),
      );
      expect(await network.repair([env])).toEqual([]);
      await network.unsetNet(requests);
      await network.unsetNet(requests);
      expect((await harness.interfaces()).filter((name) => requests.some(({ nic }) => nic.tap === name))).toEqual([]);
      expect(await network.repair([env])).toEqual([]);
      await network.destroyEnv(env);
      await network.destroyEnv(env);
      await network.unsetNet(requests);
      expect(await harness.interfaces()).toEqual(before);
      expect(await network.repair([env])).toEqual([]);
    });

    it('plugs in what was planned', async () => {
      const { nic } = plans.card(await plans.env('shop'), 'web');
      const forwards = [{ protocol: 'tcp' as const, hostAddress: '127.0.0.1', hostPort: 40_000, guestPort: 22 }];
      const attachment = network.attachment(nic, { forwards, denyOutgoing: true });
      expect(attachment).toEqual(
        nic.tap === null
          ? { kind: 'user', mac: nic.mac, forwards, denyOutgoing: true }
          : { kind: 'tap', mac: nic.mac, tap: nic.tap, ...(harness.cardMtu !== undefined && { mtu: harness.cardMtu }) },
      );
    });

    it('has nothing to sweep, mend, count or do for nobody', async () => {
      expect(await network.sweep({ envs: [], nics: [] })).toEqual([]);
      expect(await network.repair([])).toEqual([]);
      expect((await network.counters(['tttffff0'])).size).toBe(0);
      await network.setNet([]);
      await network.unsetNet([]);
    });
  });
}

/** Interfaces of the network besides bridge and taps: the one that leads to other hosts. */
function extras(made: readonly string[], before: readonly string[], network: Network, plans: Plans): string[] {
  const planned = new Set([...plans.envs.map((env) => network.bridgeOf(env)), ...plans.nics.map(({ tap }) => tap)]);
  const others = made.filter((name) => !before.includes(name) && !planned.has(name));
  return network.checkFeatures(['severalHosts']).length === 0 ? others.filter((name) => name.startsWith('ttx')) : [];
}

/** What holds where guests sit on a bridge of the host and get their addresses from it. */
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

    it('gives every ENV a block of its own, with room for 2000 cards if need be', async () => {
      const small = await plans.env('small');
      const large = await plans.env('large', 2000);
      const prefix = ({ cidr }: EnvNetwork) => Number(cidr?.split('/')[1]);
      expect(prefix(small)).toBeLessThanOrEqual(24);
      expect(prefix(large)).toBeLessThanOrEqual(21);
      expect(large.cidr).not.toBe(small.cidr);
      for (let i = 0; i < 2000; i++) plans.card(large, `vm-${i}`);
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
      const requests = [plans.card(env, 'web-1'), plans.card(env, 'Db')];
      const [web, db] = requests;
      await network.setNet(requests);
      await network.setNet(requests);
      if (!web || !db) throw new Error('two cards were planned');
      const guest = await plugIn(web);
      expect(await addressOf(guest)).toBe(web.nic.ip);
      expect(await guest.resolve('db')).toBe(db.nic.ip);
      expect(await guest.resolve('web-1.my-shop-1.tt')).toBe(web.nic.ip);
      expect(await guest.resolve('nobody')).toBeNull();
      expect(await guest.resolve('nobody.my-shop-1.tt')).toBeNull();
    });

    it('answers a card that came later, and not one that is gone', async () => {
      const env = await plans.env('shop', 2);
      const web = plans.card(env, 'web');
      const db = plans.card(env, 'db');
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
      const old = plans.card(env, 'web');
      const other = plans.card(env, 'db');
      await network.setNet([old, other]);
      expect(await addressOf(await plugIn(old))).toBe(old.nic.ip);
      await network.unsetNet([old]);
      const heir = { ...plans.card(env, 'heir') };
      heir.nic = { ...heir.nic, ip: old.nic.ip };
      await network.setNet([heir]);
      expect(await addressOf(await plugIn(heir))).toBe(old.nic.ip);
    });

    it('keeps ENVs apart: the server of one does not know the cards of another', async () => {
      const web = plans.card(await plans.env('one'), 'web');
      const db = plans.card(await plans.env('two'), 'db');
      await network.setNet([web, db]);
      const guest = await plugIn(web);
      expect(await addressOf(guest)).toBe(web.nic.ip);
      expect(await guest.resolve('db')).toBeNull();
    });

    it('goes on after a restart of the agent, with the same server', async () => {
      const env = await plans.env('shop');
      const web = plans.card(env, 'web');
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
      const web = plans.card(env, 'web');
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

    it('takes back a batch of which one card can’t be made', async () => {
      const env = await plans.env('shop', 2);
      const other = plans.card(await plans.env('other', 2), 'other');
      await network.setNet([other]);
      const before = await harness.interfaces();
      const good = plans.card(env, 'web');
      const neighbour = plans.card(other.env, 'neighbour');
      const bad = plans.card(env, 'db');
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
      const kept = plans.card(known, 'kept', 50);
      const lost = plans.card(known, 'lost', 50);
      const gone = plans.card(forgotten, 'gone');
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

    it('refuses a card that is not of this agent, or not of the ENV', async () => {
      const before = await harness.interfaces();
      const web = plans.card(await plans.env('shop'), 'web');
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
      const other = plans.card(await plans.env('other'), 'other');
      await network.setNet([plans.card(env, 'web', 100), plans.card(env, 'db'), other]);
      await network.destroyEnv(env);
      expect(await harness.serverRun(env)).toBeNull();
      expect(await harness.serverRun(other.env)).not.toBeNull();
      await network.unsetNet([other]);
      await network.destroyEnv(other.env);
      expect(await harness.interfaces()).toEqual(before);
    });

    it('counts what goes through a card, as the guest sees it', async () => {
      const env = await plans.env('shop', 2);
      const web = plans.card(env, 'web');
      const idle = plans.card(env, 'idle');
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
