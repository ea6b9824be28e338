// Forwards of user networking: the contract with modelled QEMUs, and the order and rollback of the commands they get.
import { expect, it } from 'vitest';
import { describeFirewallContract, type VmName } from '../firewall.contract.ts';
import type { Forward, VmRules } from '../interface.ts';
import { HostfwdFirewall } from './hostfwd.ts';

const vm = (vmId: string): VmRules => ({
  vmId,
  envName: 'one',
  bridge: null,
  address: null,
  forwards: [],
  denyOutgoing: false,
  blacklist: [],
});
const tcp = (hostPort: number, guestPort = 22): Forward => ({ protocol: 'tcp', hostPort, guestPort });

/** What QEMU does with hostfwd: listens on its ports, refuses one that is taken or not there. */
class ModelQemus {
  readonly listening = new Map<string, Forward[]>();

  async change(vmId: string, add: Forward[], remove: Forward[]): Promise<void> {
    const forwards = this.listening.get(vmId);
    if (!forwards) return;
    const same = (one: Forward) => (other: Forward) =>
      one.protocol === other.protocol && one.hostPort === other.hostPort;
    const left = forwards.filter((forward) => !remove.some(same(forward)));
    if (left.length !== forwards.length - remove.length) throw new Error('no such forward');
    if (add.some((forward) => left.some(same(forward)))) throw new Error('already listening');
    this.listening.set(vmId, [...left, ...add]);
  }
}

async function makeHarness() {
  const qemus = new ModelQemus();
  const firewall = new HostfwdFirewall({ changeForwards: (vmId, add, remove) => qemus.change(vmId, add, remove) });
  return {
    firewall,
    outside: { address: '198.51.100.2', address2: '198.51.100.3', cidr: '198.51.100.0/24' },
    vm: (name: VmName) => vm(name),
    boot: async (names: readonly VmName[]) => {
      for (const name of names) qemus.listening.set(name, [...(firewall.rulesOf(name)?.forwards ?? [])]);
    },
    connect: async (_from: 'outside' | 'host', protocol: 'tcp' | 'udp', hostPort: number) => {
      for (const [vmId, forwards] of qemus.listening) {
        const found = forwards.find((forward) => forward.protocol === protocol && forward.hostPort === hostPort);
        if (found) return `${vmId}:${found.guestPort}`;
      }
      return null;
    },
    reaches: () => Promise.reject(new Error('not asked without liveChange, blacklist and isolation')),
    damage: null,
    remove: async () => {},
  };
}

describeFirewallContract('hostfwd', ['tcp', 'udp', 'denyOutgoing'], makeHarness);

it('keeps the request to deny outgoing for the next start', async () => {
  const { firewall } = await makeHarness();
  await firewall.setVms([vm('vm1'), vm('vm2')]);
  await firewall.denyOutgoing(['vm1', 'vm2']);
  await firewall.allowOutgoing(['vm2']);
  expect([firewall.rulesOf('vm1')?.denyOutgoing, firewall.rulesOf('vm2')?.denyOutgoing]).toEqual([true, false]);
});

/** Records what QEMUs are told; each call ends when the test says so. */
function heldFirewall() {
  const calls: { vmId: string; add: number[]; remove: number[]; end: PromiseWithResolvers<void> }[] = [];
  const ports = (forwards: Forward[]) => forwards.map(({ hostPort }) => hostPort);
  const firewall = new HostfwdFirewall({
    changeForwards: (vmId, add, remove) => {
      const end = Promise.withResolvers<void>();
      calls.push({ vmId, add: ports(add), remove: ports(remove), end });
      return end.promise;
    },
  });
  const called = (count: number) => expect.poll(() => calls.length).toBe(count);
  return { firewall, calls, called };
}

it('tells a QEMU one change after the other, and no VM waits for another', async () => {
  const { firewall, calls, called } = heldFirewall();
  await firewall.setVms([vm('vm1'), vm('vm2')]);
  const first = firewall.setForwards('vm1', [tcp(1)]);
  const second = firewall.setForwards('vm1', [tcp(2)]);
  const other = firewall.setForwards('vm2', [tcp(3)]);
  await called(2);
  expect(calls.map(({ vmId, add }) => [vmId, add])).toEqual([
    ['vm1', [1]],
    ['vm2', [3]],
  ]);
  calls[1]?.end.resolve();
  await other;
  calls[0]?.end.resolve();
  await first;
  await called(3);
  expect(calls[2]).toMatchObject({ vmId: 'vm1', add: [2], remove: [1] });
  calls[2]?.end.resolve();
  await second;
});

it('takes back what other QEMUs did when one fails, and what it holds', async () => {
  const { firewall, calls, called } = heldFirewall();
  await firewall.setVms([{ ...vm('vm1'), forwards: [tcp(1)] }, vm('vm2')]);
  const change = firewall.setVms([
    { ...vm('vm1'), forwards: [tcp(1, 80), tcp(2)] },
    { ...vm('vm2'), forwards: [tcp(3)] },
  ]);
  await called(2);
  expect(calls[0]).toMatchObject({ vmId: 'vm1', add: [1, 2], remove: [1] });
  calls[0]?.end.resolve();
  calls[1]?.end.reject(new Error('port 3 is taken'));
  await called(3);
  expect(calls[2]).toMatchObject({ vmId: 'vm1', add: [1], remove: [1, 2] });
  calls[2]?.end.resolve();
  await expect(change).rejects.toThrow('port 3 is taken');
  expect(firewall.rulesOf('vm1')?.forwards).toEqual([tcp(1)]);
  expect(firewall.rulesOf('vm2')?.forwards).toEqual([]);
});
