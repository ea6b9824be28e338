// The contract suite for all networks, including those that create nothing on the host: fake and user (unit tests), nat, flat and
// bridge (real tests in network namespaces) run it with their own harness. `bridged.contract.ts` extends it.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type NetworkHarness, Plans } from './contract-harness.ts';
import type { Network } from './interface.ts';

/** The suite for every network, also for one that creates nothing on the host. */
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
      for (const env of envs) for (let i = 0; i < 40; i++) plans.nic(env, `vm-${i}`);
      expect(envs.map(({ kind, envName }) => [kind, envName])).toEqual(
        ['one', 'two', 'three'].map((envName) => [network.kind, envName]),
      );
      expect(envs.map(({ number }) => number)).toEqual([1, 2, 3]);
      expect(await plans.env('four')).toMatchObject({ number: 4 });
      expect(new Set(plans.nics.map(({ mac }) => mac)).size).toBe(120);
      for (const { mac } of plans.nics) expect(mac).toMatch(/^52:54(:[0-9a-f]{2}){4}$/);
      const names = [...envs.map((env) => network.bridgeOf(env)), ...plans.nics.map(({ tap }) => tap)];
      const planned = names.filter((planned) => planned !== null);
      expect(new Set(planned).size).toBe(planned.length);
      for (const one of planned) expect(one).toMatch(/^tt[a-z0-9]{1,13}$/);
      expect(await harness.interfaces()).toEqual(before);
    });

    it('makes and removes, each also twice, and leaves the host as it was', async () => {
      const before = await harness.interfaces();
      const env = await plans.env('shop', 2);
      const requests = [plans.nic(env, 'web'), plans.nic(env, 'db')];
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
      const { env, nic } = plans.nic(await plans.env('shop'), 'web');
      const forwards = [{ protocol: 'tcp' as const, hostAddress: '127.0.0.1', hostPort: 40_000, guestPort: 22 }];
      const attachment = network.attachment(nic, { forwards, denyOutgoing: true }, env);
      const user = { kind: 'user', mac: nic.mac, forwards, denyOutgoing: true };
      const addresses = { gateway: expect.any(String), nameServer: expect.any(String) };
      const switched = { ...user, kind: 'switch', ip: nic.ip, cidr: env.cidr, ...addresses };
      const mtu = harness.nicMtu === undefined ? {} : { mtu: harness.nicMtu };
      const tap = { kind: 'tap', mac: nic.mac, tap: nic.tap, ...mtu };
      expect(attachment).toEqual(nic.tap !== null ? tap : nic.ip !== null ? switched : user);
    });

    it('has nothing to sweep, repair, count or do for nobody', async () => {
      expect(await network.sweep({ envs: [], nics: [] })).toEqual([]);
      expect(await network.repair([])).toEqual([]);
      expect((await network.counters(['tttffff0'])).size).toBe(0);
      await network.setNet([]);
      await network.unsetNet([]);
    });
  });
}

/** Interfaces of the network besides bridge and taps: the one to other hosts. */
function extras(made: readonly string[], before: readonly string[], network: Network, plans: Plans): string[] {
  const planned = new Set([...plans.envs.map((env) => network.bridgeOf(env)), ...plans.nics.map(({ tap }) => tap)]);
  const others = made.filter((name) => !before.includes(name) && !planned.has(name));
  return network.checkFeatures(['severalHosts']).length === 0 ? others.filter((name) => name.startsWith('ttx')) : [];
}
