// The fake network passes the contract of all networks, and fails on demand.
import { expect, it } from 'vitest';
import { describeBridgedContract } from './bridged.contract.ts';
import type { BridgedHarness } from './contract-harness.ts';
import { FakeLan } from './fake-lan.ts';
import { emptyLink, FakeNetwork, FakeNetworkHost, type FakeServer } from './fake-network.ts';
import type { EnvNetwork, Nic } from './interface.ts';
import { describeNetworkContract } from './network.contract.ts';

function makeHarness(kind: 'nat' | 'flat'): BridgedHarness {
  const host = new FakeNetworkHost();
  host.links.set('eth0', { master: null, ownerUid: null, bandwidthMbps: null, receivedBytes: 0, sentBytes: 0 });
  const another = ({ agentTag = 'a1b2', pool = '10.210.0.0/16' } = {}) =>
    new FakeNetwork({ agentTag, host, kind, pool });
  const network = another();
  const serverOf = (env: EnvNetwork) => host.servers.get(network.bridgeOf(env));
  return {
    network,
    another,
    interfaces: async () => [...host.links.keys()].sort(),
    plugIn: async (nic) => fakeGuest(host, nic),
    killServer: async (env) => {
      const server = serverOf(env);
      if (server) server.isRunning = false;
    },
    serverRun: async (env) => {
      const server = serverOf(env);
      return server?.isRunning ? String(server.generation) : null;
    },
    tinyPool: '10.250.7.0/24',
    remove: async () => {},
  };
}

function fakeGuest(host: FakeNetworkHost, nic: Nic) {
  const link = () => host.links.get(nic.tap ?? '');
  const server = (): FakeServer | undefined => {
    const found = host.servers.get(link()?.master ?? '');
    return found?.isRunning ? found : undefined;
  };
  return {
    async lease() {
      const served = server()?.nics.get(nic.mac);
      const tap = link();
      if (!served || !tap) return null;
      tap.sentBytes += 600;
      tap.receivedBytes += 600;
      return { address: served.ip, router: null, mtu: null };
    },
    async resolve(name: string) {
      const { domain, nics } = server() ?? { domain: '', nics: new Map() };
      for (const { ip, hostname } of nics.values()) {
        if (name === hostname || name === `${hostname}.${domain}`) return ip;
      }
      return null;
    },
    unplug: async () => {},
  };
}

describeBridgedContract('fake nat', async () => makeHarness('nat'));
describeBridgedContract('fake flat', async () => makeHarness('flat'));
describeNetworkContract('fake bridge', async () => {
  const host = new FakeNetworkHost();
  host.links.set('br0', emptyLink());
  const another = ({ agentTag = 'a1b2' } = {}) => new FakeLan({ agentTag, device: 'br0', host });
  return { network: another(), another, interfaces: async () => [...host.links.keys()].sort(), remove: async () => {} };
});

it('fails once when told to, and changes nothing', async () => {
  const network = new FakeNetwork({ agentTag: 'a1b2' });
  const env = await network.planEnv({ envName: 'shop', nicCount: 1 }, []);
  const nic = network.planNic(env, { bandwidthMbps: null }, { nics: [], macs: new Set() });
  const request = { env, vmId: 'vm1', hostname: 'web', nic, index: 0, ownerUid: null };
  network.failNext('setNet', 'COMMAND_FAILED');
  await expect(network.setNet([request])).rejects.toMatchObject({ code: 'COMMAND_FAILED' });
  expect(network.host.links.size).toBe(0);
  await network.setNet([request]);
  expect([...network.host.links.keys()]).toEqual([network.bridgeOf(env), nic.tap]);
});

it('keeps clear of the routes of its host', async () => {
  const network = new FakeNetwork({ agentTag: 'a1b2' });
  network.host.routes.push('10.210.0.0/23');
  expect(await network.planEnv({ envName: 'shop', nicCount: 1 }, [])).toMatchObject({ cidr: '10.210.2.0/24' });
});
