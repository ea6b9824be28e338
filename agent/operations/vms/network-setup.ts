// Connects VMs to networks and firewall, and disconnects them: one VM, or two thousand in one batch each.
import type { PortForward } from '../../engines/interface.ts';
import type { VmRules } from '../../firewall/interface.ts';
import { isBehindQemu } from '../../network/behind-qemu.ts';
import type { EnvNetwork, NetKind, Nic, NicRequest } from '../../network/interface.ts';
import type { EnvRecord } from '../../state/records.ts';
import { nicsOf, type VmRecord } from '../../state/vm-record.ts';
import { firewallFailure, networkFailure } from '../engine-failure.ts';
import type { Services } from '../services.ts';

/** The networks of ENVs, and the drivers that create them. */
type Nets = Pick<Services, 'inventory' | 'networks'>;

/** Sets up NICs, then rules; they are in force when it resolves. Idempotent. Rejects with NETWORK_FAILED or FIREWALL_FAILED. */
export async function setUpNetwork(
  services: Pick<Services, 'inventory' | 'networks' | 'firewalls' | 'checkpoint'>,
  vms: readonly VmRecord[],
): Promise<void> {
  await setNets(services, vms);
  services.checkpoint('network');
  await setRules(services, vms);
  services.checkpoint('firewall');
}

/** Creates (or repairs, or changes) the NICs of VMs on the host. */
export async function setNets(services: Nets, vms: readonly VmRecord[]): Promise<void> {
  for (const [kind, requests] of byKind(services, vms)) {
    try {
      await services.networks.of(kind).setNet(requests);
    } catch (error) {
      throw networkFailure(vms[0]?.envName ?? '', error);
    }
  }
}

/** Applies the rules of VMs; `denyOutgoing` if it will differ from their ENV's. */
export async function setRules(
  services: Pick<Services, 'inventory' | 'networks' | 'firewalls'>,
  vms: readonly VmRecord[],
  denyOutgoing?: boolean,
): Promise<void> {
  const all = vms
    .flatMap((vm) => rulesOf(services, vm))
    .map((rules) => (denyOutgoing === undefined ? rules : { ...rules, denyOutgoing }));
  for (const [firewall, rules] of services.firewalls.split(all)) {
    try {
      await firewall.setVms(rules);
    } catch (error) {
      throw firewallFailure(vms[0]?.envName ?? '', error);
    }
  }
}

/** Removes rules first, so that no port is forwarded to an address that another VM may get. Idempotent. */
export async function takeDownNetwork(
  services: Pick<Services, 'inventory' | 'networks' | 'firewalls' | 'ports' | 'checkpoint'>,
  vms: readonly VmRecord[],
): Promise<void> {
  const ids = vms.map((vm) => vm.id);
  for (const firewall of services.firewalls.all()) await firewall.unsetVms(ids);
  services.checkpoint('firewall withdrawn');
  for (const [kind, requests] of byKind(services, vms)) await services.networks.forRemoval(kind)?.unsetNet(requests);
  services.checkpoint('network removed');
  services.ports.release(vms.flatMap((vm) => vm.placement.portMap));
}

/** Removes what the networks of an ENV have on the host in addition to NICs. Idempotent. */
export async function removeNetworks(services: Pick<Services, 'networks'>, env: EnvRecord): Promise<void> {
  for (const network of env.networks) await services.networks.forRemoval(network.kind)?.destroyEnv(network);
}

/**
 * Everything the firewalls need to know about a VM. Its first NIC is the one with ports; all NICs on bridges are guarded, so a
 * VM with user networking first and a bridge second is known to both.
 */
export function rulesOf(services: Nets, vm: VmRecord): VmRules[] {
  const env = services.inventory.env(vm.envName);
  const forwards = vm.placement.portMap.map(({ protocol, guestPort, hostPort }) => ({ protocol, guestPort, hostPort }));
  const shared = { vmId: vm.id, envName: vm.envName, denyOutgoing: env.denyOutgoing, blacklist: vm.spec.blacklist };
  const nics = nicsOf(vm).flatMap((nic) => bridgedNic(services, env, nic));
  const [first, ...otherNics] = nics;
  const behindQemu = vm.spec.nics.map(({ kind }) => isBehindQemu(kind));
  const isUserFirst = behindQemu[0] === true;
  // User networking opens its connections as the engine's process; with bridges only, that has no business on the network.
  const confinedUid = behindQemu.includes(true) ? null : (vm.placement.confinement?.uid ?? null);
  const user = isUserFirst ? [{ ...shared, bridge: null, address: null, forwards, blacklist: [] }] : [];
  if (!first && isUserFirst) return user;
  if (!first) {
    const foreign = { ...shared, bridge: null, address: null, forwards: [], blacklist: [], denyOutgoing: false };
    return confinedUid === null ? [] : [{ ...foreign, isForeign: true, confinedUid }];
  }
  const bridged = { ...shared, ...first, forwards: isUserFirst ? [] : forwards, otherNics, confinedUid };
  return [...user, env.fenced ? { ...bridged, fenced: true, denyOutgoing: false, blacklist: [] } : bridged];
}

function bridgedNic(
  services: Pick<Services, 'networks'>,
  env: EnvRecord,
  nic: Nic,
): { bridge: string; address: string | null }[] {
  const network = networkOf(env, nic.kind);
  const bridge = network ? services.networks.of(network.kind).bridgeOf(network) : null;
  // A fenced copy of a machine of the network around the host has an address that only its guest knows.
  return bridge !== null && (nic.ip !== null || env.fenced) ? [{ bridge, address: nic.ip }] : [];
}

/** What user networking listens to for a VM. */
export function userForwards(vm: VmRecord): PortForward[] {
  return vm.placement.portMap.map(({ protocol, hostAddress, hostPort, guestPort }) => ({
    protocol,
    hostAddress,
    hostPort,
    guestPort,
  }));
}

export function nicRequests(services: Pick<Services, 'inventory'>, vm: VmRecord): NicRequest[] {
  const env = services.inventory.env(vm.envName);
  return nicsOf(vm).flatMap((nic, index) => {
    const network = networkOf(env, nic.kind);
    const ownerUid = vm.placement.confinement?.uid ?? null;
    return network ? [{ env: network, vmId: vm.id, hostname: vm.hostname, nic, index, ownerUid }] : [];
  });
}

export function networkOf(env: EnvRecord, kind: NetKind): EnvNetwork | undefined {
  return env.networks.find((network) => network.kind === kind);
}

function byKind(services: Pick<Services, 'inventory'>, vms: readonly VmRecord[]): Map<NetKind, NicRequest[]> {
  return Map.groupBy(
    vms.flatMap((vm) => nicRequests(services, vm)),
    (request) => request.nic.kind,
  );
}
