// The fake firewall passes the contract of all firewalls, and fails on demand.
import { expect, it } from 'vitest';
import { describeFirewallContract, type VmName } from './firewall.contract.ts';
import { FakeFirewall } from './fake-firewall.ts';

const PLACES = {
  vm1: { envName: 'one', bridge: 'br1', address: '10.210.1.2' },
  vm2: { envName: 'one', bridge: 'br1', address: '10.210.1.3' },
  vm3: { envName: 'two', bridge: 'br2', address: '10.210.2.2' },
} as const;
const outside = { address: '198.51.100.2', address2: '198.51.100.3', cidr: '198.51.100.0/24' };

async function makeHarness() {
  const firewall = new FakeFirewall();
  const names: readonly VmName[] = ['vm1', 'vm2', 'vm3'];
  return {
    firewall,
    outside,
    vm: (vmId: VmName) => ({ vmId, ...PLACES[vmId], forwards: [], denyOutgoing: false, blacklist: [] }),
    boot: async () => {},
    connect: async (_from: 'outside' | 'host', protocol: 'tcp' | 'udp', hostPort: number) => {
      for (const name of names) {
        const forwards = firewall.inForce(name)?.forwards ?? [];
        const found = forwards.find((forward) => forward.protocol === protocol && forward.hostPort === hostPort);
        if (found) return `${name}:${found.guestPort}`;
      }
      return null;
    },
    reaches: async (from: VmName, to: 'outside' | 'outside2' | 'host' | VmName) => {
      const rules = firewall.inForce(from);
      if (to === 'host') return rules === undefined;
      if (to !== 'outside' && to !== 'outside2') return PLACES[from].envName === PLACES[to].envName;
      const stopped = [to === 'outside' ? outside.address : outside.address2, outside.cidr];
      return !rules?.denyOutgoing && !rules?.blacklist.some((destination) => stopped.includes(destination));
    },
    damage: async () => firewall.damage('vm1'),
    remove: async () => {},
  };
}

describeFirewallContract(
  'fake',
  ['tcp', 'udp', 'liveChange', 'denyOutgoing', 'blacklist', 'isolation', 'bulk'],
  makeHarness,
);

it('fails once when told to, and changes nothing', async () => {
  const { firewall, vm } = await makeHarness();
  firewall.failNext('setVms', 'NOT_ROOT');
  await expect(firewall.setVms([vm('vm1')])).rejects.toMatchObject({ code: 'NOT_ROOT' });
  expect(firewall.inForce('vm1')).toBeUndefined();
  await firewall.setVms([vm('vm1')]);
  expect(firewall.inForce('vm1')).toEqual(vm('vm1'));
});
