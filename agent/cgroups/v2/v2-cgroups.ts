// Groups in the unified hierarchy (cgroup v2), which Linux distributions have used since about 2020. Settings: kernel,
// admin-guide/cgroup-v2.
import { type Reason, reason } from '@tt/protocol';
import path from 'node:path';
import type { ProcessIdentity } from '../../host/process-identity.ts';
import { type CgroupFiles, numberIn, pidsIn, realCgroupFiles } from '../cgroup-files.ts';
import { asCgroupError, CgroupError, errnoOf, isGone } from '../errors.ts';
import { GroupFolders } from '../group-folders.ts';
import { heldBytes } from '../group-memory.ts';
import { type HostProcesses, realProcesses } from '../host-processes.ts';
import type { CgroupFeature, Cgroups, MemoryKill, VmLimits, VmUsage } from '../interface.ts';
import type { V2Mount } from '../mounts.ts';
import { CPU_PERIOD_US, cpuQuotaUs, MAX_TASKS, memoryLimitBytes } from '../overhead.ts';
import { removeOnceEmpty, untilEmpty } from '../until-empty.ts';
import { possiblePlaces, type V2Place } from './place.ts';

const MIB = 1024 * 1024;
/** `pids` is used if available. */
const NEEDED = ['cpu', 'memory'];
const USED = [...NEEDED, 'pids'];
/** How often processes that keep forking are moved before giving up. */
const MOVE_ATTEMPTS = 5;

export interface V2Options {
  /** 4 hex digits. */
  agentTag: string;
  mount: V2Mount;
  /** This process's group, see `ownV2Path`. */
  ownPath: string | null;
  /** False continues without cpu or memory controllers, which `checkFeatures` then reports; default true. */
  needLimits?: boolean;
  /** See `memoryLimitBytes`; default 0. */
  fileBytes?: number;
  /** For tests: a kernel of their own, and its processes. */
  files?: CgroupFiles;
  processes?: HostProcesses;
}

export class V2Cgroups implements Cgroups {
  readonly kind = 'v2';
  readonly #options: V2Options;
  readonly #files: CgroupFiles;
  readonly #processes: HostProcesses;
  #groups: GroupFolders | null = null;
  #base = '';
  #controllers: readonly string[] = [];

  constructor(options: V2Options) {
    this.#options = options;
    this.#files = options.files ?? realCgroupFiles;
    this.#processes = options.processes ?? realProcesses;
  }

  get reason(): Reason {
    const folder = this.#base;
    if (this.#controllers.length === 0) return reason('cgroupNoControllersIn', { folder });
    return reason('cgroupControllersIn', { folder, controllers: this.#controllers.join(', ') });
  }

  async init(): Promise<void> {
    const { mount, ownPath } = this.#options;
    const failures: CgroupError[] = [];
    for (const place of possiblePlaces(this.#files, mount, ownPath)) {
      try {
        await this.#open(place);
        return;
      } catch (error) {
        failures.push(asCgroupError(error, `cgroup v2 in ${place.base}`));
      }
    }
    const why = failures.map((failure) => failure.message).join('; ') || `not mounted for ${ownPath ?? 'this process'}`;
    throw new CgroupError(failures[0]?.code ?? 'NO_CONTROLLERS', why, { cause: failures[0] });
  }

  checkFeatures(wanted: readonly string[]): string[] {
    const have: CgroupFeature[] = ['usage', 'kill'];
    if (this.#has('cpu')) have.push('cpuLimit');
    if (this.#has('memory')) have.push('memoryLimit');
    return wanted.filter((feature) => !(have as string[]).includes(feature));
  }

  async create(vmId: string, limits: VmLimits): Promise<void> {
    const folder = this.#folder(vmId);
    try {
      const isNew = await this.#opened().make(vmId);
      try {
        await this.#setLimits(vmId, folder, limits);
      } catch (error) {
        if (isNew) await this.#opened().remove(vmId);
        throw error;
      }
    } catch (error) {
      throw asCgroupError(error, `could not make the group of VM ${vmId}`);
    }
  }

  async update(vmId: string, limits: VmLimits): Promise<void> {
    this.#read(vmId, 'cgroup.procs');
    try {
      await this.#setLimits(vmId, this.#folder(vmId), limits);
    } catch (error) {
      throw asCgroupError(error, `could not change the group of VM ${vmId}`);
    }
  }

  async add(vmId: string, process: ProcessIdentity): Promise<void> {
    this.#read(vmId, 'cgroup.procs');
    const gone = () => new CgroupError('PROCESS_GONE', `process ${process.pid} of VM ${vmId} is gone`);
    if (!(await this.#processes.isRunning(process))) throw gone();
    try {
      await this.#files.write(path.join(this.#folder(vmId), 'cgroup.procs'), String(process.pid));
    } catch (error) {
      if (errnoOf(error) === 'ESRCH') throw gone();
      throw asCgroupError(error, `could not move process ${process.pid} into the group of VM ${vmId}`);
    }
  }

  async usage(vmId: string): Promise<VmUsage> {
    // cpu.stat has its first line also without a cpu controller.
    const cpuUs = numberIn(this.#read(vmId, 'cpu.stat'), 'usage_usec');
    const pids = pidsIn(this.#read(vmId, 'cgroup.procs'));
    const held = this.#has('memory') ? this.#heldBytes(vmId) : await this.#processes.memoryBytes(pids);
    return { cpuUs, memoryBytes: held, processCount: pids.length };
  }

  async memoryKill(vmId: string): Promise<MemoryKill | null> {
    if (!this.#has('memory')) return null;
    try {
      const events = this.#read(vmId, 'memory.events');
      if (!(numberIn(events, 'oom_kill') > 0)) return null;
      const limitBytes = numberIn(this.#read(vmId, 'memory.max'));
      // `oom` counts here only when this group, not one above it, had reached its limit.
      return { cause: numberIn(events, 'oom') > 0 ? 'group' : 'host', limitMiB: Math.floor(limitBytes / MIB) };
    } catch (error) {
      if (error instanceof CgroupError && error.code === 'NOT_FOUND') return null;
      throw error;
    }
  }

  async kill(vmId: string): Promise<void> {
    try {
      await untilEmpty(vmId, () => this.#endSome(vmId));
    } catch (error) {
      throw asCgroupError(error, `could not end the processes of VM ${vmId}`);
    }
  }

  async destroy(vmId: string): Promise<void> {
    try {
      await removeOnceEmpty(
        vmId,
        () => this.#endSome(vmId),
        () => this.#opened().remove(vmId),
      );
    } catch (error) {
      throw asCgroupError(error, `could not remove the group of VM ${vmId}`);
    }
  }

  async list(): Promise<string[]> {
    try {
      return await this.#opened().list();
    } catch (error) {
      throw asCgroupError(error, 'could not list the groups');
    }
  }

  /** Uses this place if it offers what is needed; otherwise changes nothing. */
  async #open(place: V2Place): Promise<void> {
    const offered = this.#files.read(path.join(place.base, 'cgroup.controllers')).trim().split(' ');
    const missing = NEEDED.filter((controller) => !offered.includes(controller));
    if (missing.length > 0 && (this.#options.needLimits ?? true)) {
      throw new CgroupError('NO_CONTROLLERS', `no ${missing.join(' and ')} controller in ${place.base}`);
    }
    const controllers = USED.filter((controller) => offered.includes(controller));
    await this.#enable(place.base, controllers, place.leaf);
    const enable = (agentFolder: string) => this.#enable(agentFolder, controllers, null);
    const groups = new GroupFolders(this.#files, place.base, this.#options.agentTag, enable);
    await groups.probe();
    this.#groups = groups;
    this.#base = place.base;
    this.#controllers = controllers;
  }

  /** Lets the groups below `folder` have these controllers. Processes in it must go first: to `leaf`. */
  async #enable(folder: string, controllers: readonly string[], leaf: string | null): Promise<void> {
    const file = path.join(folder, 'cgroup.subtree_control');
    const enabled = this.#files.read(file).trim().split(' ');
    const missing = controllers.filter((controller) => !enabled.includes(controller));
    if (missing.length === 0) return;
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#files.write(file, missing.map((controller) => `+${controller}`).join(' '));
        return;
      } catch (error) {
        if (errnoOf(error) !== 'EBUSY' || leaf === null || attempt > MOVE_ATTEMPTS) throw error;
        await this.#moveAll(folder, leaf);
      }
    }
  }

  /** All, not only the agent: a single remaining process keeps the kernel from enabling controllers for the child groups. */
  async #moveAll(from: string, to: string): Promise<void> {
    await this.#files.make(to);
    for (const pid of pidsIn(this.#files.read(path.join(from, 'cgroup.procs')))) {
      try {
        await this.#files.write(path.join(to, 'cgroup.procs'), String(pid));
      } catch (error) {
        if (errnoOf(error) !== 'ESRCH') throw error;
      }
    }
  }

  async #setLimits(vmId: string, folder: string, limits: VmLimits): Promise<void> {
    const write = (file: string, text: string) => this.#files.write(path.join(folder, file), text);
    const writeIfThere = (file: string, text: string) =>
      write(file, text).catch((error: unknown) => {
        if (errnoOf(error) !== 'ENOENT') throw error;
      });
    if (this.#has('memory')) {
      const bytes = memoryLimitBytes(limits, this.#options.fileBytes);
      // The kernel takes any limit, and kills to keep it.
      if (this.#heldBytes(vmId) > bytes) {
        throw new CgroupError('LIMIT_BELOW_USE', `VM ${vmId} uses more memory than ${bytes} bytes right now`);
      }
      await write('memory.max', String(bytes));
      // Swap would let a group pass its limit at the cost of everybody's disk. Not there when swap is not counted.
      await writeIfThere('memory.swap.max', '0');
      // Half a VM is of no use.
      await writeIfThere('memory.oom.group', '1');
    }
    if (this.#has('cpu')) await write('cpu.max', `${cpuQuotaUs(limits)} ${CPU_PERIOD_US}`);
    if (this.#has('pids')) await write('pids.max', String(MAX_TASKS));
  }

  /**
   * One round of SIGKILL; returns how many processes were left before it (at least 1 while the kernel reports the group as
   * populated).
   */
  async #endSome(vmId: string): Promise<number> {
    const folder = this.#folder(vmId);
    try {
      if (numberIn(this.#files.read(path.join(folder, 'cgroup.events')), 'populated') === 0) return 0;
      try {
        await this.#files.write(path.join(folder, 'cgroup.kill'), '1');
      } catch (error) {
        // There is no such file before Linux 5.14.
        if (errnoOf(error) !== 'ENOENT') throw error;
        this.#processes.killNow(pidsIn(this.#files.read(path.join(folder, 'cgroup.procs'))));
      }
      return Math.max(1, pidsIn(this.#files.read(path.join(folder, 'cgroup.procs'))).length);
    } catch (error) {
      if (isGone(error)) return 0;
      throw error;
    }
  }

  #heldBytes(vmId: string): number {
    return heldBytes(this.#read(vmId, 'memory.current'), this.#read(vmId, 'memory.stat'), '');
  }

  #has(controller: string): boolean {
    return this.#controllers.includes(controller);
  }

  #read(vmId: string, file: string): string {
    try {
      return this.#files.read(path.join(this.#folder(vmId), file));
    } catch (error) {
      if (isGone(error)) throw new CgroupError('NOT_FOUND', `VM ${vmId} has no group`, { cause: error });
      throw asCgroupError(error, `could not read ${file} of VM ${vmId}`);
    }
  }

  #folder(vmId: string): string {
    return this.#opened().of(vmId);
  }

  #opened(): GroupFolders {
    if (!this.#groups) throw new CgroupError('CGROUP_FAILED', 'cgroups were not initialized');
    return this.#groups;
  }
}
