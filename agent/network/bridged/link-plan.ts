// Compares existing interfaces with the required ones: the result is lines for `ip -batch`, none if everything is right. Pure,
// so that repairing and creating are the same and can be tested without root.
import { createHash } from 'node:crypto';
import { linkName, readLinkName } from '../names.ts';
import type { HostLink } from './host-links.ts';

/** The bridge of an ENV as it should be. */
export interface BridgeSpec {
  name: string;
  number: number;
  /** The host's address on the bridge, e.g. `10.210.3.1`, and the prefix of the block; null: the host has none. */
  address: string | null;
  prefixLength: number;
  /** True: any address of the block that the bridge has may stay (flat hosts whose list of peers changed). */
  keepAddress: (address: string) => boolean;
  /** null: the kernel's own, 1500. */
  mtu: number | null;
  /** May the host route between this bridge and others? */
  forwarding: boolean;
  vxlan: { vni: number; local: string; port: number } | null;
}

/** The tap of a NIC as it should be. */
export interface TapSpec {
  name: string;
  bridge: string;
  /** User name (or number) that may open it, as {@link HostLink.owner} has it, and the same as a number. */
  owner: string;
  ownerUid: number;
  /** Of the end at the host; default: the kernel chooses. */
  hostMac?: string;
}

export interface LinkPlan {
  /** Before the settings: new interfaces, still down. */
  make: string[];
  /** Lines for sysctl, for new interfaces. */
  settings: string[];
  /** After the settings: plugged in and up. */
  raise: string[];
  /** Names of all interfaces that `make` makes, for taking it back. */
  made: string[];
  /** Those of them that are main bridges: their DHCP servers must be restarted. */
  madeBridges: string[];
}

/** A bridge has at most 1024 ports (BR_MAX_PORTS of the kernel); some are reserved for vxlan and the links to further bridges. */
const PORTS_PER_BRIDGE = 1000;
/**
 * Source ports of VXLAN packets, the last one excluded. Frames that QEMU wrote to a tap still belong to QEMU's user when the
 * kernel encapsulates and sends them (meta skuid, nft(8)); that user cannot send from these ports itself
 * (ip_unprivileged_port_start), so the firewall can distinguish encapsulated frames from an escaped process.
 */
const VXLAN_SOURCE_PORTS = '512 1024';

const nothing = (): LinkPlan => ({ make: [], settings: [], raise: [], made: [], madeBridges: [] });

export function planLinks(
  tag: string,
  present: ReadonlyMap<string, HostLink>,
  bridges: readonly BridgeSpec[],
  taps: readonly TapSpec[],
): LinkPlan {
  const plan = nothing();
  for (const spec of bridges) planBridge(plan, tag, present, spec);
  for (const spec of bridges) {
    const ofBridge = taps.filter((tap) => tap.bridge === spec.name);
    planTaps(plan, tag, present, spec, ofBridge);
  }
  return plan;
}

/** Taps that join a bridge that is not the agent's own: nothing of that is changed. */
export function planForeignTaps(
  present: ReadonlyMap<string, HostLink>,
  bridge: Pick<BridgeSpec, 'name' | 'mtu'>,
  taps: readonly TapSpec[],
): LinkPlan {
  const plan = nothing();
  const where = { isPlace: (name: string | null) => name === bridge.name, place: () => bridge.name };
  for (const tap of taps) planTap(plan, present, bridge.mtu, tap, where);
  return plan;
}

function planBridge(plan: LinkPlan, tag: string, present: ReadonlyMap<string, HostLink>, spec: BridgeSpec): void {
  const { name, address, prefixLength, mtu } = spec;
  const bridge = present.get(name);
  if (!bridge) {
    makeBridge(plan, spec, name);
    plan.madeBridges.push(name);
    // Guests are not to claim addresses of others to the host; `max(all, this)` counts, so a laxer host remains lax.
    plan.settings.push(
      `net.ipv4.conf.${name}.rp_filter=1`,
      `net.ipv4.conf.${name}.forwarding=${spec.forwarding ? 1 : 0}`,
    );
  }
  const kept = bridge?.addresses.filter(({ local }) => spec.keepAddress(local)) ?? [];
  for (const { local, prefixLength: length } of bridge?.addresses ?? []) {
    if (!spec.keepAddress(local)) plan.raise.push(`address delete ${local}/${length} dev ${name}`);
  }
  if (kept.length === 0 && address !== null) plan.raise.push(`address add ${address}/${prefixLength} dev ${name}`);
  if (bridge && mtu !== null && bridge.mtu !== mtu) plan.raise.push(`link set dev ${name} mtu ${mtu}`);
  if (!bridge?.isUp) plan.raise.push(`link set dev ${name} up`);
  if (spec.vxlan) planVxlan(plan, tag, present, spec, spec.vxlan);
}

function planVxlan(
  plan: LinkPlan,
  tag: string,
  present: ReadonlyMap<string, HostLink>,
  { name: bridge, number, mtu }: BridgeSpec,
  { vni, local, port }: { vni: number; local: string; port: number },
): void {
  const name = linkName(tag, 'vxlan', number);
  let device = present.get(name);
  const isRight = device?.vxlan?.vni === vni && device.vxlan.local === local && device.vxlan.port === port;
  if (device && !isRight) {
    plan.make.push(`link delete dev ${name}`);
    device = undefined;
  }
  if (!device) {
    const size = mtu === null ? '' : `mtu ${mtu} `;
    const ports = `srcport ${VXLAN_SOURCE_PORTS} dstport ${port}`;
    plan.make.push(`link add name ${name} ${size}type vxlan id ${vni} local ${local} ${ports} ttl 64`);
    plan.made.push(name);
    plan.settings.push(`net.ipv6.conf.${name}.disable_ipv6=1`);
  }
  if (device && mtu !== null && device.mtu !== mtu) plan.raise.push(`link set dev ${name} mtu ${mtu}`);
  if (device?.master !== bridge) plan.raise.push(`link set dev ${name} master ${bridge}`);
  if (!device?.isUp) plan.raise.push(`link set dev ${name} up`);
}

function planTaps(
  plan: LinkPlan,
  tag: string,
  present: ReadonlyMap<string, HostLink>,
  spec: BridgeSpec,
  taps: readonly TapSpec[],
): void {
  const ports = new Map<string, number>();
  const isOurs = (name: string | null) => name !== null && (name === spec.name || isSegmentOf(tag, name, spec.number));
  for (const { master } of present.values()) {
    if (master !== null && isOurs(master)) ports.set(master, (ports.get(master) ?? 0) + 1);
  }
  const place = () => {
    const bridge = bridgeWithFreePort(plan, tag, present, spec, ports);
    ports.set(bridge, (ports.get(bridge) ?? 0) + 1);
    return bridge;
  };
  for (const tap of taps) planTap(plan, present, spec.mtu, tap, { isPlace: isOurs, place });
}

/** `isPlace`: a bridge it may stay in; `place` chooses the one it joins. */
function planTap(
  plan: LinkPlan,
  present: ReadonlyMap<string, HostLink>,
  mtu: number | null,
  tap: TapSpec,
  { isPlace, place }: { isPlace: (bridge: string | null) => boolean; place: () => string },
): void {
  let link = present.get(tap.name);
  // Nobody has it open, so nobody misses it. One in use stays: the owner matters only when it is opened.
  if (link && link.owner !== tap.owner && !link.hasCarrier) {
    plan.make.push(`link delete dev ${tap.name}`);
    link = undefined;
  }
  if (!link) {
    // A tap without an owner could be opened by everybody.
    plan.make.push(`tuntap add dev ${tap.name} mode tap user ${tap.ownerUid}`);
    if (tap.hostMac !== undefined) plan.make.push(`link set dev ${tap.name} address ${tap.hostMac}`);
    plan.made.push(tap.name);
    // The host itself has nothing to say on a guest's cable.
    plan.settings.push(`net.ipv6.conf.${tap.name}.disable_ipv6=1`);
  }
  if (mtu !== null && link?.mtu !== mtu) plan.raise.push(`link set dev ${tap.name} mtu ${mtu}`);
  if (!isPlace(link?.master ?? null)) plan.raise.push(`link set dev ${tap.name} master ${place()}`);
  if (!link?.isUp) plan.raise.push(`link set dev ${tap.name} up`);
}

/** The main bridge, or the first of its segments with a free port; makes the next segment when all are full. */
function bridgeWithFreePort(
  plan: LinkPlan,
  tag: string,
  present: ReadonlyMap<string, HostLink>,
  spec: BridgeSpec,
  ports: ReadonlyMap<string, number>,
): string {
  const hasFreePort = (name: string) => (ports.get(name) ?? 0) < PORTS_PER_BRIDGE;
  if (hasFreePort(spec.name)) return spec.name;
  for (let segment = 1; ; segment++) {
    const name = linkName(tag, 'segment', spec.number, segment);
    if (!hasFreePort(name)) continue;
    if (!present.has(name) && !plan.made.includes(name)) {
      const plug = linkName(tag, 'segmentPlug', spec.number, segment);
      const socket = linkName(tag, 'segmentSocket', spec.number, segment);
      const size = spec.mtu === null ? '' : `mtu ${spec.mtu} `;
      makeBridge(plan, spec, name);
      plan.make.push(`link add name ${plug} ${size}type veth peer name ${socket} ${size}`.trimEnd());
      plan.made.push(plug);
      plan.settings.push(`net.ipv6.conf.${plug}.disable_ipv6=1`, `net.ipv6.conf.${socket}.disable_ipv6=1`);
      plan.raise.push(
        `link set dev ${plug} master ${spec.name}`,
        `link set dev ${socket} master ${name}`,
        ...[name, plug, socket].map((device) => `link set dev ${device} up`),
      );
    }
    return name;
  }
}

function makeBridge(plan: LinkPlan, { mtu }: BridgeSpec, name: string): void {
  const size = mtu === null ? '' : `mtu ${mtu} `;
  // An address of its own: otherwise a bridge takes the lowest of its ports', which changes as guests come and go, and
  // the guests would look for the host where it no longer is. Snooping without a querier would swallow multicast.
  plan.make.push(
    `link add name ${name} address ${bridgeMac(name)} ${size}type bridge forward_delay 0 stp_state 0 mcast_snooping 0`,
  );
  plan.made.push(name);
  plan.settings.push(`net.ipv6.conf.${name}.disable_ipv6=1`);
}

/** A locally administered address that follows from the bridge's name, which has the agent's tag: other hosts have others. */
export function bridgeMac(name: string): string {
  const hash = createHash('sha256').update(name).digest('hex');
  return `02:${(hash.slice(0, 10).match(/../g) ?? []).join(':')}`;
}

/** Is this one of the further bridges of that ENV? */
export function isSegmentOf(tag: string, name: string, number: number): boolean {
  const meaning = readLinkName(tag, name);
  return meaning?.role === 'segment' && meaning.number === number;
}
