// What operations work with. Assembled once in agent.ts; tests assemble it with fakes.
import type { Logger } from 'pino';
import type { AuditTrail } from '../audit/audit-trail.ts';
import type { AuditWitness } from '../audit/audit-witness.ts';
import type { BootFiles } from '../capsules/boot-files.ts';
import type { CapsuleSeal } from '../capsules/capsule-seal.ts';
import type { Cgroups } from '../cgroups/interface.ts';
import type { ProvisioningWatch } from '../cloud-init/provisioning-watch.ts';
import type { SshKeys } from '../cloud-init/ssh-keys.ts';
import type { Settings } from '../config.ts';
import type { ConsolePresence } from '../console/console-presence.ts';
import type { Consoles } from '../console/consoles.ts';
import type { Engines } from '../engines/engines.ts';
import type { VmUserPool } from '../engines/vm-user-pool.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Firewalls } from '../firewall/firewalls.ts';
import type { ForeignFirewalls } from '../firewall/foreign-firewalls.ts';
import type { PortPool } from '../firewall/port-pool.ts';
import type { UefiFirmware } from '../firmware/uefi.ts';
import type { GuestChannels } from '../guest-channel/guest-channels.ts';
import type { DiskReserve } from '../host/disk-reserve.ts';
import type { HostChanges } from '../host/host-changes.ts';
import type { Mutex } from '../host/mutex.ts';
import type { ImageService } from '../images/image-service.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { BaseImages } from '../labs/base-images.ts';
import type { LabRegistry } from '../labs/lab-registry.ts';
import type { TerminalGuard } from '../labs/terminal-guard.ts';
import type { Activity } from '../metrics/activity.ts';
import type { MetricsCollector } from '../metrics/collector.ts';
import type { MemoryUses } from '../metrics/memory-uses.ts';
import type { NetKind } from '../network/interface.ts';
import type { Networks } from '../network/networks.ts';
import type { DeviceTokens } from '../people/device-tokens.ts';
import type { OidcLogins } from '../people/oidc/oidc-logins.ts';
import type { PasswordLogin } from '../people/password-login.ts';
import type { Teams } from '../people/teams.ts';
import type { Users } from '../people/users.ts';
import type { Runs } from '../runs/runs.ts';
import type { Shells } from '../shells/shells.ts';
import type { VmSnapshots } from '../snapshots/vm-snapshots.ts';
import type { SshGuests } from '../ssh/ssh-guests.ts';
import type { DiskBudget } from '../storage/disk-budget.ts';
import type { Storage } from '../storage/interface.ts';
import type { Templates } from '../templates/templates.ts';
import type { PortHealths } from './vms/port-health.ts';
import type { RecordingFiles } from '../recordings/recording-files.ts';
import type { ThumbnailFiles } from '../thumbnails/thumbnail-files.ts';
import type { Transfers } from '../transfers/interface.ts';
import type { ImageUses } from '../warm/image-uses.ts';
import type { WarmImages } from '../warm/warm-images.ts';
import type { Allocation } from './capacity/capacity-check.ts';
import type { StartReservations } from './capacity/start-reservations.ts';
import type { StoredBytes } from './capacity/stored-bytes.ts';
import type { EnvLocks } from './env-locks.ts';
import type { OperationRegistry } from './operation-registry.ts';
import type { GuestAddressWatch } from './vms/guest-addresses.ts';
import type { ReadinessWatch } from './vms/readiness-watch.ts';
import type { RunningVms } from './vms/running-vms.ts';

export interface Limits {
  /** What may be allocated to VMs altogether, overcommit included. Read at each use: a reload may change it. */
  total(): Allocation;
  /** Processors without overcommit. */
  cpuCount(): number;
  /** Guests that may be starting at once. */
  readonly startWidth: number;
}

export interface Services {
  hostId: string;
  /** For development: no machine of this host really runs. */
  fakeDrivers: boolean;
  /** Folder with subfolders for sockets and logs of the VMs. */
  runRoot: string;
  /** Address at which clients reach forwarded ports of VMs in such a network. */
  hostAddress: (kind: NetKind) => string;
  settings: Settings;
  limits: Limits;
  now: () => Date;
  logger: Logger;
  log: EventLog;
  inventory: Inventory;
  operations: OperationRegistry;
  locks: EnvLocks;
  /** Choosing addresses, ports and users, and writing the choice down, is one step for all callers. */
  allocation: Mutex;
  reservations: StartReservations;
  /** What each user really stores on the host. */
  stored: StoredBytes;
  /** Every write that grows goes through it. */
  budget: DiskBudget;
  /** Disk space reserved for operations that free space. */
  reserve: DiskReserve;
  running: RunningVms;
  /** Viewers of VMs, which are held while a VM's process is replaced. */
  consoles: Consoles;
  /** Who they are, who types, and who has the keyboard. */
  presence: ConsolePresence;
  /** Run commands in guests and pass files. */
  guestChannels: GuestChannels;
  /** Shells that people have open in guests. */
  shells: Shells;
  /** Run commands in guests over ssh, where a run is told to. */
  sshGuests: SshGuests;
  /** Knows the engine of an image or a VM; callers that create VMs wait for `settled` first. */
  engines: Engines;
  storage: Storage;
  snapshots: VmSnapshots;
  /** Small pictures of the guests' screens at the instant of a snapshot. */
  portHealths: PortHealths;
  thumbnails: ThumbnailFiles;
  /** Recorded screens that came with capsules. */
  recordings: RecordingFiles;
  networks: Networks;
  firewalls: Firewalls;
  /** What the agent has changed in settings of the host. */
  hostChanges: HostChanges;
  /** What others on this host do to guests on bridges. */
  foreignFirewalls: ForeignFirewalls;
  ports: PortPool;
  cgroups: Cgroups;
  /** Gives each VM's QEMU its own user; null if the agent is not root or is configured not to. */
  vmUsers: VmUserPool | null;
  images: ImageService;
  /** Images whose VMs wake instead of booting. */
  warm: WarmImages;
  /** How often images are used, for those that are kept warm. */
  imageUses: ImageUses;
  /** Keys of ENVs, whose public part guests get with their setup. */
  sshKeys: SshKeys;
  /** Host keys of VMs, by id: guests get both halves with their setup, so that nobody has to trust what answers at their port. */
  hostKeys: SshKeys;
  provisioning: ProvisioningWatch;
  /** Learns addresses of guests that another network gave them. */
  guestAddresses: GuestAddressWatch;
  /** Learns how far guests have come. */
  readiness: ReadinessWatch;
  /** Proves which capsules were made here. */
  capsuleSeal: CapsuleSeal;
  /** Kernels that came with capsules. */
  bootFiles: BootFiles;
  /** Files that clients send and get. */
  transfers: Transfers;
  /** Commands on machines of an ENV, and what they printed. */
  runs: Runs;
  labs: LabRegistry;
  baseImages: BaseImages;
  /** Texts of ENVs that new ones start from. */
  templates: Templates;
  /** Those that calls made; others are in the configuration. */
  users: Users;
  /** Who shares things with whom. */
  teams: Teams;
  /** Who knows the password of a user. */
  passwords: PasswordLogin;
  /** Logins by the OpenID provider of a company. */
  oidc: OidcLogins;
  /** What lets devices of users in. */
  deviceTokens: DeviceTokens;
  /** Who may ask as a terminal, and how often. */
  terminals: TerminalGuard;
  /** Firmware for VMs that boot by UEFI. */
  uefi: UefiFirmware;
  metrics: MetricsCollector;
  memoryUses: MemoryUses;
  /** What operations and calls did, for Prometheus. */
  activity: Activity;
  /** Who did what. */
  audit: AuditTrail;
  /** Writes down in it what it sees. */
  witness: AuditWitness;
  /**
   * Called at each named step of an operation that leaves something on the host. Does nothing, except in tests that kill
   * the agent there.
   */
  checkpoint: (step: string) => void;
}
