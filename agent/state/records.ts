// What the agent writes down about ENVs, VMs and snapshots: enough to take everything up again after a restart.
import type {
  BootFrom,
  Cd,
  Disk,
  EndPolicy,
  Env,
  ErrorRecord,
  Firmware,
  Identity,
  Lab,
  LabMark,
  PortMapping,
  Profile,
  ProfileVersion,
  Provisioning,
  Snapshot,
  SnapshotSchedule,
  Terminal,
  VmState,
} from '@tt/protocol';
import type { CloudInitRecord } from '../cloud-init/cloud-init-record.ts';
import type { ProcessIdentity } from '../engines/interface.ts';
import type { EnvNetwork, Nic } from '../network/interface.ts';

export interface EnvRecord {
  name: string;
  title: string;
  owner: string;
  notes: string;
  tags: string[];
  /** ISO 8601. */
  startAt: string;
  endAt: string;
  endPolicy: EndPolicy;
  /** Its time is over and its end policy has stopped it. */
  expired: boolean;
  /** Warnings already given, in seconds before the end. */
  warnedS: number[];
  denyOutgoing: boolean;
  snapshotSchedule: SnapshotSchedule | null;
  /** ISO 8601; null without a schedule. */
  nextSnapshotAt: string | null;
  /** The SMBIOS UUID all its VMs share; null gives each its own. */
  sharedUuid: string | null;
  /** Its VMs have the addresses of another ENV's, in networks that nothing leads in or out of. */
  fenced?: boolean;
  /** The snapshot it was forked from, or the ENV it is a clone of. */
  forkedFrom?: NonNullable<Env['forkedFrom']>;
  /** Name of the snapshot that is there for one operation only: an agent that finds one drops it. */
  temporarySnapshot?: string;
  /** One for each kind of network its VMs have cards in. */
  networks: EnvNetwork[];
  /** What it is a session of; null for all other ENVs. */
  lab: LabMark | null;
  /** `creating` and `deleting` survive a crash only to be finished (undone) at the next start. */
  phase: 'creating' | 'ready' | 'deleting';
}

export interface VmRecord {
  id: string;
  envName: string;
  name: string;
  hostname: string;
  uuid: string;
  nics: Nic[];
  blacklist: string[];
  /** Who QEMU runs as; null: as the agent. */
  confinement: { uid: number; gid: number } | null;
  image: string;
  engine: string;
  features: string[];
  /** `diskMiB` is the size of the boot disk, as in `disks`. */
  resources: { cpuCount: number; memoryMiB: number; diskMiB: number };
  /** All its disks but `nvram`, the boot disk first; what is attached is in its machine, running or not. */
  disks: Disk[];
  /** The CD drives its machine has. */
  cds: Cd[];
  firmware: Firmware;
  bootFrom: BootFrom;
  /** Its running machine is being given the drives that are written here: an agent that dies meanwhile finishes it. */
  unsettledDrives: boolean;
  /** Absolute paths, as the image had them when the VM was made; null boots by firmware. */
  boot: { kernel: string; initrd: string; append: string } | null;
  portMap: PortMapping[];
  /** The profile and version its disk began as; null: its image. */
  base: BaseRef | null;
  /** Each of its runs begins on a fresh disk over its profile's base of then. */
  discardWrites: boolean;
  /** With `discardWrites`: it has run since its disk was fresh. */
  isDirty: boolean;
  /** What its guest is given at its first boot, by a seed CD; null: nothing. */
  cloudInit: CloudInitRecord | null;
  /** What the guest said of that. */
  provisioning: Provisioning;
  state: VmState;
  /** It is being stopped: when its process is gone after a crash of the agent, that is what was wanted. */
  stopping: boolean;
  failure: ErrorRecord | null;
  process: ProcessIdentity | null;
  acceleration: 'kvm' | 'tcg' | null;
  /** Of a copy: what it has of its own. */
  identity?: CopyIdentity | null;
  createdAt: string;
  runningSince: string | null;
}

/** One version of a profile's base. */
export interface BaseRef {
  profileName: string;
  version: number;
}

export interface VersionRecord extends ProfileVersion {
  /** How machines boot from a base of its own; null boots it by firmware. Not used where the base is the image. */
  boot: { append: string } | null;
}

export type ProfileRecord = Omit<Profile, 'versions'> & { versions: VersionRecord[] };

/** `secretSha256`: 64 hex digits. */
export type TerminalRecord = Omit<Terminal, 'hasSecret'> & { secretSha256: string | null };

export type LabRecord = Omit<Lab, 'terminals'> & { terminals: TerminalRecord[] };
/** What a copy has of its own, and the MACs its guest woke up with, in the order of its cards. */
export type CopyIdentity = Identity & { oldMacs: string[] };

/** A snapshot is written down as clients see it; its id is the tag in each VM's disk. */
export type SnapshotRecord = Snapshot;

/** Where an ENV stands in its tree of snapshots: the parent of the next one. */
export interface PositionRecord {
  envName: string;
  snapshotId: string | null;
}
