// What every engine (qemu, later firecracker, containers, bhyve) does for the operations. `load.ts` picks one by name;
// `fake-engine.ts` and the real drivers pass the same `contract.ts` suite.
import type { ProcessIdentity } from '../host/process-identity.ts';
import type { VmDisk } from '../storage/interface.ts';

/** Optional abilities, asked for by name and refused with FEATURE_UNSUPPORTED when missing. */
export type EngineFeature =
  | 'vnc'
  | 'serial'
  | 'liveSnapshot'
  | 'guestAgent'
  | 'screenshot'
  /** Disks can be attached and detached while the guest runs. */
  | 'hotplug'
  | 'cd'
  | 'uefi';

/** How guests are accelerated on this host, and why: probed once per boot of the host, never assumed. */
export interface Acceleration {
  kind: 'kvm' | 'tcg';
  /** Plain words for doctor and the window, e.g. "/dev/kvm exists but a test guest did not start within 5 s". */
  reason: string;
}

/** A port of the guest that can be reached from outside. `hostAddress` is what the host listens on. */
export interface PortForward {
  protocol: 'tcp' | 'udp';
  hostAddress: string;
  hostPort: number;
  guestPort: number;
}

/** What to do to the ports of a running guest. */
export interface ForwardChange {
  add: readonly PortForward[];
  remove: readonly PortForward[];
}

/** One network card. The network driver makes it, the engine only plugs it in. */
export type NicAttachment = UserNic | TapNic;

/** QEMU's own network stack: no privileges and no interface of the host, but each VM is alone in its network. */
export interface UserNic {
  kind: 'user';
  mac: string;
  forwards: readonly PortForward[];
  /** True: the guest can't open connections to the outside; forwards go on working. */
  denyOutgoing: boolean;
}

/** An interface of the host that is there before the VM starts, and stays after it. */
export interface TapNic {
  kind: 'tap';
  mac: string;
  /**
   * Name of a persistent tap device (`ip tuntap add dev X mode tap user UID`, ip-tuntap(8)) that the VM's user may open.
   * One queue; forwards and filters are the host's business.
   */
  tap: string;
  /** What the guest's card is told to be its MTU, when its network carries less than 1500 bytes. */
  mtu?: number;
}

/** A disk by its name within the VM: `disk0` is what it boots from, `disk1` to `disk8` are more, `nvram` holds firmware variables. */
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

/** Highest number in the name of a disk: each has a place of its own in the machine, so that saved states stay loadable. */
export const LAST_DISK_NUMBER = 8;

/** A drive for CDs and DVDs; `path` is the medium's file (ISO 9660, absolute), null when it is empty. */
export interface CdDrive {
  name: CdName;
  path: string | null;
}

export type CdName = 'cd0' | 'cd1';

/** What starts the machine before the guest does. `variables` is the disk `nvram`: the boot entries and keys of UEFI. */
export type Firmware = { kind: 'bios' } | { kind: 'uefi'; code: string; variables: VmDisk };

/** A saved state: RAM and devices are in `ramFile` (absolute), disks where the storage keeps them under `tag`. */
export interface StateSource {
  tag: string;
  ramFile: string;
}

export interface SaveOptions {
  /**
   * Absolute path in the VM's own folder, where nothing is yet. The engine makes it, owned by the VM's user. It is on the
   * platter only after an fsync of the caller's: the guest need not stand still for that.
   */
  ramFile: string;
  signal?: AbortSignal;
  onProgress?: (done: number, total: number) => void;
}

export interface LoadOptions {
  ramFile: string;
  /** Disks whose file is another one now (raw disks, put back by their storage): replaced before the state is loaded. */
  drives?: readonly NamedDisk[];
}

export interface GuestExecOptions {
  /** For all of it: until the program has ended. */
  timeoutMs: number;
  /** Written to the program's standard input. */
  input?: string | Uint8Array;
}

export interface GuestExecResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** Everything an engine needs to start a VM. Written to the state store, so a restarted agent can rebuild it. */
export interface VmSpec {
  id: string;
  /** `<env>/<os>-<n>`, for the process title and logs only. */
  name: string;
  /** SMBIOS UUID. */
  uuid: string;
  hostname: string;
  cpuCount: number;
  memoryMiB: number;
  /** The boot disk `disk0` first. Without `backing` the engine follows the disk's own header. */
  disks: readonly VmDrive[];
  cds: readonly CdDrive[];
  firmware: Firmware;
  /** What is tried first; then the other. */
  bootFrom: 'disk' | 'cd';
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

// A process as the state store remembers it: a pid alone may be reused, pid and start time together are not.
export type { ProcessIdentity };

/** Where to find the streams of a running VM: unix sockets, mode 0600, in the run directory. */
export interface VmSockets {
  vnc: string;
  serial: string;
  guestAgent: string;
}

/** Why a VM is no longer running. */
export interface VmExit {
  /** True when `stop` or the guest itself (power off) ended it; false when it was killed or crashed. */
  expected: boolean;
  /** Plain words: "QEMU was killed by SIGKILL", "the guest powered off". */
  reason: string;
  /** The last lines of the engine's log, oldest first, at most 20. */
  logTail: readonly string[];
}

export interface Screenshot {
  png: Uint8Array;
  takenAt: Date;
}

/** A running (or paused) VM. All methods reject with EngineError; none leaves the guest paused unless it says so. */
export interface RunningVm {
  readonly id: string;
  readonly process: ProcessIdentity;
  readonly sockets: VmSockets;
  readonly acceleration: 'kvm' | 'tcg';
  /** Freezes the guest's processors. Idempotent. */
  pause(): Promise<void>;
  /** Lets it go on. Idempotent. */
  resume(): Promise<void>;
  isPaused(): Promise<boolean>;
  /** Presses the reset button. */
  reset(): Promise<void>;
  /**
   * Presses the power button (again every few seconds: a booting guest does not listen; a paused one is resumed first) and
   * waits until the guest is off, or rejects with `ENGINE_TIMEOUT`.
   */
  powerDown(timeoutMs: number): Promise<void>;
  /**
   * Saves RAM and devices into `ramFile`, and what is on the qcow2 disks in them, under `tag`; raw disks are their storage's
   * business, while the guest stands still. The guest is paused while it lasts and afterwards in the state it was before.
   * On failure (disk full, abort) nothing of the tag is left, no file either, and the guest goes on. Not begun when the free
   * space may not do (DISK_FULL). Other calls to this VM wait for it. Tags: see storage/snapshot-tag.ts; COMMAND_FAILED
   * when taken.
   */
  saveState(tag: string, options: SaveOptions): Promise<void>;
  /**
   * Puts RAM, devices and disks back. Paused stays paused, running goes on. The consoles stay attached. The machine must have
   * the disks it had then: attach or detach first. STATE_NOT_FOUND changes nothing; when a load fails half-way the guest is
   * left paused, since it must not run on half a memory.
   */
  loadState(tag: string, options: LoadOptions): Promise<void>;
  /** Forgets `tag` in the qcow2 disks (the RAM file is the caller's); a tag that is not there is fine. */
  deleteState(tag: string): Promise<void>;
  screenshot(): Promise<Screenshot>;
  /**
   * Opens and closes ports of a card with user networking, while the guest runs: first `remove`, then `add`. All or nothing:
   * COMMAND_FAILED (a port of the host is taken, no such card, a tap) leaves the ports as they were. Removing one that is
   * not there is fine. Not remembered by the engine: the next start opens what its spec says.
   */
  changeForwards(nicIndex: number, change: ForwardChange): Promise<void>;
  /**
   * Grows a disk (default: `disk0`); the guest sees it at once, its partitions stay as they are. The same size is fine, a
   * smaller one is COMMAND_FAILED. Saved states stay good, but loading one made before gives the disk the size it had then.
   */
  resizeDisk(sizeMiB: number, name?: string): Promise<void>;
  /** Plugs a disk in; all or nothing. COMMAND_FAILED when there is one of that name, or no place for it. */
  attachDrive(drive: VmDrive): Promise<void>;
  /**
   * Takes a disk out, which the guest must agree to: COMMAND_FAILED when it does not within seconds (paused, still booting),
   * and the disk stays. One that is not there is fine; `disk0` and `nvram` stay.
   */
  detachDrive(name: string): Promise<void>;
  /** Limits a disk from now on; null lifts them. Not remembered by the engine: the next start takes what its spec says. */
  setDriveLimits(name: string, limits: DriveLimits | null): Promise<void>;
  /** Puts another medium into a CD drive, or takes it out (null), also when the guest has locked it. */
  changeCd(name: CdName, path: string | null): Promise<void>;
  /**
   * Runs a program in the guest by its agent: `argv[0]` is an absolute path or found by the agent's PATH. GUEST_AGENT_SILENT
   * when the agent does not answer in time or does not know how; ENGINE_TIMEOUT when the program does not end in time;
   * COMMAND_FAILED when it can't be started. Output is cut by the agent after some MiB.
   */
  guestExec(argv: readonly string[], options: GuestExecOptions): Promise<GuestExecResult>;
  /** Plugs the cables of all cards in, or out: the guest sees it. A start and a reset leave them as they are. */
  setLinks(up: boolean): Promise<void>;
  /** Sets the guest's clock by its agent; false when that was not to be had. A guest's clock stands still in a saved state. */
  setGuestTime(date: Date): Promise<boolean>;
  /**
   * True when the guest's agent answers within `timeoutMs`: false when the guest hangs, is paused, is not booted yet or has
   * no agent. COMMAND_FAILED when somebody else holds the line to the agent, as that says nothing about the guest.
   */
  guestAnswers(timeoutMs: number): Promise<boolean>;
  /**
   * Calls `listener` with plain words when the VM got into trouble that does not end it, e.g. "the guest is paused: its disk
   * on the host is full"; at once when it is in such trouble already. Once per trouble: resuming ends one. Returns the way
   * to stop listening.
   */
  onTrouble(listener: (reason: string) => void): () => void;
  /** Resolves once, when the process is gone; not after `detach`. Never rejects. */
  readonly exited: Promise<VmExit>;
  /** Lets go of control sockets without touching the guest (agent shutdown); every later call rejects with VM_GONE. */
  detach(): void;
}

export interface StartOptions {
  /** Load this saved state instead of booting; the guest is left running. Raw disks are as they were then already. */
  load?: StateSource;
  /** With `load`: the guest goes on with the cables of its cards unplugged, so that nothing of it is heard before it is told who it is. */
  linksDown?: boolean;
  signal?: AbortSignal;
  /**
   * Awaited right after the process is there, before it is talked to: to limit it, and to write it down. When it rejects,
   * the process is ended and `start` rejects with the same error.
   */
  onSpawned?: (process: ProcessIdentity) => Promise<void>;
}

export interface Engine {
  readonly name: string;
  readonly features: readonly EngineFeature[];
  /** Finds the binary and probes acceleration under a time-out. Rejects with ENGINE_MISSING. Called once at start. */
  init(): Promise<void>;
  readonly acceleration: Acceleration;
  /** What a saved state needs to be loaded; the same on two hosts means that it can be. After `init`. */
  readonly machine: { type: string; cpu: string };
  /** For a RAM file that came from elsewhere: COMMAND_FAILED when it is none, or names other files of this host. */
  checkRamFile(path: string): Promise<void>;
  /** Which of the wanted features this engine lacks; empty when it has all. */
  checkFeatures(wanted: readonly string[]): string[];
  /** Spawns the VM and resolves when its control channel answers (guest running, not yet booted). All or nothing. */
  start(spec: VmSpec, options?: StartOptions): Promise<RunningVm>;
  /**
   * The process of a VM whose start nobody could write down, because the agent was killed in between; null when there is
   * none. For the clean-up after a crash: `adopt` or `stop` what it finds.
   */
  find(spec: VmSpec): Promise<ProcessIdentity | null>;
  /**
   * Takes up a VM that outlived the agent; null when that process is gone (or is not that VM). ENGINE_TIMEOUT when it runs
   * but does not answer (it hangs, or is still saving a state): not gone, so nothing may be started in its place.
   */
  adopt(spec: VmSpec, process: ProcessIdentity): Promise<RunningVm | null>;
  /** Ends it at once, as pulling the plug; resolves when the process is gone. Safe to call on a dead one. */
  stop(spec: VmSpec, process: ProcessIdentity): Promise<void>;
  /** Removes whatever a VM may have left: run directory, sockets, logs. Idempotent. */
  destroy(spec: VmSpec): Promise<void>;
  /** Last lines of the VM's log, oldest first, at most 20; empty when it never ran. */
  readLogTail(spec: VmSpec): Promise<string[]>;
}
