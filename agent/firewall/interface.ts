// The interface of every firewall: forwards ports of guests, denies outgoing connections, blocks destinations. Drivers are
// `hostfwd` (QEMU user networking) and `nft` (bridged networks); both and the fake pass `firewall.contract.ts`.

export interface WantedPort {
  protocol: 'tcp' | 'udp';
  guestPort: number;
}

export interface Forward extends WantedPort {
  /** Port of the host that is forwarded to `guestPort`; from the {@link PortPool}. */
  hostPort: number;
}

/**
 * Requested by name, refused with FEATURE_UNSUPPORTED if missing. `liveChange`: `denyOutgoing` and `allowOutgoing` apply to a
 * running VM (otherwise at its next start). `isolation`: guests reach neither other ENVs nor services of the host. `bulk`: any
 * number of VMs in one transaction.
 */
export type FirewallFeature = 'tcp' | 'udp' | 'liveChange' | 'denyOutgoing' | 'blacklist' | 'isolation' | 'bulk';

/** All that the firewall knows about one VM. */
export interface VmRules {
  vmId: string;
  envName: string;
  /** The bridge of its NIC; null with user networking, and for one whose NICs are all on a bridge of somebody else. */
  bridge: string | null;
  /** Its IPv4 address there; null without a bridge, and where a fenced VM has one that nobody knows. */
  address: string | null;
  /** Its further NICs on bridges: with the same rules as the first, but without forwards. Default: none. */
  otherNics?: readonly { bridge: string; address: string | null }[];
  /** True: its NICs are on a bridge of the host that is somebody else's. Only its engine is confined; nothing else of it is ruled. */
  isForeign?: boolean;
  forwards: readonly Forward[];
  denyOutgoing: boolean;
  /** Destinations it cannot reach: IPv4 addresses or CIDRs. */
  blacklist: readonly string[];
  /**
   * True: its bridge is isolated, even from the host, and its addresses may be those of a VM on another bridge. Such a VM has
   * no forwards; `denyOutgoing` and `blacklist` do not apply to it.
   */
  fenced?: boolean;
  /** The user its engine runs as, if that must have no network of the host; absent for VMs with user networking. */
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
 * FEATURE_UNSUPPORTED. Open flows continue when a rule changes: rules apply to new ones.
 */
export interface Firewall {
  readonly name: string;
  /** Checks rights and tools (FirewallError TOOL_MISSING, NOT_ROOT). */
  init(): Promise<void>;
  /** Those of `wanted` that it does not have. */
  checkFeatures(wanted: readonly string[]): string[];
  /** Applies rules of VMs, replacing earlier ones: one atomic transaction for all of them. */
  setVms(rules: readonly VmRules[]): Promise<void>;
  /** Takes all rules of VMs back, one transaction. Idempotent. */
  unsetVms(vmIds: readonly string[]): Promise<void>;
  /** Forwards of one VM, full replacement. */
  setForwards(vmId: string, forwards: readonly Forward[]): Promise<void>;
  /** The VMs cannot open connections beyond their own ENV; traffic to their forwards, and the replies, still pass. */
  denyOutgoing(vmIds: readonly string[]): Promise<void>;
  allowOutgoing(vmIds: readonly string[]): Promise<void>;
  /** Full replacement. Destinations may overlap; CIDRs with host bits mean their whole block. */
  setBlacklist(vmId: string, destinations: readonly string[]): Promise<void>;
  /** At agent start: exactly these rules, in one transaction, replacing whatever rules of ours exist. */
  restore(rules: readonly VmRules[]): Promise<void>;
  /**
   * Compares the rules in force with the expected ones; corrects differences in one transaction and returns a description of
   * each.
   */
  repair(): Promise<string[]>;
  /**
   * What other tables of the host drop of its guests, regardless of its own table. Never changes them. Rejects with
   * FirewallError.
   */
  foreignDrops(): Promise<ForeignDrop[]>;
  /** The ruleset in force, with the reason for each part. */
  show(): Promise<string>;
  /** Removes all of ours from the host (tear-down). Idempotent. */
  destroy(): Promise<void>;
}
