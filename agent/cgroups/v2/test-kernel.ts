// Test support: the rules of cgroup v2 in memory (kernel, admin-guide/cgroup-v2), for environments this host does not have:
// controllers, delegated groups, containers. The errors are those of the kernel.
import path from 'node:path';
import type { ProcessIdentity } from '../../host/process-identity.ts';
import type { CgroupFiles } from '../cgroup-files.ts';
import type { HostProcesses } from '../host-processes.ts';

interface Group {
  subtree: Set<string>;
  settings: Map<string, string>;
  cpuUs: number;
  oom: number;
  oomKill: number;
}

interface TestProcess {
  identity: ProcessIdentity;
  group: string;
  busy: boolean;
  memoryBytes: number;
}

export interface TestKernelOptions {
  mountPoint: string;
  controllers: readonly string[];
  /** The mount point is a group like any other, as in a container. */
  container?: boolean;
  /** The process may only write inside this folder; default: anywhere. */
  writableBelow?: string;
  /** As before Linux 5.14. */
  withoutKillFile?: boolean;
  withoutSwap?: boolean;
}

const PAGE_CACHE_BYTES = 3_000_000;

export class TestKernel implements CgroupFiles, HostProcesses {
  readonly #options: TestKernelOptions;
  readonly #groups = new Map<string, Group>();
  readonly #processes = new Map<number, TestProcess>();
  #nextPid = 100;
  /** Called before each write, to fail one. */
  beforeWrite: (file: string, text: string) => void = () => {};

  constructor(options: TestKernelOptions) {
    this.#options = options;
    this.#groups.set(options.mountPoint, newGroup());
  }

  /** A group created by another program (systemd), with its parents, all with every controller. */
  given(folder: string): void {
    const { mountPoint, controllers } = this.#options;
    const parent = path.dirname(folder);
    if (folder === mountPoint) return;
    this.given(parent);
    for (const controller of controllers) this.#groups.get(parent)?.subtree.add(controller);
    if (!this.#groups.has(folder)) this.#groups.set(folder, newGroup());
  }

  start(group: string, kind: 'working' | 'idle', memoryBytes = 1_000_000): ProcessIdentity {
    const identity = { pid: this.#nextPid++, startTicks: 1000 + this.#nextPid };
    this.#processes.set(identity.pid, { identity, group, busy: kind === 'working', memoryBytes });
    return identity;
  }

  /** Kills everything in a group because memory ran out: by its own limit, or because the host has none left. */
  killForMemory(folder: string, cause: 'group' | 'host'): void {
    const group = this.#need(folder, folder);
    if (cause === 'group') group.oom++;
    group.oomKill += this.#in(folder).length;
    this.killNow(this.#in(folder).map(({ identity }) => identity.pid));
  }

  groupOf(process: ProcessIdentity): string | null {
    return this.#processes.get(process.pid)?.group ?? null;
  }

  groups(): string[] {
    return [...this.#groups.keys()].toSorted();
  }

  async make(folder: string): Promise<boolean> {
    if (this.#groups.has(folder)) return false;
    this.#mayWrite(path.dirname(folder), 'mkdir');
    this.#need(path.dirname(folder), folder);
    this.#groups.set(folder, newGroup());
    return true;
  }

  async remove(folder: string): Promise<void> {
    if (!this.#groups.has(folder)) return;
    this.#mayWrite(folder, 'rmdir');
    if (this.#isPopulated(folder) || this.#children(folder).length > 0) throw errno('EBUSY', 'rmdir', folder);
    this.#groups.delete(folder);
  }

  async folders(folder: string): Promise<string[] | null> {
    return this.#groups.has(folder) ? this.#children(folder).map((child) => path.basename(child)) : null;
  }

  read(file: string): string {
    const folder = path.dirname(file);
    const group = this.#need(folder, file);
    const name = path.basename(file);
    if (!this.#fileNames(folder).includes(name)) throw errno('ENOENT', 'open', file);
    switch (name) {
      case 'cgroup.type':
        return 'domain\n';
      case 'cgroup.controllers':
        return `${this.#controllersOf(folder).join(' ')}\n`;
      case 'cgroup.subtree_control':
        return `${[...group.subtree].join(' ')}\n`;
      case 'cgroup.procs':
        return this.#in(folder)
          .map(({ identity }) => `${identity.pid}\n`)
          .join('');
      case 'cgroup.events':
        return `populated ${this.#isPopulated(folder) ? 1 : 0}\nfrozen 0\n`;
      case 'cpu.stat':
        if (this.#in(folder).some(({ busy }) => busy)) group.cpuUs += 20_000;
        return `usage_usec ${group.cpuUs}\nuser_usec ${group.cpuUs}\nsystem_usec 0\n`;
      case 'memory.current':
        return `${this.#memoryOf(folder) + PAGE_CACHE_BYTES}\n`;
      case 'memory.events':
        return `low 0\nhigh 0\nmax ${group.oom}\noom ${group.oom}\noom_kill ${group.oomKill}\n`;
      case 'memory.stat':
        return `anon ${this.#memoryOf(folder)}\ninactive_file ${PAGE_CACHE_BYTES - 1}\nactive_file 1\n`;
      default:
        return `${group.settings.get(name) ?? 'max'}\n`;
    }
  }

  async write(file: string, text: string): Promise<void> {
    const folder = path.dirname(file);
    const name = path.basename(file);
    const group = this.#need(folder, file);
    if (!this.#fileNames(folder).includes(name)) throw errno('ENOENT', 'open', file);
    this.#mayWrite(folder, 'open');
    this.beforeWrite(file, text);
    if (name === 'cgroup.subtree_control') this.#enable(folder, group, text);
    else if (name === 'cgroup.procs') this.#move(folder, Number(text));
    else if (name === 'cgroup.kill') this.killNow(this.#in(folder).map(({ identity }) => identity.pid));
    else group.settings.set(name, text);
    if (name === 'memory.max' && this.#memoryOf(folder) > Number(text)) {
      this.killNow(this.#in(folder).map(({ identity }) => identity.pid));
    }
  }

  async isRunning(process: ProcessIdentity): Promise<boolean> {
    return this.#processes.get(process.pid)?.identity.startTicks === process.startTicks;
  }

  /** As with a real kernel, they are gone a little later, not when the call returns. */
  killNow(pids: readonly number[]): void {
    setImmediate(() => {
      for (const pid of pids) this.#processes.delete(pid);
    });
  }

  async memoryBytes(pids: readonly number[]): Promise<number> {
    return pids.reduce((sum, pid) => sum + (this.#processes.get(pid)?.memoryBytes ?? 0), 0);
  }

  #enable(folder: string, group: Group, text: string): void {
    for (const controller of text.split(' ').map((word) => word.slice(1))) {
      if (!this.#controllersOf(folder).includes(controller)) throw errno('ENOENT', 'write', folder);
      // The rule of no processes inside, from which only the real root is exempt.
      if (!this.#isRealRoot(folder) && this.#in(folder).length > 0) throw errno('EBUSY', 'write', folder);
      group.subtree.add(controller);
    }
  }

  #move(folder: string, pid: number): void {
    const process = this.#processes.get(pid);
    if (!process) throw errno('ESRCH', 'write', folder);
    if (!this.#isRealRoot(folder) && (this.#groups.get(folder)?.subtree.size ?? 0) > 0) {
      throw errno('EBUSY', 'write', folder);
    }
    process.group = folder;
  }

  #fileNames(folder: string): string[] {
    const names = ['cgroup.controllers', 'cgroup.subtree_control', 'cgroup.procs', 'cpu.stat'];
    if (this.#isRealRoot(folder)) return names;
    names.push('cgroup.type', 'cgroup.events');
    if (!this.#options.withoutKillFile) names.push('cgroup.kill');
    const controllers = this.#controllersOf(folder);
    if (controllers.includes('cpu')) names.push('cpu.max');
    if (controllers.includes('pids')) names.push('pids.max');
    if (controllers.includes('memory'))
      names.push('memory.max', 'memory.current', 'memory.stat', 'memory.events', 'memory.oom.group');
    if (controllers.includes('memory') && !this.#options.withoutSwap) names.push('memory.swap.max');
    return names;
  }

  #controllersOf(folder: string): string[] {
    if (folder === this.#options.mountPoint) return [...this.#options.controllers];
    return [...(this.#groups.get(path.dirname(folder))?.subtree ?? [])];
  }

  #isRealRoot(folder: string): boolean {
    return folder === this.#options.mountPoint && !this.#options.container;
  }

  #mayWrite(folder: string, call: string): void {
    const { writableBelow } = this.#options;
    if (writableBelow === undefined || folder === writableBelow || folder.startsWith(`${writableBelow}/`)) return;
    throw errno('EACCES', call, folder);
  }

  #need(folder: string, what: string): Group {
    const group = this.#groups.get(folder);
    if (!group) throw errno('ENOENT', 'open', what);
    return group;
  }

  #in(folder: string): TestProcess[] {
    return [...this.#processes.values()].filter((process) => process.group === folder);
  }

  #isPopulated(folder: string): boolean {
    return this.#in(folder).length > 0 || this.#children(folder).some((child) => this.#isPopulated(child));
  }

  #children(folder: string): string[] {
    return this.groups().filter((one) => path.dirname(one) === folder && one !== folder);
  }

  #memoryOf(folder: string): number {
    return this.#in(folder).reduce((sum, { memoryBytes }) => sum + memoryBytes, 0);
  }
}

function newGroup(): Group {
  return { subtree: new Set(), settings: new Map(), cpuUs: 0, oom: 0, oomKill: 0 };
}

function errno(code: string, call: string, file: string): Error {
  return Object.assign(new Error(`${code}: ${call} ${file}`), { code });
}
