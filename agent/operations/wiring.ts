// Connects VMs to networks and firewall, and takes that back: for one VM or for two thousand in one batch each.
import type { PortForward } from '../engines/interface.ts';
import type { VmRules } from '../firewall/interface.ts';
import type { EnvNetwork, NetKind, NicRequest } from '../network/interface.ts';
import type { EnvRecord, VmRecord } from '../state/records.ts';
import { firewallFailure, networkFailure } from './engine-failure.ts';
import type { Services } from './services.ts';

/** Cards, then rules, in force when it resolves. Idempotent. Rejects with NETWORK_FAILED or FIREWALL_FAILED. */
export async function wire(services: Services, vms: readonly VmRecord[]): Promise<void> {
  await setNets(services, vms);
  services.checkpoint('network');
  await setRules(services, vms);
  services.checkpoint('firewall');
}

/** Makes (or repairs, or changes) the cards of VMs on the host. */
export async function setNets(services: Services, vms: readonly VmRecord[]): Promise<void> {
  for (const [kind, requests] of byKind(services, vms)) {
    try {
      await services.networks.of(kind).setNet(requests);
    } catch (error) {
      throw networkFailure(vms[0]?.envName ?? '', error);
    }
  }
}

/** Puts the rules of VMs in force; `denyOutgoing` when it is about to differ from what their ENV says. */
export async function setRules(services: Services, vms: readonly VmRecord[], denyOutgoing?: boolean): Promise<void> {
  const all = vms.map((vm) => ({ ...rulesOf(services, vm), ...(denyOutgoing !== undefined && { denyOutgoing }) }));
  for (const [firewall, rules] of services.firewalls.split(all)) {
    try {
      await firewall.setVms(rules);
    } catch (error) {
      throw firewallFailure(vms[0]?.envName ?? '', error);
    }
  }
}

/** Rules first, so that no port leads to an address somebody else may get. Idempotent. */
export async function unwire(services: Services, vms: readonly VmRecord[]): Promise<void> {
  const ids = vms.map((vm) => vm.id);
  for (const firewall of services.firewalls.all()) await firewall.unsetVms(ids);
  services.checkpoint('firewall withdrawn');
  for (const [kind, requests] of byKind(services, vms)) await services.networks.of(kind).unsetNet(requests);
  services.checkpoint('network removed');
  services.ports.release(vms.flatMap((vm) => vm.portMap));
}

/** Removes what the networks of an ENV have on the host besides the cards. Idempotent. */
export async function removeNetworks(services: Services, env: EnvRecord): Promise<void> {
  for (const network of env.networks) await services.networks.of(network.kind).destroyEnv(network);
}

/** All that the firewall has to know of a VM: its first card is the one with ports. */
export function rulesOf(services: Services, vm: VmRecord): VmRules {
  const env = services.inventory.env(vm.envName);
  const nic = vm.nics[0];
  const network = nic ? networkOf(env, nic.kind) : undefined;
  return {
    vmId: vm.id,
    envName: vm.envName,
    bridge: network ? services.networks.of(network.kind).bridgeOf(network) : null,
    address: nic?.ip ?? null,
    forwards: vm.portMap.map(({ protocol, guestPort, hostPort }) => ({ protocol, guestPort, hostPort })),
    denyOutgoing: env.denyOutgoing,
    blacklist: vm.blacklist,
  };
}

/** What user networking listens to for a VM. */
export function userForwards(vm: VmRecord): PortForward[] {
  return vm.portMap.map(({ protocol, hostAddress, hostPort, guestPort }) => ({
    protocol,
    hostAddress,
    hostPort,
    guestPort,
  }));
}

export function nicRequests(services: Services, vm: VmRecord): NicRequest[] {
  const env = services.inventory.env(vm.envName);
  return vm.nics.flatMap((nic) => {
    const network = networkOf(env, nic.kind);
    const ownerUid = vm.confinement?.uid ?? null;
    return network ? [{ env: network, vmId: vm.id, hostname: vm.hostname, nic, ownerUid }] : [];
  });
}

function networkOf(env: EnvRecord, kind: NetKind): EnvNetwork | undefined {
  return env.networks.find((network) => network.kind === kind);
}

function byKind(services: Services, vms: readonly VmRecord[]): Map<NetKind, NicRequest[]> {
  return Map.groupBy(
    vms.flatMap((vm) => nicRequests(services, vm)),
    (request) => request.nic.kind,
  );
}
