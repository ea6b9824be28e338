// Limits what a VM uses of the host, measures it, and kills all of its processes at once. `load.ts` picks cgroup v2, v1, or
// `none`; those and `fake-cgroups.ts` pass `cgroups.contract.ts`.
import type { Reason } from '@tt/protocol';
import type { ProcessIdentity } from '../host/process-identity.ts';

/** Optional features, requested by name. */
export type CgroupFeature = 'cpuLimit' | 'memoryLimit' | 'usage' | 'kill';

/** Limits of the guest; the driver adds what QEMU itself needs (see `overhead.ts`). */
export interface VmLimits {
  cpuCount: number;
  memoryMiB: number;
}

export interface VmUsage {
  /** Microseconds of processor time since the group was created (without groups: since its process started). */
  cpuUs: number;
  /** Without the page cache, which the kernel reclaims as soon as the memory is needed. */
  memoryBytes: number;
  processCount: number;
}

/** The kernel killed a process of a VM because memory ran out. */
export interface MemoryKill {
  /** `group`: the VM's own group had reached its limit. `host`: the host, or a group above all VMs, had no memory left. */
  cause: 'group' | 'host';
  /** Of the VM's group. */
  limitMiB: number;
}

/** One group a VM. All methods reject with CgroupError; a VM id that can't be a folder's name is BAD_NAME. */
export interface Cgroups {
  readonly kind: 'v2' | 'v1' | 'none' | 'fake';
  /** The available controllers, or why there are none. */
  readonly reason: Reason;
  /** Checks rights and controllers. Rejects with NO_CONTROLLERS or NO_PERMISSION. */
  init(): Promise<void>;
  /** Those of the wanted features that this host lacks; empty if it has all. */
  checkFeatures(wanted: readonly string[]): string[];
  /** Creates a VM's group, or changes the limits of an existing one. All or nothing, idempotent. */
  create(vmId: string, limits: VmLimits): Promise<void>;
  /** NOT_FOUND without a group; LIMIT_BELOW_USE (and nothing changed) when more memory is in use than that. */
  update(vmId: string, limits: VmLimits): Promise<void>;
  /**
   * Moves a process with all its threads in; NOT_FOUND without a group, PROCESS_GONE when that process has ended. Memory
   * it touched before stays counted where it was (cgroups(7)), so this belongs right after its start.
   */
  add(vmId: string, process: ProcessIdentity): Promise<void>;
  /** NOT_FOUND without a group. Cheap enough for every second. */
  usage(vmId: string): Promise<VmUsage>;
  /**
   * Whether the kernel has killed a process in it because memory ran out, since it was created; null if not, or without a
   * group.
   */
  memoryKill(vmId: string): Promise<MemoryKill | null>;
  /** SIGKILL to all in it, and waits until it is empty. Idempotent, also without a group. KILL_TIMEOUT after 10 s. */
  kill(vmId: string): Promise<void>;
  /** Removes the group; first kills what is left in it. Idempotent. */
  destroy(vmId: string): Promise<void>;
  /** Ids of all VMs that have a group here, to find orphans after a crash. `none` only knows those of this process. */
  list(): Promise<string[]>;
}
