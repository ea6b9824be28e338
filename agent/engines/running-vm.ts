// What operations do to a VM that runs, whatever engine runs it.
import type { Reason, TypingEvent } from '@tt/protocol';
import type { ProcessIdentity } from '../host/process-identity.ts';
import type { CdName, DriveLimits, NamedDisk, PortForward, VmDrive } from './machine.ts';

export interface SaveOptions {
  /**
   * Absolute path in the VM's own folder, where nothing is yet. The engine makes it, owned by the VM's user. It is on the
   * platter only after an fsync of the caller's: the guest need not stand still for that.
   */
  ramFile: string;
  signal?: AbortSignal;
  onProgress?: (done: number, total: number) => void;
}

/** A save that has begun while the guest runs: most of its memory is in the file, and it waits for the rest. */
export interface LiveSave {
  /**
   * To be called once, with the guest paused: writes what it changed since, its devices, and the snapshots inside qcow2 disks.
   * The guest stays paused. Rejects as `saveState`, with nothing left of the tag.
   */
  finish(): Promise<void>;
  /** Ends it before `finish`: nothing is left of the tag. Does not pause or resume the guest. Idempotent. */
  cancel(): Promise<void>;
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

/** `disk`: the guest goes on when its disk can be written again. `internalError`: its processors can't go on at all. */
export type TroubleKind = 'disk' | 'internalError';
export type TroubleListener = (reason: Reason, kind: TroubleKind) => void;

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
   * As `saveState`, in two parts: memory is copied while the guest runs on, and what is left is written by `finish` of the
   * result, for which the caller pauses the guest. A guest that changes next to nothing may be paused already when this resolves;
   * `cancel` lets that one go on. COMMAND_FAILED for a paused guest: that has nothing to gain. Drives can't be
   * changed until it is finished or cancelled.
   */
  beginSave(tag: string, options: SaveOptions): Promise<LiveSave>;
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
  /**
   * Sets the guest's clock by its agent; false when that was not to be had. A guest's clock stands still in a saved state and
   * while it is paused. `now` is asked when the time is sent: waiting for the agent takes seconds.
   */
  setGuestTime(now: () => Date): Promise<boolean>;
  /**
   * True when the guest's agent answers within `timeoutMs`: false when the guest hangs, is paused, is not booted yet or has
   * no agent. COMMAND_FAILED when somebody else holds the line to the agent, as that says nothing about the guest.
   */
  guestAnswers(timeoutMs: number): Promise<boolean>;
  /**
   * Types on the guest's keyboard, each stroke only when the guest has read all before it: what does not fit into its
   * keyboard controller would be lost, the release of a Shift like anything else. Resolves with how many strokes were sent
   * within `timeoutMs`; none when the guest does not read its keyboard, as when it is paused.
   */
  typeKeys(strokes: readonly (readonly TypingEvent[])[], timeoutMs: number): Promise<number>;
  /** True when the guest has sent anything to its serial port since it was started. */
  hasWritten(): Promise<boolean>;
  /**
   * Calls `listener` with plain words when the VM got into trouble that does not end it, e.g. "the guest is paused: its disk
   * on the host is full"; at once when it is in such trouble already. Once per trouble: resuming ends one. Returns the way
   * to stop listening.
   */
  onTrouble(listener: TroubleListener): () => void;
  /** Resolves once, when the process is gone; not after `detach`. Never rejects. */
  readonly exited: Promise<VmExit>;
  /** Lets go of control sockets without touching the guest (agent shutdown); every later call rejects with VM_GONE. */
  detach(): void;
}
