// The nft firewall passes the contract of all firewalls, with real packets between network namespaces.
// @module-tag real
import { afterAll, beforeAll, describe } from 'vitest';
import { describeFirewallContract, type VmName } from '../firewall.contract.ts';
import { ADDRESSES, TestNetwork } from './test-network.ts';
import { isRoot, makeFirewall, nameIn, rulesOf, TABLE } from './test-rules.ts';

let network: TestNetwork;
beforeAll(async () => {
  if (isRoot) network = await TestNetwork.make();
});
afterAll(() => network?.remove());

const nft = (...args: string[]) => network.run('host', 'nft', args);

async function makeHarness() {
  const firewall = makeFirewall(network);
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
      nameIn(await network.ask(place, protocol, { address: ADDRESSES.host, port })),
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
