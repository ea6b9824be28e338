// Represents the host in a fenced network: a separate network namespace (ip-netns(8)) with the gateway's address and the DHCP
// server, connected to the ENV's bridge by a veth pair. The bridge itself has no address, so the same addresses can exist in
// another ENV on this host, and no traffic enters or leaves.
import { NetworkError } from '../errors.ts';
import { linkName, readLinkName } from '../names.ts';
import type { HostLink, HostLinks } from './host-links.ts';

export interface FenceRequest {
  number: number;
  bridge: string;
  /** The gateway's, as the guests know it. */
  address: string;
  prefixLength: number;
  /** The gateway's, as the guests know it; null: the kernel chooses. */
  gatewayMac: string | null;
  /** null: the kernel's own, 1500. */
  mtu: number | null;
}

/** Name of the namespace of an ENV's network. */
export function fenceName(tag: string, number: number): string {
  return linkName(tag, 'fence', number);
}

/** Name of the gateway's interface inside the fence, on which the DHCP server listens. */
export function fenceGateway(tag: string, number: number): string {
  return linkName(tag, 'fenceSocket', number);
}

/** Creates what is missing; true if the namespace is a new one, so that its DHCP server must be restarted. */
export async function raiseFence(
  links: HostLinks,
  tag: string,
  present: ReadonlyMap<string, HostLink>,
  { number, bridge, address, prefixLength, gatewayMac, mtu }: FenceRequest,
): Promise<boolean> {
  const name = fenceName(tag, number);
  const plug = linkName(tag, 'fencePlug', number);
  const gateway = fenceGateway(tag, number);
  const isThere = (await links.namespaces()).includes(name);
  if (isThere && present.get(plug)?.master === bridge && present.get(plug)?.isUp) return false;
  // Half a fence is taken down whole: its cable may end nowhere.
  if (isThere) await links.namespace('delete', name);
  if (present.has(plug) && !isThere) await links.batch('ip', [`link delete dev ${plug}`]);
  await links.namespace('add', name);
  const size = mtu === null ? '' : `mtu ${mtu} `;
  await links.untilGone(plug);
  const mac = gatewayMac === null ? '' : `address ${gatewayMac} `;
  await links.batch('ip', [`link add name ${plug} ${size}type veth peer name ${gateway} ${mac}${size}netns ${name}`]);
  await links.sysctl([`net.ipv6.conf.${plug}.disable_ipv6=1`]);
  await links.batchIn(name, [
    'link set dev lo up',
    `address add ${address}/${prefixLength} dev ${gateway}`,
    `link set dev ${gateway} up`,
  ]);
  await links.batch('ip', [`link set dev ${plug} master ${bridge}`, `link set dev ${plug} up`]);
  return true;
}

/** Removes the namespaces of this agent that `isUnwanted` selects by number; returns which. */
export async function removeFences(
  links: HostLinks,
  tag: string,
  isUnwanted: (number: number) => boolean,
): Promise<string[]> {
  const gone: string[] = [];
  for (const name of await links.namespaces()) {
    const meaning = readLinkName(tag, name);
    if (meaning?.role !== 'fence' || !isUnwanted(meaning.number)) continue;
    await links.namespace('delete', name);
    gone.push(name);
  }
  return gone;
}

/** A fence can't be requested for a network without addresses. */
export function mustHaveAddress(address: string | null, envName: string): string {
  if (address === null) throw new NetworkError('OPTION_INVALID', `the fence of ${envName} has no address`);
  return address;
}
