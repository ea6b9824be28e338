// The machine a VM is: its devices, and everything an engine needs to start it.
import type { PlainSpec } from '@tt/protocol';
import type { VmDisk } from '../storage/interface.ts';

/** A port of the guest that can be reached from outside. `hostAddress` is what the host listens on. */
export interface PortForward {
  protocol: 'tcp' | 'udp';
  hostAddress: string;
  hostPort: number;
  guestPort: number;
}

/** One NIC. The network driver makes it, the engine only plugs it in. */
export type NicAttachment = UserNic | SwitchNic | TapNic;

/** QEMU's own network stack: no privileges and no interface of the host, but each VM is alone in its network. */
export interface UserNic {
  kind: 'user';
  mac: string;
  forwards: readonly PortForward[];
  /** True: the guest cannot open connections to the outside; forwards still work. */
  denyOutgoing: boolean;
}

/**
 * QEMU's own network stack as the way out of this VM alone, and a switch (`agent/network/switch/`) between it, the NIC and the NICs of
 * other VMs. QEMU listens for the switch on the `nicSockets` of its run directory, one client at a time: NIC and way out are not connected
 * until it comes, and again once it has left.
 */
export interface SwitchNic {
  kind: 'switch';
  mac: string;
  /** Of the guest, in the block `cidr`; forwards lead there. */
  ip: string;
  cidr: string;
  /** Addresses in the block at which QEMU answers. */
  gateway: string;
  nameServer: string;
  forwards: readonly PortForward[];
  /** As for user networking; it does not separate the guest from its neighbours. */
  denyOutgoing: boolean;
}

/** An interface of the host that exists before the VM starts and after it ends. */
export interface TapNic {
  kind: 'tap';
  mac: string;
  /**
   * Name of a persistent tap device (`ip tuntap add dev X mode tap user UID`, ip-tuntap(8)) that the VM's user may open.
   * One queue; forwards and filters are the host's business.
   */
  tap: string;
  /** The MTU announced to the guest's NIC, if its network carries less than 1500 bytes. */
  mtu?: number;
}

/**
 * A disk by its name within the VM: `disk0` is the boot disk, `disk1` to `disk8` are further ones, `nvram` has firmware
 * variables.
 */
export type NamedDisk = VmDisk & { name: string };

/** A disk as the guest gets it. */
export interface VmDrive extends NamedDisk {
  limits: DriveLimits | null;
}

/** How much the guest may do on one disk, reading and writing together; null: as much as the host can. */
export interface DriveLimits {
  bytesPerSecond: number | null;
  operationsPerSecond: number | null;
}

/** Highest number in the name of a disk: each has a fixed slot in the machine, so that saved states stay loadable. */
export const LAST_DISK_NUMBER = 8;

/** A drive for CDs and DVDs; `path` is the medium's file (ISO 9660, absolute), null when it is empty. */
export interface CdDrive {
  name: CdName;
  path: string | null;
}

export type CdName = 'cd0' | 'cd1';

/** What starts the machine before the guest does. `variables` is the disk `nvram`: the boot entries and keys of UEFI. */
export type Firmware = { kind: 'bios' } | { kind: 'uefi'; code: string; variables: VmDisk };

/** Everything an engine needs to start a VM: its spec, and the paths of its parts on this host. */
export interface VmSpec extends Omit<PlainSpec, 'firmware'> {
  id: string;
  /** `<env>/<os>-<n>`, for the process title and logs only. */
  name: string;
  /** SMBIOS UUID. */
  uuid: string;
  hostname: string;
  /** The boot disk `disk0` first. Without `backing` the engine follows the disk's own header. */
  disks: readonly VmDrive[];
  cds: readonly CdDrive[];
  firmware: Firmware;
  /**
   * A medium (absolute) for the guest to read at its first boot, in a separate drive on a bus that cloud kernels support too
   * (they have no driver for SATA, where `cds` are). Nothing boots from it. Default: no such drive.
   */
  seed?: string | null;
  /** Direct kernel boot with absolute paths, when it boots from `disk`; null boots by firmware. */
  boot: { kernel: string; initrd: string; append: string } | null;
  nics: readonly NicAttachment[];
  /** Absolute folder (0700) for sockets and logs of this VM; the engine makes and removes it. */
  runDirectory: string;
  /**
   * The user the VM's process runs as, with no other groups and no way back; null: the agent's own. Needs a root agent.
   * The disk must belong to that user (`Storage.setOwner`), and the folders above the run directory, the disk and the
   * image, up to the one they share, must be passable for it (0711). Folders above that one may be closed.
   */
  confinement: Confinement | null;
}

/** A user of one VM alone: see `vm-users.ts`. */
export interface Confinement {
  uid: number;
  gid: number;
}
