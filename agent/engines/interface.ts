// The interface of every engine (qemu, later firecracker, containers, bhyve): it starts machines (`machine.ts`) and gives a
// handle for each running one (`running-vm.ts`). `load.ts` knows engines by name, `engines.ts` is the set a host has;
// `fake-engine.ts` and the real drivers pass the same `engine.contract.ts` suite.
import type { Reason } from '@tt/protocol';
import type { ProcessIdentity } from '../host/process-identity.ts';
import type { VmSpec } from './machine.ts';
import type { HeldGuest, RamFormat, RunningVm } from './running-vm.ts';

export * from './machine.ts';
export type * from './running-vm.ts';
// A process as the state store remembers it: a pid alone may be reused, pid and start time together are not.
export type { ProcessIdentity };

/** Optional features, requested by name and refused with FEATURE_UNSUPPORTED if missing. */
export const ENGINE_FEATURES = [
  'vnc',
  'serial',
  'liveSnapshot',
  'guestAgent',
  'screenshot',
  /** Disks can be attached and detached while the guest runs. */
  'hotplug',
  'cd',
  'uefi',
  /** The hardware clock can start with the local time of the host. */
  'rtcBase',
] as const;
export type EngineFeature = (typeof ENGINE_FEATURES)[number];

/** How guests are accelerated on this host, and why: probed, never assumed. */
export interface Acceleration {
  kind: 'kvm' | 'tcg';
  reason: Reason;
}

/**
 * A saved state: RAM and devices are in `ramFile` (absolute), disks where the storage keeps them under `tag`. For `flat` the
 * storage has already reverted all disks; for `qcow2` the engine reverts qcow2 disks itself.
 */
export interface StateSource {
  tag: string;
  ramFile: string;
  format: RamFormat;
  /** Where `ramFile` is a sealed copy in the host's memory (`agent/host/sealed-copy.ts`): an open descriptor of it, for reading. */
  sealedFd?: number;
}

export interface StartOptions {
  /** Runs this guest without KVM, whatever the host has. Default: `acceleration` of the engine. */
  acceleration?: 'tcg';
  /** Load this saved state instead of booting; the guest then runs. The storage has already reverted raw disks. */
  load?: StateSource;
  /** With `load`: the guest stays paused in its saved state until it is resumed. */
  paused?: boolean;
  /** With `load`: the guest resumes with its NICs disconnected, so that it sends nothing before its identity is reset. */
  linksDown?: boolean;
  signal?: AbortSignal;
  /**
   * Awaited right after the process has started, before any communication: to limit and record it. If it rejects, the process
   * is killed and `start` rejects with the same error.
   */
  onSpawned?: (process: ProcessIdentity) => Promise<void>;
}

export interface Engine {
  /** Part of the records of its VMs and of capsules; never changes. */
  readonly name: string;
  /** What the names of its images begin with, before the first colon. No two engines of a set share one. */
  readonly prefixes: readonly string[];
  readonly features: readonly EngineFeature[];
  /** Of its program, e.g. `7.2.22`; null before `init`. */
  readonly version: string | null;
  /**
   * True where emulated guests that boot together keep one another from booting: operations then let a few boot at a time
   * (decision 0017).
   */
  readonly bootsInWaves: boolean;
  /**
   * True where VMs that wake from one flat RAM file may have that file in common: the engine opens it for reading only, and they share
   * the memory they don't change. After `init`.
   */
  readonly sharesMemory: boolean;
  /** Finds the binary and probes acceleration under a time-out. Rejects with ENGINE_MISSING. Called once at start. */
  init(): Promise<void>;
  readonly acceleration: Acceleration;
  /**
   * Probes KVM again if there is a reason: a better test has become possible, or QEMU has changed. Guests that start meanwhile
   * wait for it. Otherwise fast; rejects like `init`.
   */
  settleAcceleration(): Promise<Acceleration>;
  /**
   * Guests start with TCG from now on, because one showed that KVM does not work. Remembered until the host's kernel or the
   * engine changes; does nothing when the configuration names the acceleration.
   */
  distrustKvm(why: Reason): Promise<void>;
  /** Calls `listener` whenever `acceleration` has become another. */
  onAcceleration(listener: (acceleration: Acceleration) => void): void;
  /** What a saved state needs to be loaded; the same on two hosts means that it can be. After `init`. */
  readonly machine: { type: string; cpu: string };
  /**
   * Checks a foreign RAM file: COMMAND_FAILED if it is not one of that format, is not of a VM with so much memory (where the file says
   * it), or refers to other files of this host.
   */
  checkRamFile(path: string, format: RamFormat, memoryMiB: number): Promise<void>;
  /** Those of the wanted features that this engine lacks; empty if it has all. */
  checkFeatures(wanted: readonly string[]): string[];
  /** Spawns the VM and resolves when its control channel answers (guest running, not yet booted). All or nothing. */
  start(spec: VmSpec, options?: StartOptions): Promise<RunningVm>;
  /**
   * The process of a VM whose start was not recorded, because the agent was killed in between; null if there is none. For the
   * clean-up after a crash: `adopt` or `stop` what it finds.
   */
  find(spec: VmSpec): Promise<ProcessIdentity | null>;
  /**
   * Adopts a VM that outlived the agent; null if its process is gone (or is not that VM). ENGINE_TIMEOUT if it runs but does
   * not answer (it hangs, or is still saving a state): it still exists, so nothing must be started in its place.
   */
  adopt(spec: VmSpec, process: ProcessIdentity): Promise<RunningVm | null>;
  /**
   * As `adopt`, of a guest that was held (`LiveSave.hold`) when the agent was killed: its memory is written from its beginning,
   * unless it is whole. Before `adopt` of that VM. Rejects when it does not answer; one that stood aside is ended then.
   */
  adoptHeld(
    spec: VmSpec,
    process: ProcessIdentity,
    save: Pick<StateSource, 'tag' | 'ramFile'>,
  ): Promise<HeldGuest | null>;
  /** Kills it immediately, like a power failure; resolves when the process is gone. Safe to call on a dead one. */
  stop(spec: VmSpec, process: ProcessIdentity): Promise<void>;
  /** Removes everything a VM may have left: run directory, sockets, logs. Idempotent. */
  destroy(spec: VmSpec): Promise<void>;
  /** Last lines of the VM's log, oldest first, at most 20; empty when it never ran. */
  readLogTail(spec: VmSpec): Promise<string[]>;
}
