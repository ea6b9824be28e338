// What operations do with a running VM, whichever engine runs it.
import type { Reason, TypingEvent } from '@tt/protocol';
import type { ProcessIdentity } from '../host/process-identity.ts';
import type { GuestAgentLink } from './guest-agent.ts';
import type { CdName, DriveLimits, NamedDisk, PortForward, VmDrive } from './machine.ts';

export interface SaveOptions {
  /**
   * Absolute path in the VM's own folder that does not exist yet. The engine creates it, owned by the VM's user. It is only on
   * disk after the caller's fsync: the guest does not have to be paused for that.
   */
  ramFile: string;
  signal?: AbortSignal;
  onProgress?: (done: number, total: number) => void;
}

export interface LiveSaveOptions extends SaveOptions {
  /**
   * The caller has paused the guest for all of it, which ran since its last save: then nothing is copied before `finish`. Default: it
   * runs.
   */
  isPaused?: boolean;
}

/**
 * How memory and devices of a saved state are kept in their file (decision 0065). `qcow2`: as QEMU's snapshot-save writes them,
 * for a process that runs. `flat`: an image of the memory, which a new process maps, followed by the state of the devices.
 */
export type RamFormat = 'qcow2' | 'flat';

/** A save that has begun while the guest runs: most of its memory is in the file, and the rest waits until the guest is paused. */
export interface LiveSave {
  /**
   * To be called once, with the guest paused: writes what is left, its devices, and the snapshots inside qcow2 disks. The guest
   * stays paused. Rejects as `saveState`, with nothing left of the tag.
   */
  finish(): Promise<void>;
  /**
   * Instead of `finish`, of a guest that is paused for all of it (`isPaused`): saves its devices, and the snapshots inside qcow2 disks. Its
   * memory stays in its process, which has let go of the disks; the guest must not go on before it was closed. Null, with nothing done,
   * where the engine can't. Rejects as `finish`.
   */
  hold(): Promise<HeldGuest | null>;
  /**
   * Ends it before `finish`: nothing is left of the tag, and the guest stays as it is, also after `hold` if the process did not stand aside.
   * Does nothing after `finish`. Idempotent.
   */
  cancel(): Promise<void>;
}

/** A paused guest that is saved but for its memory. Its process may stand aside (`RunningVm.letGo`) while this is written. */
export interface HeldGuest {
  /** Writes the memory; to be called once. Rejects as `saveState`; nothing of the memory is left then. */
  finish(options?: Omit<SaveOptions, 'ramFile'>): Promise<void>;
  /** Afterwards, or instead: ends the process if it stands aside. Otherwise its guest is paused, and may go on. */
  close(): Promise<void>;
}

/**
 * How a process let another one take its place. `ended`. `freeing`: its memory is still being freed, for which only `exited` waits. `aside`:
 * it is there as long as its memory is being saved ({@link HeldGuest}).
 */
export type LettingGo = 'ended' | 'freeing' | 'aside';

export interface LoadOptions {
  ramFile: string;
  /** Disks whose file has changed (raw disks, reverted by their storage): replaced before the state is loaded. */
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

/** What to do to the ports of a running guest. */
export interface ForwardChange {
  add: readonly PortForward[];
  remove: readonly PortForward[];
}

/** Where to find the streams of a running VM: unix sockets, mode 0600, in the run directory. */
export interface VmSockets {
  vnc: string;
  serial: string;
  guestAgent: string;
  /** There if `guestHelper` of the spec is `on`. */
  guestHelper: string;
}

/** Why a VM is no longer running. */
export interface VmExit {
  /** True when `stop` or the guest itself (power off) ended it; false when it was killed or crashed. */
  expected: boolean;
  /** Plain words: "QEMU was killed by SIGKILL", "the guest powered off". */
  reason: Reason;
  /** The last lines of the engine's log, oldest first, at most 20. */
  logTail: readonly string[];
}

export interface Screenshot {
  png: Uint8Array;
  takenAt: Date;
}

/**
 * `disk`: the engine has paused the guest until its disk can be written again. `diskError`: the guest was told of an error of its
 * disk and runs on. `internalError`: its processors can't go on at all.
 */
export type TroubleKind = 'disk' | 'diskError' | 'internalError';
export type TroubleListener = (reason: Reason, kind: TroubleKind) => void;

/** A running (or paused) VM. All methods reject with EngineError; none leaves the guest paused unless it says so. */
export interface RunningVm {
  readonly id: string;
  readonly process: ProcessIdentity;
  readonly sockets: VmSockets;
  readonly acceleration: 'kvm' | 'tcg';
  /** Freezes the guest's processors. Idempotent. */
  pause(): Promise<void>;
  /** Resumes it. Idempotent. */
  resume(): Promise<void>;
  isPaused(): Promise<boolean>;
  /**
   * True while the engine itself has paused the guest for a trouble (see {@link onTrouble}). Only a deliberate `resume` ends
   * that: whoever paused a guest for a moment leaves one that got into trouble meanwhile paused.
   */
  readonly isInTrouble: boolean;
  /** Presses the reset button. */
  reset(): Promise<void>;
  /**
   * Presses the power button (again every few seconds: a booting guest does not listen; a paused one is resumed first) and
   * waits until the guest is off, or rejects with `ENGINE_TIMEOUT`.
   */
  powerDown(timeoutMs: number): Promise<void>;
  /**
   * Saves RAM and devices into `ramFile`, and the qcow2 disks by snapshots inside them, under `tag`; the storage saves raw
   * disks while the guest is paused. The guest is paused meanwhile and afterwards in its previous state. After a failure (disk
   * full, abort) nothing of the tag is left, no file either, and the guest resumes. Not started if the free space may not
   * suffice (DISK_FULL). Other calls to this VM wait for it. Tags: see storage/snapshot-tag.ts; COMMAND_FAILED if it exists.
   */
  saveState(tag: string, options: SaveOptions): Promise<void>;
  /**
   * As `saveState`, but into a file of format `flat`, and while the guest runs on: it only has to be paused for what is left at
   * the end, see {@link LiveSave}. COMMAND_FAILED for a guest that is not as `isPaused` says. Until it is finished or cancelled
   * calls that change drives or save or load states wait.
   */
  beginSave(tag: string, options: LiveSaveOptions): Promise<LiveSave>;
  /**
   * Reverts RAM, devices and disks. A paused guest stays paused, a running one keeps running. The consoles stay connected. The
   * machine must have the disks it had then: attach or detach first. STATE_NOT_FOUND changes nothing; if a load fails half-way
   * the guest stays paused, because it must not run with a partly loaded memory.
   */
  loadState(tag: string, options: LoadOptions): Promise<void>;
  /** Deletes `tag` from the qcow2 disks (the caller deletes the RAM file); does nothing for a missing tag. */
  deleteState(tag: string): Promise<void>;
  /**
   * Ends the process, as `Engine.stop`, for another one that takes its place: resolves as soon as its disks, networks and sockets are free
   * and it runs no more. One whose memory is held (`LiveSave.hold`) stands aside instead, and never goes on. ENGINE_TIMEOUT when it can't
   * be ended.
   */
  letGo(): Promise<LettingGo>;
  screenshot(): Promise<Screenshot>;
  /**
   * Opens and closes ports of a NIC with user networking, while the guest runs: first `remove`, then `add`. All or nothing:
   * COMMAND_FAILED (a port of the host is taken, no such NIC, a tap) leaves the ports unchanged. Removing a missing one does
   * nothing. The engine does not store it: the next start opens the ports of its spec.
   */
  changeForwards(nicIndex: number, change: ForwardChange): Promise<void>;
  /**
   * Grows a disk (default: `disk0`); the guest sees it immediately, its partitions do not change. The same size does nothing, a
   * smaller one is COMMAND_FAILED. Saved states stay valid, but loading an older one restores the disk's size of that time.
   */
  resizeDisk(sizeMiB: number, name?: string): Promise<void>;
  /** Attaches a disk; all or nothing. COMMAND_FAILED if there is one with this name, or no slot for it. */
  attachDrive(drive: VmDrive): Promise<void>;
  /**
   * Detaches a disk, which the guest must agree to: COMMAND_FAILED if it does not within seconds (paused, still booting), and
   * the disk stays. Does nothing for a missing one; `disk0` and `nvram` stay.
   */
  detachDrive(name: string): Promise<void>;
  /**
   * Limits a disk from now on; null removes the limits. The engine does not store them: the next start uses those of its spec.
   */
  setDriveLimits(name: string, limits: DriveLimits | null): Promise<void>;
  /** Puts another medium into a CD drive, or takes it out (null), also when the guest has locked it. */
  changeCd(name: CdName, path: string | null): Promise<void>;
  /**
   * Runs a program in the guest by its agent: `argv[0]` is an absolute path or found by the agent's PATH. GUEST_AGENT_SILENT
   * when the agent does not answer in time or does not know how; ENGINE_TIMEOUT when the program does not end in time;
   * COMMAND_FAILED when it can't be started. Output is cut by the agent after some MiB.
   */
  guestExec(argv: readonly string[], options: GuestExecOptions): Promise<GuestExecResult>;
  /**
   * Talks to the agent of the guest when it is the caller's turn. `work` must be short: it has the agent's port for itself meanwhile.
   * Its requests together take up to `timeoutMs`, or reject with GUEST_AGENT_SILENT; COMMAND_FAILED with what the agent refused.
   */
  askGuestAgent<Answer>(work: (agent: GuestAgentLink) => Promise<Answer>, timeoutMs: number): Promise<Answer>;
  /** Connects or disconnects the links of all NICs, which the guest sees. A start and a reset do not change them. */
  setLinks(up: boolean): Promise<void>;
  /**
   * Takes the networks away behind its NICs, for as long as it runs: its saved state then has nothing of them, and can be loaded by
   * a VM with the same NICs in other networks.
   */
  dropNetworks(): Promise<void>;
  /**
   * Sets the guest's clock through its agent; false if that was not possible. A guest's clock stops in a saved state and while
   * it is paused. `now` is called when the time is sent, because waiting for the agent takes seconds.
   */
  setGuestTime(now: () => Date): Promise<boolean>;
  /**
   * True if the guest's agent answers within `timeoutMs`: false if the guest hangs, is paused, has not booted yet or has no
   * agent. COMMAND_FAILED if another client occupies the agent's port, because that reveals nothing about the guest.
   */
  guestAnswers(timeoutMs: number): Promise<boolean>;
  /**
   * Whether a program in the guest has opened the port of the guest helper. The engine knows it, the guest is not asked: true also of
   * one that hangs. ENGINE_TIMEOUT if the engine does not say so within `timeoutMs`.
   */
  isHelperPortOpen(timeoutMs: number): Promise<boolean>;
  /**
   * Types on the guest's keyboard, each stroke only when the guest has read all earlier ones: what does not fit into its
   * keyboard controller would be lost, even the release of Shift. Resolves with the number of strokes sent within `timeoutMs`;
   * 0 if the guest does not read its keyboard, e.g. because it is paused.
   */
  typeKeys(strokes: readonly (readonly TypingEvent[])[], timeoutMs: number): Promise<number>;
  /** True when the guest has sent anything to its serial port since it was started. */
  hasWritten(): Promise<boolean>;
  /**
   * Whether the last that the guest's kernel said on its first serial port is that it has panicked, since it was started, reset or given
   * another memory. Linux says so where its console is there; of other guests it is never true. The guest is not asked.
   */
  hasPanicked(): Promise<boolean>;
  /**
   * Calls `listener` with plain words when the VM got into trouble that does not end it, e.g. "the guest is paused: its disk
   * on the host is full"; at once when it is in such trouble already. Once per trouble: resuming ends one. Returns the way
   * to stop listening.
   */
  onTrouble(listener: TroubleListener): () => void;
  /**
   * Calls `listener` each time the guest restarts itself: all that ran in it has ended, while its ports stay open. Not for a `reset`,
   * and not for a load of a state. Returns the way to stop listening.
   */
  onRestart(listener: () => void): () => void;
  /** Resolves once, when the process is gone; not after `detach`. Never rejects. */
  readonly exited: Promise<VmExit>;
  /** Closes the control sockets without affecting the guest (agent shutdown); every later call rejects with VM_GONE. */
  detach(): void;
}
