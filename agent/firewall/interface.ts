// What every firewall does for the operations: ports of guests reachable from outside, outgoing denied, destinations
// blacklisted. `hostfwd` (QEMU user networking) and `nft` (bridged networks); both and the fake pass `firewall.contract.ts`.

export interface WantedPort {
  protocol: 'tcp' | 'udp';
  guestPort: number;
}

export interface Forward extends WantedPort {
  /** Port of the host that leads to `guestPort`; from the {@link PortPool}. */
  hostPort: number;
}

/**
 * Asked for by name, refused with FEATURE_UNSUPPORTED when missing. `liveChange`: `denyOutgoing` and `allowOutgoing` act
 * on a VM that runs (else at its next start). `isolation`: guests reach neither other ENVs nor services of the host.
 * `bulk`: any number of VMs in one transaction.
 */
export type FirewallFeature = 'tcp' | 'udp' | 'liveChange' | 'denyOutgoing' | 'blacklist' | 'isolation' | 'bulk';

/** All that the firewall knows about one VM. */
export interface VmRules {
  vmId: string;
  envName: string;
  /** Bridge its NIC sits on; null with user networking. */
  bridge: string | null;
  /** Its IPv4 address there; null with user networking. */
  address: string | null;
  /** Its further NICs on bridges: guarded and let out like the first, but no forward leads there. Default: none. */
  otherNics?: readonly { bridge: string; address: string }[];
  forwards: readonly Forward[];
  denyOutgoing: boolean;
  /** Destinations it may not reach: IPv4 addresses or CIDRs. */
  blacklist: readonly string[];
  /**
   * True: its bridge leads nowhere, not even past the host, and its addresses may be those of a VM on another bridge. Such a
   * VM has no forwards; `denyOutgoing` and `blacklist` say nothing about it.
   */
  fenced?: boolean;
  /** The user its engine runs as, when that is to have no network of the host; left out for VMs with user networking. */
  confinedUid?: number | null;
}

/** A chain of somebody else's table that drops packets of guests on bridges. */
export interface ForeignDrop {
  /** Family and name: `ip filter`. */
  table: string;
  chain: string;
  /** `forward`: between guests and others. `input`: what guests ask of this host (DHCP, DNS). */
  hook: 'forward' | 'input';
  /** What root may run to let guests pass there. */
  command: string;
}

/**
 * Every change is all or nothing and in force when it resolves. Rejects with FirewallError: RULE_REFUSED (a host port or
 * address of another VM, a port out of range, an unknown VM, or the host's refusal), BAD_DESTINATION (see `blacklist`),
 * FEATURE_UNSUPPORTED. Flows that are open when a rule changes go on: rules decide about new ones.
 */
export interface Firewall {
  readonly name: string;
  /** Checks rights and tools (FirewallError TOOL_MISSING, NOT_ROOT). */
  init(): Promise<void>;
  /** Those of `wanted` that it does not have. */
  checkFeatures(wanted: readonly string[]): string[];
  /** Puts rules of VMs in force, replacing what they had: ONE atomic transaction for all of them. */
  setVms(rules: readonly VmRules[]): Promise<void>;
  /** Takes all rules of VMs back, one transaction. Idempotent. */
  unsetVms(vmIds: readonly string[]): Promise<void>;
  /** Forwards of one VM, full replacement. */
  setForwards(vmId: string, forwards: readonly Forward[]): Promise<void>;
  /** The VMs open nothing new beyond their own ENV; what comes to their forwards, and the replies, still pass. */
  denyOutgoing(vmIds: readonly string[]): Promise<void>;
  allowOutgoing(vmIds: readonly string[]): Promise<void>;
  /** Full replacement. Destinations may overlap; CIDRs with host bits mean their whole block. */
  setBlacklist(vmId: string, destinations: readonly string[]): Promise<void>;
  /** Agent start: exactly these rules, in one transaction, whatever was there of ours. */
  restore(rules: readonly VmRules[]): Promise<void>;
  /** Holds what is in force against what should be; mends differences in one transaction and tells each in plain words. */
  repair(): Promise<string[]>;
  /** What other tables of the host drop of its guests, whatever its own say. Never changes them. Rejects with FirewallError. */
  foreignDrops(): Promise<ForeignDrop[]>;
  /** The ruleset in force with, for each part, why it is there. */
  show(): Promise<string>;
  /** Removes all of ours from the host (tear-down). Idempotent. */
  destroy(): Promise<void>;
}
