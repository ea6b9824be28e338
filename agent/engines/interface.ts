// What every engine (qemu, later firecracker, containers, bhyve) does for the operations. `load.ts` picks one by name;
// `fake-engine.ts` and the real drivers pass the same `contract.ts` suite.
import type { ProcessIdentity } from '../host/process-identity.ts';
import type { BackingFile } from '../storage/interface.ts';

/** Optional abilities, asked for by name and refused with FEATURE_UNSUPPORTED when missing. */
export type EngineFeature = 'vnc' | 'serial' | 'liveSnapshot' | 'guestAgent' | 'screenshot';

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
  /** As the storage's `diskOf` tells it. Without `backing` the engine follows the disk's own header. */
  disk: { path: string; format: 'qcow2' | 'raw'; backing?: BackingFile | null };
  /** Direct kernel boot with absolute paths; null boots the disk by firmware. */
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
   * Saves RAM, devices and disk under `tag`. The guest is paused while it lasts and afterwards in the state it was
   * before. On failure (disk full, abort) nothing of the tag is left and the guest goes on. Not begun when the free space
   * may not do (DISK_FULL). Other calls to this VM wait for it. Tags: see storage/snapshot-tag.ts; COMMAND_FAILED when taken.
   */
  saveState(
    tag: string,
    options: { signal?: AbortSignal; onProgress?: (done: number, total: number) => void },
  ): Promise<void>;
  /**
   * Puts RAM, devices and disk back. Paused stays paused, running goes on. The consoles stay attached. STATE_NOT_FOUND
   * changes nothing; when a load fails half-way the guest is left paused, since it must not run on half a memory.
   */
  loadState(tag: string): Promise<void>;
  /** Forgets `tag`; a tag that is not there is fine. */
  deleteState(tag: string): Promise<void>;
  screenshot(): Promise<Screenshot>;
  /**
   * Opens and closes ports of a card with user networking, while the guest runs: first `remove`, then `add`. All or nothing:
   * COMMAND_FAILED (a port of the host is taken, no such card, a tap) leaves the ports as they were. Removing one that is
   * not there is fine. Not remembered by the engine: the next start opens what its spec says.
   */
  changeForwards(nicIndex: number, change: ForwardChange): Promise<void>;
  /**
   * Grows the disk; the guest sees it at once, its partitions stay as they are. The same size is fine, a smaller one is
   * COMMAND_FAILED. Saved states stay good, but loading one made before gives the disk the size it had then.
   */
  resizeDisk(sizeMiB: number): Promise<void>;
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
  /** Load this saved state instead of booting; the guest is left running. */
  loadTag?: string;
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
