// The agent's configuration as one flat object. Made by agent/config/ from flags, file and defaults; read by agent.ts and
// assemble-services.ts. docs/config-reference.md lists the keys of the file.
import type { OidcConfig } from './config/oidc-schema.ts';
import type { LimitName, NetKind, Quota, Role } from '@tt/protocol';
import type { EngineName } from './engines/names.ts';

export type { Quota };

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

/** A user other than the owner of the state folder. */
export interface ConfigUser {
  name: string;
  /** SHA-256 of the token, 64 hex digits; the token itself is written nowhere. */
  tokenSha256: string;
  role: Role;
}

export interface AgentConfig {
  /** The file it was read from; null if there was none. */
  configFile: string | null;
  /** State folder (0700): database, token, disks, sockets. */
  home: string;
  /** Folder with images; default `<home>/images`. */
  imageDirectory: string;
  /** Address to listen on; loopback unless an admin says otherwise. */
  host: string;
  /** 0 = any free port outside the range of forwards. */
  port: number;
  /** Absolute path of a unix socket beside the port; null = none. */
  socketFile: string | null;
  /** Name of the group that may use it; null = only the agent's own user. */
  socketGroup: string | null;
  /** `auto` = TLS at every address but loopback. Files: the administrator's certificate, or neither. */
  tls: { mode: 'auto' | 'always'; names: string[]; certificateFile: string | null; keyFile: string | null };
  /** The engines of new VMs; `fake` cannot be combined with others. */
  engines: EngineName[];
  /** `auto` = KVM if a test guest runs well with it, otherwise TCG. */
  acceleration: 'auto' | 'kvm' | 'tcg';
  /** `auto` = chosen by probing; the fake engine always has a fake storage. */
  storage: 'auto' | 'qcow2' | 'reflink' | 'zfs';
  /** Dataset of the `zfs` storage. */
  zfsDataset: string | null;
  /** `auto` = like the existing disks, otherwise volumes if the pool supports them. */
  zfsVolumes: 'auto' | 'always' | 'never';
  /** How many of the most used images are kept warm, and their budget: on the disk together, and of the VM that is booted for one. */
  warmImages: { count: number; diskMiB: number; memoryMiB: number };
  /** Processors that may be allocated to VMs, before overcommit; null = those of the machine. */
  cpuTotal: number | null;
  /** null = what the machine has, less a tenth. */
  memoryTotalMiB: number | null;
  /** null = the size of the file system below the state folder. */
  diskTotalMiB: number | null;
  /** Virtual processors allocated for each real one. */
  cpuOvercommit: number;
  /** Allocatable MiB per MiB of real memory. */
  memoryOvercommit: number;
  /** How many VMs of one operation start at the same time; null = as many as the machine has processors. */
  startWidth: number | null;
  /** Lifetime of an ENV whose request has none, in seconds. */
  lifetimeDefaultS: number;
  /** Longest lifetime, in seconds. */
  lifetimeMaxS: number;
  /** How long before the end of an ENV its users are warned, in seconds, longest first. */
  lifetimeWarnS: number[];
  /** How long a deleted ENV stays in the bin, in seconds; 0 = there is no bin. */
  keepDeletedS: number;
  /** For a user named in `users` only that entry counts, completely; for all others `default`. */
  quotas: { default: Quota; users: Record<string, Quota> };
  /** Per user, independent of the quota; `connectionsPerAddress` per address. */
  limits: Record<Exclude<LimitName, 'feeds'>, number>;
  /** How long entries of the audit trail are kept, and the most they may take. */
  audit: { keepDays: number; maxMiB: number };
  /** `auto` = nat if run as root with the tools for it, otherwise switch without root, otherwise user. */
  network: 'auto' | NetKind;
  /** What it made on the host for networks is undone at its orderly end, unless a VM runs. */
  undoNetworkAtEnd: boolean;
  /** IPv4 CIDR that nat networks are cut from. */
  natPool: string;
  /** IPv4 CIDR that flat networks are cut from. */
  flatPool: string;
  /** IPv4 CIDR that networks with a switch are cut from. */
  switchPool: string;
  /** This host's address towards the other hosts; null = detected. */
  flatLocalAddress: string | null;
  /** Addresses of the other hosts of flat networks. */
  flatPeers: string[];
  /** UDP port of VXLAN. */
  flatPort: number;
  /** The bridge of the host that NICs of kind `bridge` join; null = the kind is not offered. */
  lanDevice: string | null;
  /** Who can connect machines to it, beside administrators; `*` is everybody. */
  lanUsers: string[];
  firstPort: number;
  lastPort: number;
  /** Address at which clients reach forwarded ports; null = detected, and beside the window with user networking. */
  hostAddress: string | null;
  /** Forwards of nat networks answer this host and its guests only. */
  onlyThisHost: boolean;
  /** Range of user ids that QEMU processes get when the agent is root, one for each VM; null = one of the agent's own. */
  vmUsers: { first: number; count: number } | null;
  cgroups: 'auto' | 'off';
  /** Everything the agent started dies with it, however it ends. */
  tearDownOnExit: boolean;
  users: ConfigUser[];
  /** Logins by an OpenID provider; null: none. Paths are absolute. */
  oidc: OidcConfig | null;
  /** Build images that have a recipe and are missing, at start. */
  prepareImages: boolean;
  /** Folder with the built window; null serves none. */
  windowDirectory: string | null;
  logLevel: LogLevel;
  /** Absolute path; null writes to standard output. */
  logFile: string | null;
}

/** What is in force; `current` is another object after the file was read again. */
export interface Settings {
  readonly current: AgentConfig;
}
