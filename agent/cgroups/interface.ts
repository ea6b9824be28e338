// What keeps a VM inside its share of the host, counts what it uses, and ends all of it at once. `load.ts` picks cgroup v2,
// v1, or `none`; those and `fake-cgroups.ts` pass `cgroups.contract.ts`.
import type { Reason } from '@tt/protocol';
import type { ProcessIdentity } from '../host/process-identity.ts';

/** Optional abilities, asked for by name. */
export type CgroupFeature = 'cpuLimit' | 'memoryLimit' | 'usage' | 'kill';

/** Limits of the guest; the driver adds what QEMU itself needs (see `overhead.ts`). */
export interface VmLimits {
  cpuCount: number;
  memoryMiB: number;
}

export interface VmUsage {
  /** Microseconds of processor time since the group was made (without groups: since its process began). */
  cpuUs: number;
  /** Without the page cache, which the kernel takes back as soon as anybody needs the memory. */
  memoryBytes: number;
  processCount: number;
}

/** That the kernel killed a process of a VM for want of memory. */
export interface MemoryKill {
  /** `group`: the VM's own group had reached its limit. `host`: the host, or a group around all of them, had no memory left. */
  cause: 'group' | 'host';
  /** Of the VM's group. */
  limitMiB: number;
}

/** One group a VM. All methods reject with CgroupError; a VM id that can't be a folder's name is BAD_NAME. */
export interface Cgroups {
  readonly kind: 'v2' | 'v1' | 'none' | 'fake';
  /** Which controllers, or why none. */
  readonly reason: Reason;
  /** Checks rights and controllers. Rejects with NO_CONTROLLERS or NO_PERMISSION. */
  init(): Promise<void>;
  /** Which of the wanted features this host lacks; empty when it has all. */
  checkFeatures(wanted: readonly string[]): string[];
  /** Makes a VM's group, or changes one that is there to these limits. All or nothing, idempotent. */
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
  /** Whether the kernel has killed for want of memory in it since it was made; null when not, or without a group. */
  memoryKill(vmId: string): Promise<MemoryKill | null>;
  /** SIGKILL to all in it, and waits until it is empty. Idempotent, also without a group. KILL_TIMEOUT after 10 s. */
  kill(vmId: string): Promise<void>;
  /** Removes the group; kills first when something is left in it. Idempotent. */
  destroy(vmId: string): Promise<void>;
  /** Ids of all VMs that have a group here: for finding orphans after a crash. `none` remembers them only in this process. */
  list(): Promise<string[]>;
}
