// The interface of every network: gives the VMs of an ENV their NICs. `user` (QEMU user networking, no root), `nat` (a bridge
// per ENV), `flat` (VXLAN per ENV across hosts), `bridge` (a bridge of the host into the network around it), `switch` (user networking
// with a switch of ours per ENV, no root). `load.ts` creates them; all pass `network.contract.ts`.
import type { NicAttachment, PortForward } from '../engines/interface.ts';

export type NetKind = 'user' | 'nat' | 'flat' | 'bridge' | 'switch';
/** Requested by name, refused with FEATURE_UNSUPPORTED if missing. */
export type NetworkFeature =
  | 'portForward'
  | 'severalNics'
  | 'bandwidth'
  | 'isolation'
  | 'names'
  | 'fixedAddress'
  | 'severalHosts';

/** One ENV's network of one kind, as stored in the state. */
export interface EnvNetwork {
  kind: NetKind;
  envName: string;
  /** Unique among the networks of this host; the names of its bridge and files derive from it and the agent's tag. */
  number: number;
  /** e.g. `10.210.3.0/24`; null for user and bridge. */
  cidr: string | null;
  /** VXLAN network identifier 1..16777215 (RFC 7348); null unless flat. */
  vni: number | null;
  /**
   * True: its NICs have the addresses of another network, and it is isolated: no forwards, no outgoing connections, no other
   * host, and no service of this one except a gateway that answers but forwards nothing.
   */
  fenced?: boolean;
  /**
   * Of a fenced nat or flat network: the MAC that this host has in the original one. A guest whose memory goes on knows its
   * gateway by it, and would send to nobody for the 30 to 60 s until it asks again (arp(7), `base_reachable_time`).
   */
  gatewayMac?: string;
}

export interface EnvRequest {
  envName: string;
  /** How many NICs it will have on this host, all VMs together. */
  nicCount: number;
  /** Set if several hosts share a flat network; ignored by the other kinds. */
  vni?: number;
}

/** One NIC of a VM, as stored in the state. */
export interface Nic {
  kind: NetKind;
  mac: string;
  /** null for user and bridge. */
  ip: string | null;
  /** Name of its tap on the host; null for user and switch. */
  tap: string | null;
  /** Both ways; null is no limit. */
  bandwidthMbps: number | null;
}

/** A NIC to set up, or to remove. */
export interface NicRequest {
  env: EnvNetwork;
  vmId: string;
  /** DNS name inside the ENV. */
  hostname: string;
  nic: Nic;
  /** Its place among the NICs of the VM, from 0. */
  index: number;
  /** Who may open the tap: the uid QEMU runs as; null = root. */
  ownerUid: number | null;
}

export interface Network {
  readonly kind: NetKind;
  /** Checks rights and tools. Rejects with NetworkError TOOL_MISSING, NOT_ROOT or BRIDGE_MISSING. */
  init(): Promise<void>;
  checkFeatures(wanted: readonly string[]): string[];
  /**
   * Chooses number, cidr (the smallest free block of the pool that fits `nicCount`, at least a /24, and overlaps no route of
   * the host) and vni. `taken`: the networks of all kinds on this host. Touches nothing. POOL_EXHAUSTED.
   */
  planEnv(request: EnvRequest, taken: readonly EnvNetwork[]): Promise<EnvNetwork>;
  /**
   * Chooses mac, ip and tap name. Touches nothing. `nics`: at least all NICs of this ENV; `macs`: all MACs in use on this host.
   * NETWORK_FULL if the cidr has no address left; FEATURE_UNSUPPORTED for a limit this network cannot enforce.
   */
  planNic(
    env: EnvNetwork,
    request: { bandwidthMbps: number | null },
    taken: { nics: readonly Nic[]; macs: ReadonlySet<string> },
  ): Nic;
  /** A fenced network for `envName` with the addresses of another one, `original`. Touches nothing. */
  planFence(original: EnvNetwork, envName: string, taken: readonly EnvNetwork[]): EnvNetwork;
  /** A NIC for a fenced network with the MAC and address of another one. Touches nothing; `taken` as for `planNic`. */
  planTwin(original: Nic, taken: { nics: readonly Nic[]; macs: ReadonlySet<string> }): Nic;
  /**
   * Sets up NICs on the host (bridge, DHCP lease, DNS name, tap, limit). Idempotent: also repairs. Many at once are one batch.
   * On failure what this call made is removed again.
   */
  setNet(requests: readonly NicRequest[]): Promise<void>;
  /** Removes what setNet made for these NICs; the ENV's bridge stays. Idempotent. */
  unsetNet(requests: readonly NicRequest[]): Promise<void>;
  /** Removes the ENV's bridge with everything still connected to it, DHCP server, files. Idempotent. */
  destroyEnv(env: EnvNetwork): Promise<void>;
  /** The device the engine attaches for this NIC of `env`. `forwards`, `denyOutgoing` matter only where QEMU is the way out (user, switch). */
  attachment(
    nic: Nic,
    user: { forwards: readonly PortForward[]; denyOutgoing: boolean },
    env: EnvNetwork,
  ): NicAttachment;
  /**
   * Checks what must keep running (DHCP servers and switches of ENVs with NICs), cheap enough for every few seconds. Restarts what is gone
   * and returns a sentence for each that says what was wrong and what was done; also for what could not be repaired. `envs`: of any kind, others are skipped.
   */
  repair(envs: readonly EnvNetwork[]): Promise<string[]>;
  /** Name of the ENV's bridge; null for user and switch, and for bridge unless it is fenced: that of the host is not the ENV's. */
  bridgeOf(env: EnvNetwork): string | null;
  /**
   * Removes everything with this agent's tag that is not in `known` (ENVs and NICs of all kinds: nat and flat share their
   * names); returns a description of each. For the start after a crash.
   */
  sweep(known: { envs: readonly EnvNetwork[]; nics: readonly Nic[] }): Promise<string[]>;
  /** Bytes through each tap since it was created, from the guest's point of view. Missing taps are omitted. */
  counters(taps: readonly string[]): Promise<Map<string, { receivedBytes: number; sentBytes: number }>>;
}
