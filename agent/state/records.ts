// The agent's records of ENVs, snapshots, labs, profiles and templates: enough to continue after a restart. VMs are in `vm-record.ts`.
import {
  type Bin,
  completeSpec,
  type EndPolicy,
  type Env,
  type EnvRecording,
  type Snapshot,
  type SnapshotSchedule,
  type Lab,
  type LabMark,
  type Profile,
  type ProfileVersion,
  type Template,
  type Terminal,
  plainSpec,
} from '@tt/protocol';
import type { ProcessIdentity } from '../host/process-identity.ts';
import type { EnvNetwork } from '../network/interface.ts';

/** Its memory, of a safety snapshot, is only in this process until that mark is gone (decision 0121). */
export interface HeldMark {
  vmId: string;
  process: ProcessIdentity;
}

export interface EnvRecord {
  name: string;
  title: string;
  owner: string;
  /** The team it is shared with; absent: none. */
  team?: string;
  notes: string;
  tags: string[];
  /** ISO 8601. */
  startAt: string;
  endAt: string;
  endPolicy: EndPolicy;
  /** It has expired, and its end policy has stopped it. */
  expired: boolean;
  /** Warnings already given, in seconds before the end. */
  warnedS: number[];
  denyOutgoing: boolean;
  snapshotSchedule: SnapshotSchedule | null;
  /** ISO 8601; null without a schedule. */
  nextSnapshotAt: string | null;
  /** The SMBIOS UUID all its VMs share; null gives each its own. */
  sharedUuid: string | null;
  /** Its VMs have the addresses of another ENV's, in isolated networks. */
  fenced?: boolean;
  /** The snapshot it was forked from, or the ENV it is a clone of. */
  forkedFrom?: NonNullable<Env['forkedFrom']>;
  /** How it came to the state it was imported in; the files are those of `RecordingFiles`. Absent: none. */
  recordings?: readonly EnvRecording[];
  /** Name of a temporary snapshot of one operation: an agent that finds one deletes it. */
  temporarySnapshot?: string;
  /** A safety snapshot whose memory may not be on the platter yet, and the boot of the host in which it was written. */
  unflushed?: { snapshotId: string; bootId: string; held?: HeldMark[] };
  /** One for each kind of network its VMs have NICs in. */
  networks: EnvNetwork[];
  /** Its lab and profile, if it is a session; null for all other ENVs. */
  lab: LabMark | null;
  /** While its phase is `deleted`; ISO 8601. */
  bin?: Bin;
  /** `creating` and `deleting` survive a crash only to be finished (undone) at the next start; `deleted` is in the bin. */
  phase: 'creating' | 'ready' | 'deleting' | 'deleted';
}

export interface VersionRecord extends ProfileVersion {
  notes: string;
  /** How machines boot from its own base image; null boots by firmware. Not used if the base is the image itself. */
  boot: { append: string } | null;
}

/** Complete: notes and script are only omitted for readers. */
export type ProfileRecord = Omit<Profile, 'versions' | 'notes' | 'startScript'> & {
  notes: string;
  startScript: string;
  versions: VersionRecord[];
};

/** `secretSha256`: 64 hex digits. */
export type TerminalRecord = Omit<Terminal, 'hasSecret' | 'address'> & {
  address: string | null;
  secretSha256: string | null;
};

export type LabRecord = Omit<Lab, 'terminals' | 'notes'> & { notes: string; terminals: TerminalRecord[] };
/** Its text, of at most `TEMPLATE_TEXT_MAX` characters, is one that `readTemplate` took. */
export type TemplateRecord = Template & { text: string };
/** A snapshot is written down as clients see it; its id is the tag in each VM's disk. */
export type SnapshotRecord = Snapshot & { notes: string };

/** As an earlier version wrote it down, with the defaults of what came since. */
export function readSnapshot(stored: SnapshotRecord): SnapshotRecord {
  return { ...stored, vms: stored.vms.map((part) => ({ ...part, spec: part.spec && completeSpec(part.spec) })) };
}

/** The same of a profile. */
export function readProfile(stored: ProfileRecord): ProfileRecord {
  return { ...stored, spec: { ...plainSpec(completeSpec(stored.spec)), ...stored.spec } };
}

/** The position of an ENV in its snapshot tree: the parent of the next snapshot. */
export interface PositionRecord {
  envName: string;
  snapshotId: string | null;
}
