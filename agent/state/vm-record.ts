// The record of a VM: identity, spec, placement, status, guest and origin. Created, changed and parsed here; clients see
// `inventory/views.ts`.
import {
  completeSpec,
  type ErrorRecord,
  type Identity,
  type MachineSpec,
  NO_PROVISIONING,
  type PortMapping,
  type Provisioning,
  type VmOrigin as Origin,
  type VmState,
} from '@tt/protocol';
import type { ProcessIdentity } from '../engines/interface.ts';
import type { CloudInitRecord } from '../cloud-init/cloud-init-record.ts';
import { isBehindQemu } from '../network/behind-qemu.ts';
import type { Nic } from '../network/interface.ts';

/** At the top of the record, since every log line and error names it. */
export interface VmIdentity {
  id: string;
  envName: string;
  /** `<env>/<os>-<n>` */
  name: string;
  hostname: string;
  /** SMBIOS. */
  uuid: string;
  /** ISO 8601. */
  createdAt: string;
}

/** What a host gave a NIC; its network and limit are the spec's. */
export type NicPlace = Pick<Nic, 'mac' | 'ip' | 'tap'>;

/** Its resources on this host, which no other VM shares. */
export interface VmPlacement {
  /** Name of its engine. */
  engine: string;
  /** Of its engine and its image. */
  features: string[];
  /** In the order of `spec.nics`. */
  nics: NicPlace[];
  portMap: PortMapping[];
  /** Who QEMU runs as; null: as the agent. */
  confinement: { uid: number; gid: number } | null;
  /** Absolute paths, as the image had them when the VM was made; null boots by firmware. */
  boot: { kernel: string; initrd: string; append: string } | null;
}

/** Memory that several VMs read, and that is there until the process of the last one ends. */
export interface SealedMemory {
  id: string;
  memoryMiB: number;
}

export interface VmStatus {
  state: VmState;
  /** It is being stopped: if its process is gone after a crash of the agent, that was intended. */
  stopping: boolean;
  failure: ErrorRecord | null;
  process: ProcessIdentity | null;
  acceleration: 'kvm' | 'tcg' | null;
  /** ISO 8601. */
  runningSince: string | null;
  /** The drives of its spec are being applied to its running machine: after a crash the next agent completes it. */
  unsettledDrives: boolean;
  /**
   * The snapshot whose state a new process is to take over from the one that runs: if that is gone after a crash of the agent, the next
   * one reverts the disks, and the VM is stopped. Null or absent at all other times.
   */
  revertingTo?: string | null;
  /** What its process maps that is held in the host's memory beside it, for all that began in it; null or absent: nothing. */
  sealedMemory?: SealedMemory | null;
  /** With `discardWrites`: it has run since its disk was fresh. */
  isDirty: boolean;
}

export interface VmGuest {
  /** The setup its guest gets at its first boot, by a seed CD; null: none. */
  cloudInit: CloudInitRecord | null;
  /** What the guest said of that. */
  provisioning: Provisioning;
  /** What proves it to who logs in by ssh; absent: an older TT made it, and nobody has asked since. */
  hostKeys?: HostKeysRecord;
  /** What its guest said of its NICs on a bridge of the host, whose addresses nobody else knows; absent: nothing yet. */
  addresses?: GuestAddresses;
  /** What it has answered to; absent: nothing yet. */
  readiness?: GuestReadiness;
  /** For a copy: which parts of its identity are its own; null: not a copy. */
  identity: CopyIdentity | null;
}

export interface GuestAddresses {
  /** `runningSince` of the run they are of. */
  runningSince: string | null;
  /** IPv4 by MAC. */
  byMac: Record<string, string>;
}

/** ISO 8601 times of first answers; null: none so far. */
export interface GuestReadiness {
  /** `runningSince` of the run they are of. */
  runningSince: string | null;
  /** Of its guest helper or its guest agent. */
  agentAt: string | null;
  /** Of its ssh server. */
  sshAt: string | null;
  /** It has not answered for so long that nobody asks any more. */
  gaveUp: boolean;
  /** Its kernel was seen to have panicked; null or absent (an older TT): it has not. */
  panickedAt?: string | null;
}

export interface HostKeysRecord {
  /** Its setup gives it the key that `Services.hostKeys` has for its id. */
  isGiven: boolean;
  /** What its guest agent said last, or that of the VM whose RAM it woke with; `type base64`. */
  known: string[];
}

export interface VmOrigin {
  /** Empty if it was created with an empty disk. */
  image: string;
  /** The profile and version its disk was made from; null: its image. */
  base: BaseRef | null;
  /** Each run starts with a fresh disk over the current base image of its profile. */
  discardWrites: boolean;
  /** How its guest began; null or absent: it is a copy, or an older TT made it. */
  start?: Origin | null;
}

/** The spec's disks are all but `nvram`, attached or not. */
export interface VmRecord extends VmIdentity {
  spec: MachineSpec;
  placement: VmPlacement;
  status: VmStatus;
  guest: VmGuest;
  origin: VmOrigin;
}

/** One version of a profile's base. */
export interface BaseRef {
  profileName: string;
  version: number;
}

/** Which parts of a copy's identity are its own, and the MACs its guest resumed with, in the order of its NICs. */
export type CopyIdentity = Identity & { oldMacs: string[] };

type Part = 'spec' | 'placement' | 'status' | 'guest' | 'origin';

/** Some fields of some parts. */
export type VmRecordChange = Partial<VmIdentity> & { [Name in Part]?: Partial<VmRecord[Name]> };

/** Of a process that has ended. */
export const NO_PROCESS = { process: null, acceleration: null, runningSince: null, sealedMemory: null };

/** Its guest is being woken, and may still have the identity of another. */
export const WAKING: Origin = { how: 'woken', ms: null, reason: null };

/** An agent that was killed meanwhile leaves one that must not stay. */
export function isWaking({ origin: { start } }: Pick<VmRecord, 'origin'>): boolean {
  return start?.how === 'woken' && start.ms === null;
}

/** Nothing runs yet. */
const NEW_STATUS: VmStatus = {
  ...NO_PROCESS,
  state: 'creating',
  stopping: false,
  failure: null,
  unsettledDrives: false,
  isDirty: false,
};

/** A VM that is about to be created. `guest`: its setup, whose result is not known yet. */
export function newVmRecord({
  guest: { cloudInit, identity, hostKeys = { isGiven: cloudInit !== null, known: [] } },
  ...about
}: Omit<VmRecord, 'status' | 'guest'> & { guest: Omit<VmGuest, 'provisioning'> }): VmRecord {
  const provisioning: Provisioning = cloudInit ? { ...NO_PROVISIONING, state: 'waiting' } : NO_PROVISIONING;
  return { ...about, guest: { cloudInit, identity, hostKeys, provisioning }, status: NEW_STATUS };
}

/** The record with these fields changed; all others stay. */
export function changedVm(
  vm: VmRecord,
  { spec, placement, status, guest, origin, ...identity }: VmRecordChange,
): VmRecord {
  return {
    ...vm,
    ...identity,
    spec: { ...vm.spec, ...spec },
    placement: { ...vm.placement, ...placement },
    status: { ...vm.status, ...status },
    guest: { ...vm.guest, ...guest },
    origin: { ...vm.origin, ...origin },
  };
}

/** As an earlier version wrote it down, with the defaults of what came since. */
export function readVmRecord(stored: VmRecord): VmRecord {
  return { ...stored, spec: completeSpec(stored.spec) };
}

/** The IPv4 address of a NIC: what its network gave it, or what its guest says of this run; null: unknown, or none of its own. */
export function addressOf(vm: Pick<VmRecord, 'guest' | 'status'>, { kind, mac, ip }: Nic): string | null {
  const { guest, status } = vm;
  if (kind !== 'bridge' || status.process === null || guest.addresses?.runningSince !== status.runningSince) return ip;
  return guest.addresses.byMac[mac] ?? null;
}

/** The address of its first NIC if the host reaches it there; null: unknown, or by forwarded ports only. */
export function reachableAddress(vm: VmRecord): string | null {
  const [first] = nicsOf(vm);
  return first && !isBehindQemu(first.kind) ? addressOf(vm, first) : null;
}

/** Its NICs as networks know them. */
export function nicsOf({ spec, placement }: Pick<VmRecord, 'spec' | 'placement'>): Nic[] {
  return spec.nics.flatMap((nic, index) => {
    const place = placement.nics[index];
    return place ? [{ ...nic, ...place }] : [];
  });
}
