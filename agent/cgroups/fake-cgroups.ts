// Cgroups without a kernel, for `npm run dev:fake` and fast tests: keeps limits and processes in a map, and invents metrics that
// rise and fall, so the window has something to draw.
import { reason } from '@tt/protocol';
import type { ProcessIdentity } from '../host/process-identity.ts';
import { CgroupError, type CgroupErrorCode } from './errors.ts';
import { checkVmId } from './group-folders.ts';
import type { CgroupFeature, Cgroups, MemoryKill, VmLimits, VmUsage } from './interface.ts';

const MIB = 1024 * 1024;
/** The made-up load swings around this share of the VM's processors, by that much, once in so many milliseconds. */
const LOAD = { mean: 0.4, swing: 0.35, periodMs: 40_000 };

export interface FakeGroup {
  limits: VmLimits;
  /** When the first process came in, in milliseconds of `now`; null before. */
  startedAtMs: number | null;
  processes: ProcessIdentity[];
  memoryKill: MemoryKill | null;
}

/** The "kernel": give the same one to two drivers and the second finds the groups of the first. */
export type FakeGroups = Map<string, FakeGroup>;

export type FailingCgroupMethod = 'create' | 'update' | 'add' | 'usage' | 'kill' | 'destroy';

export interface FakeCgroupOptions {
  groups?: FakeGroups;
  /** Milliseconds of a monotonic clock; default: this process's. */
  now?: () => number;
  /** Which processes there are; default: every one. */
  isRunning?: (process: ProcessIdentity) => boolean;
  /** Called to end a killed process; default: does nothing, because the fake engine ends its own. */
  endProcess?: (process: ProcessIdentity) => void;
}

export class FakeCgroups implements Cgroups {
  readonly kind = 'fake';
  readonly reason = reason('cgroupsFake');
  readonly #groups: FakeGroups;
  readonly #now: () => number;
  readonly #isRunning: (process: ProcessIdentity) => boolean;
  readonly #endProcess: (process: ProcessIdentity) => void;
  readonly #failures = new Map<FailingCgroupMethod, CgroupErrorCode>();

  constructor(options: FakeCgroupOptions = {}) {
    this.#groups = options.groups ?? new Map();
    this.#now = options.now ?? (() => performance.now());
    this.#isRunning = options.isRunning ?? (() => true);
    this.#endProcess = options.endProcess ?? (() => {});
  }

  /** The next call of `method` rejects with `code` and changes nothing. */
  failNext(method: FailingCgroupMethod, code: CgroupErrorCode): void {
    this.#failures.set(method, code);
  }

  /** The limits of a VM; null without a group. For tests. */
  limitsOf(vmId: string): VmLimits | null {
    return this.#groups.get(vmId)?.limits ?? null;
  }

  /** The "kernel" kills everything in a VM's group because memory ran out. */
  killForMemory(vmId: string, cause: MemoryKill['cause']): void {
    const group = this.#group(vmId);
    group.memoryKill = { cause, limitMiB: group.limits.memoryMiB };
    for (const process of group.processes.splice(0)) this.#endProcess(process);
  }

  async init(): Promise<void> {}

  checkFeatures(wanted: readonly string[]): string[] {
    const have: CgroupFeature[] = ['cpuLimit', 'memoryLimit', 'usage', 'kill'];
    return wanted.filter((feature) => !(have as string[]).includes(feature));
  }

  async create(vmId: string, limits: VmLimits): Promise<void> {
    this.#failIfAsked('create');
    checkVmId(vmId);
    const known = this.#groups.get(vmId);
    if (known) known.limits = { ...limits };
    else this.#groups.set(vmId, { limits: { ...limits }, startedAtMs: null, processes: [], memoryKill: null });
  }

  async update(vmId: string, limits: VmLimits): Promise<void> {
    this.#failIfAsked('update');
    this.#group(vmId).limits = { ...limits };
  }

  async add(vmId: string, process: ProcessIdentity): Promise<void> {
    this.#failIfAsked('add');
    const group = this.#group(vmId);
    if (!this.#isRunning(process)) throw new CgroupError('PROCESS_GONE', `process ${process.pid} is gone`);
    // A process is in one group at a time.
    for (const other of this.#groups.values()) {
      const index = other.processes.findIndex((one) => one.pid === process.pid);
      if (index >= 0) other.processes.splice(index, 1);
    }
    group.processes.push(process);
    group.startedAtMs ??= this.#now();
  }

  async usage(vmId: string): Promise<VmUsage> {
    this.#failIfAsked('usage');
    const { limits, startedAtMs, processes } = this.#group(vmId);
    const runs = processes.filter(this.#isRunning);
    const ranMs = startedAtMs === null ? 0 : this.#now() - startedAtMs;
    const phase = phaseOf(vmId);
    const angle = (ms: number) => (2 * Math.PI * ms) / LOAD.periodMs + phase;
    // The integral of mean + swing * sin(angle): it never goes back, as the swing is smaller than the mean.
    const swungMs = ((Math.cos(angle(0)) - Math.cos(angle(ranMs))) * LOAD.periodMs) / (2 * Math.PI);
    const cpuUs = Math.floor((LOAD.mean * ranMs + LOAD.swing * swungMs) * limits.cpuCount * 1000);
    const memoryShare = 0.6 + 0.1 * Math.sin(angle(ranMs) / 3);
    const memoryBytes = runs.length === 0 ? 0 : Math.floor(limits.memoryMiB * MIB * memoryShare);
    return { cpuUs, memoryBytes, processCount: runs.length };
  }

  async memoryKill(vmId: string): Promise<MemoryKill | null> {
    checkVmId(vmId);
    return this.#groups.get(vmId)?.memoryKill ?? null;
  }

  async kill(vmId: string): Promise<void> {
    this.#failIfAsked('kill');
    checkVmId(vmId);
    for (const process of this.#groups.get(vmId)?.processes.splice(0) ?? []) this.#endProcess(process);
  }

  async destroy(vmId: string): Promise<void> {
    this.#failIfAsked('destroy');
    await this.kill(vmId);
    this.#groups.delete(vmId);
  }

  async list(): Promise<string[]> {
    return [...this.#groups.keys()].toSorted();
  }

  #group(vmId: string): FakeGroup {
    checkVmId(vmId);
    const group = this.#groups.get(vmId);
    if (!group) throw new CgroupError('NOT_FOUND', `VM ${vmId} has no group`);
    return group;
  }

  #failIfAsked(method: FailingCgroupMethod): void {
    const code = this.#failures.get(method);
    if (!code) return;
    this.#failures.delete(method);
    throw new CgroupError(code, `${method} was told to fail`);
  }
}

/** So that VMs do not all breathe in step. */
function phaseOf(vmId: string): number {
  let sum = 0;
  for (const letter of vmId) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 360;
  return (sum * Math.PI) / 180;
}
