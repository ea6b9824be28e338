// No cgroups: for an agent without root, or a host without controllers. Nothing is limited; metrics come from /proc of the VM's
// process, and `kill` kills that process.
import type { Reason } from '@tt/protocol';
import { readFileSync } from 'node:fs';
import { isRunning, type ProcessIdentity, signalProcess, waitUntilGone } from '../host/process-identity.ts';
import { CgroupError, errnoOf } from './errors.ts';
import { checkVmId } from './group-folders.ts';
import type { CgroupFeature, Cgroups, VmLimits, VmUsage } from './interface.ts';

/** proc(5) counts in USER_HZ, which is 100 on every Linux that Node runs on. */
const TICK_US = 10_000;
const KILL_TIMEOUT_MS = 10_000;

export class NoneCgroups implements Cgroups {
  readonly kind = 'none';
  readonly reason: Reason;
  /** Added processes, by VM. Not stored across a restart of the agent: adopted VMs are added again. */
  readonly #groups = new Map<string, ProcessIdentity[]>();

  /** `reason` says why there are no cgroups here. */
  constructor(options: { reason: Reason }) {
    this.reason = options.reason;
  }

  async init(): Promise<void> {}

  checkFeatures(wanted: readonly string[]): string[] {
    const have: CgroupFeature[] = ['usage', 'kill'];
    return wanted.filter((feature) => !(have as string[]).includes(feature));
  }

  async create(vmId: string, _limits: VmLimits): Promise<void> {
    checkVmId(vmId);
    if (!this.#groups.has(vmId)) this.#groups.set(vmId, []);
  }

  async update(vmId: string, _limits: VmLimits): Promise<void> {
    this.#group(vmId);
  }

  async add(vmId: string, process: ProcessIdentity): Promise<void> {
    const group = this.#group(vmId);
    if (!(await isRunning(process))) {
      throw new CgroupError('PROCESS_GONE', `process ${process.pid} of VM ${vmId} is gone`);
    }
    if (!group.some(({ pid, startTicks }) => pid === process.pid && startTicks === process.startTicks)) {
      group.push(process);
    }
  }

  async usage(vmId: string): Promise<VmUsage> {
    const total: VmUsage = { cpuUs: 0, memoryBytes: 0, processCount: 0 };
    for (const process of this.#group(vmId)) {
      const used = usedBy(process);
      if (!used) continue;
      total.cpuUs += used.cpuUs;
      total.memoryBytes += used.memoryBytes;
      total.processCount++;
    }
    return total;
  }

  /** Without groups the kernel does not say whom it killed. */
  async memoryKill(vmId: string): Promise<null> {
    checkVmId(vmId);
    return null;
  }

  async kill(vmId: string): Promise<void> {
    checkVmId(vmId);
    const processes = this.#groups.get(vmId) ?? [];
    for (const process of processes) await signalProcess(process, 'SIGKILL');
    for (const process of processes) {
      if (await waitUntilGone(process, KILL_TIMEOUT_MS)) continue;
      const message = `process ${process.pid} of VM ${vmId} still runs ${KILL_TIMEOUT_MS} ms after SIGKILL`;
      throw new CgroupError('KILL_TIMEOUT', message);
    }
    processes.length = 0;
  }

  async destroy(vmId: string): Promise<void> {
    await this.kill(vmId);
    this.#groups.delete(vmId);
  }

  async list(): Promise<string[]> {
    return [...this.#groups.keys()].toSorted();
  }

  #group(vmId: string): ProcessIdentity[] {
    checkVmId(vmId);
    const group = this.#groups.get(vmId);
    if (!group) throw new CgroupError('NOT_FOUND', `VM ${vmId} has no group`);
    return group;
  }
}

/**
 * User and system time of all its threads (fields 14 and 15 of /proc/PID/stat), and its memory in RAM and swap (status); null
 * if it is gone. Read synchronously: see CgroupFiles.read.
 */
function usedBy(process: ProcessIdentity): { cpuUs: number; memoryBytes: number } | null {
  try {
    const status = readFileSync(`/proc/${process.pid}/status`, 'utf8');
    const stat = readFileSync(`/proc/${process.pid}/stat`, 'utf8');
    // After the name, which may hold anything, stands field 3, the state.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const field = (number: number) => Number(fields[number - 3]);
    if (field(22) !== process.startTicks) return null;
    const kib = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0);
    return { cpuUs: (field(14) + field(15)) * TICK_US, memoryBytes: (kib('VmRSS') + kib('VmSwap')) * 1024 };
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ESRCH') return null;
    throw error;
  }
}
