// Groups in the older hierarchies (cgroup v1), one per controller. Settings: kernel, admin-guide/cgroup-v1 and
// scheduler/sched-bwc. The groups are at the root of each hierarchy, because v1 has no usable delegation.
import { type Reason, reason } from '@tt/protocol';
import path from 'node:path';
import type { ProcessIdentity } from '../../host/process-identity.ts';
import { type CgroupFiles, numberIn, pidsIn, realCgroupFiles } from '../cgroup-files.ts';
import { asCgroupError, CgroupError, errnoOf, isGone } from '../errors.ts';
import { GroupFolders } from '../group-folders.ts';
import { heldBytes } from '../group-memory.ts';
import { type HostProcesses, realProcesses } from '../host-processes.ts';
import type { CgroupFeature, Cgroups, MemoryKill, VmLimits, VmUsage } from '../interface.ts';
import { CPU_PERIOD_US, cpuQuotaUs, MAX_TASKS, memoryLimitBytes } from '../overhead.ts';
import { removeOnceEmpty, untilEmpty } from '../until-empty.ts';

const MIB = 1024 * 1024;
/** The kernel charges memory in batches, for each processor, and refuses the one that would pass the limit. */
const PEAK_MARGIN_BYTES = 4 * MIB;
const NEEDED = ['cpu', 'cpuacct', 'memory'] as const;
type Controller = (typeof NEEDED)[number] | 'pids';

export interface V1Options {
  /** 4 hex digits. */
  agentTag: string;
  /** Mount point by controller, see `parseMounts`. `pids` is used if available. */
  mounts: ReadonlyMap<string, string>;
  /** See `memoryLimitBytes`; default 0. */
  fileBytes?: number;
}

export class V1Cgroups implements Cgroups {
  readonly kind = 'v1';
  readonly reason: Reason;
  readonly #files: CgroupFiles = realCgroupFiles;
  readonly #processes: HostProcesses = realProcesses;
  readonly #missing: readonly string[];
  readonly #fileBytes: number;
  /** By controller; controllers mounted together (`cpu,cpuacct`) share one. */
  readonly #groups = new Map<Controller, GroupFolders>();

  constructor(options: V1Options) {
    const byMountPoint = new Map<string, GroupFolders>();
    this.#fileBytes = options.fileBytes ?? 0;
    this.#missing = NEEDED.filter((controller) => !options.mounts.has(controller));
    for (const controller of [...NEEDED, 'pids'] as const) {
      const mountPoint = options.mounts.get(controller);
      if (mountPoint === undefined) continue;
      const groups = byMountPoint.get(mountPoint) ?? new GroupFolders(this.#files, mountPoint, options.agentTag);
      byMountPoint.set(mountPoint, groups);
      this.#groups.set(controller, groups);
    }
    this.reason = reason('cgroupControllers', { controllers: [...this.#groups.keys()].join(', ') });
  }

  async init(): Promise<void> {
    if (this.#missing.length > 0) {
      throw new CgroupError('NO_CONTROLLERS', `cgroup v1: no ${this.#missing.join(', ')} controller is mounted`);
    }
    try {
      for (const groups of this.#hierarchies()) await groups.probe();
    } catch (error) {
      throw asCgroupError(error, 'cgroup v1');
    }
  }

  checkFeatures(wanted: readonly string[]): string[] {
    const have: CgroupFeature[] = ['cpuLimit', 'memoryLimit', 'usage', 'kill'];
    return wanted.filter((feature) => !(have as string[]).includes(feature));
  }

  async create(vmId: string, limits: VmLimits): Promise<void> {
    const made: GroupFolders[] = [];
    try {
      for (const groups of this.#hierarchies()) if (await groups.make(vmId)) made.push(groups);
      await this.#setLimits(vmId, limits);
    } catch (error) {
      for (const groups of made) await groups.remove(vmId);
      throw asCgroupError(error, `could not make the group of VM ${vmId}`);
    }
  }

  async update(vmId: string, limits: VmLimits): Promise<void> {
    for (const controller of this.#groups.keys()) this.#read(controller, vmId, 'cgroup.procs');
    try {
      await this.#setLimits(vmId, limits);
    } catch (error) {
      throw asCgroupError(error, `could not change the group of VM ${vmId}`);
    }
  }

  async add(vmId: string, process: ProcessIdentity): Promise<void> {
    for (const controller of this.#groups.keys()) this.#read(controller, vmId, 'cgroup.procs');
    const gone = () => new CgroupError('PROCESS_GONE', `process ${process.pid} of VM ${vmId} is gone`);
    if (!(await this.#processes.isRunning(process))) throw gone();
    try {
      for (const groups of this.#hierarchies()) {
        // `cgroup.procs`, not `tasks`, which would move a single thread.
        await this.#files.write(path.join(groups.of(vmId), 'cgroup.procs'), String(process.pid));
      }
    } catch (error) {
      if (errnoOf(error) === 'ESRCH') throw gone();
      throw asCgroupError(error, `could not move process ${process.pid} into the group of VM ${vmId}`);
    }
  }

  async usage(vmId: string): Promise<VmUsage> {
    const cpuNs = numberIn(this.#read('cpuacct', vmId, 'cpuacct.usage'));
    return {
      cpuUs: Math.floor(cpuNs / 1000),
      memoryBytes: this.#heldBytes(vmId),
      processCount: pidsIn(this.#read('memory', vmId, 'cgroup.procs')).length,
    };
  }

  async memoryKill(vmId: string): Promise<MemoryKill | null> {
    try {
      // Counted since Linux 4.13; NaN before.
      if (!(numberIn(this.#read('memory', vmId, 'memory.oom_control'), 'oom_kill') > 0)) return null;
      const limitBytes = numberIn(this.#read('memory', vmId, 'memory.limit_in_bytes'));
      // v1 does not tell whose limit it was, and its `failcnt` stays 0 on newer kernels: so, whether it was ever reached.
      const peakBytes = numberIn(this.#read('memory', vmId, 'memory.max_usage_in_bytes'));
      const isOwn = peakBytes >= limitBytes - PEAK_MARGIN_BYTES;
      return { cause: isOwn ? 'group' : 'host', limitMiB: Math.floor(limitBytes / MIB) };
    } catch (error) {
      if (error instanceof CgroupError && error.code === 'NOT_FOUND') return null;
      throw error;
    }
  }

  async kill(vmId: string): Promise<void> {
    try {
      await untilEmpty(vmId, async () => this.#endSome(vmId));
    } catch (error) {
      throw asCgroupError(error, `could not end the processes of VM ${vmId}`);
    }
  }

  async destroy(vmId: string): Promise<void> {
    try {
      const remove = async () => {
        for (const groups of this.#hierarchies()) await groups.remove(vmId);
      };
      await removeOnceEmpty(vmId, async () => this.#endSome(vmId), remove);
    } catch (error) {
      throw asCgroupError(error, `could not remove the group of VM ${vmId}`);
    }
  }

  /** Also VMs that have a group in some hierarchies only: an agent may have been killed half-way. */
  async list(): Promise<string[]> {
    try {
      const lists = await Promise.all(this.#hierarchies().map((groups) => groups.list()));
      return [...new Set(lists.flat())].toSorted();
    } catch (error) {
      throw asCgroupError(error, 'could not list the groups');
    }
  }

  #hierarchies(): GroupFolders[] {
    return [...new Set(this.#groups.values())];
  }

  async #setLimits(vmId: string, limits: VmLimits): Promise<void> {
    await this.#setMemoryLimit(vmId, memoryLimitBytes(limits, this.#fileBytes));
    const write = (controller: Controller, file: string, text: number) =>
      this.#files.write(path.join(this.#of(controller, vmId), file), String(text));
    await write('cpu', 'cpu.cfs_period_us', CPU_PERIOD_US);
    await write('cpu', 'cpu.cfs_quota_us', cpuQuotaUs(limits));
    if (this.#groups.has('pids')) await write('pids', 'pids.max', MAX_TASKS);
  }

  async #setMemoryLimit(vmId: string, bytes: number): Promise<void> {
    const memory = path.join(this.#of('memory', vmId), 'memory.limit_in_bytes');
    // Memory and swap together: with the same limit there is no swapping past it, at the cost of everybody's disk. Only
    // there when swap is counted.
    const withSwap = path.join(this.#of('memory', vmId), 'memory.memsw.limit_in_bytes');
    const before = this.#counter(vmId, 'memory.memsw.limit_in_bytes');
    if (before === null) return await this.#writeMemory(vmId, memory, bytes);
    // The kernel refuses every step at which the limit with swap would be the smaller one.
    const [first, second] = bytes > before ? [withSwap, memory] : [memory, withSwap];
    await this.#writeMemory(vmId, first, bytes);
    await this.#writeMemory(vmId, second, bytes);
  }

  async #writeMemory(vmId: string, file: string, bytes: number): Promise<void> {
    try {
      await this.#files.write(file, String(bytes));
    } catch (error) {
      if (errnoOf(error) !== 'EBUSY') throw error;
      const message = `VM ${vmId} uses more memory than ${bytes} bytes right now`;
      throw new CgroupError('LIMIT_BELOW_USE', message, { cause: error });
    }
  }

  /** One round of SIGKILL; how many processes it was sent to. */
  #endSome(vmId: string): number {
    const pids = new Set<number>();
    for (const groups of this.#hierarchies()) {
      try {
        for (const pid of pidsIn(this.#files.read(path.join(groups.of(vmId), 'cgroup.procs')))) pids.add(pid);
      } catch (error) {
        if (!isGone(error)) throw error;
      }
    }
    this.#processes.killNow([...pids]);
    return pids.size;
  }

  #heldBytes(vmId: string): number {
    const stat = this.#read('memory', vmId, 'memory.stat');
    return heldBytes(this.#read('memory', vmId, 'memory.usage_in_bytes'), stat, 'total_');
  }

  /** Of the memory controller; null if the file does not exist: not every kernel counts memory with swap. */
  #counter(vmId: string, file: string): number | null {
    try {
      return numberIn(this.#files.read(path.join(this.#of('memory', vmId), file)));
    } catch (error) {
      if (isGone(error)) return null;
      throw asCgroupError(error, `could not read ${file} of VM ${vmId}`);
    }
  }

  #of(controller: Controller, vmId: string): string {
    const groups = this.#groups.get(controller);
    if (!groups) throw new CgroupError('NO_CONTROLLERS', `cgroup v1: no ${controller} controller is mounted`);
    return groups.of(vmId);
  }

  #read(controller: Controller, vmId: string, file: string): string {
    const whole = path.join(this.#of(controller, vmId), file);
    try {
      return this.#files.read(whole);
    } catch (error) {
      if (isGone(error)) throw new CgroupError('NOT_FOUND', `VM ${vmId} has no group`, { cause: error });
      throw asCgroupError(error, `could not read ${file} of VM ${vmId}`);
    }
  }
}
